import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { trainer } from "../nn/trainer.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { backends } from "../testing/backends.ts";
import { cornerOf, leaks, type MaskName, maskOf, STORED } from "./attentionMasks.ts";
import { masked, maskLab, type MaskLabFrame, type MaskLabParams } from "./maskLab.ts";
import { maskTraining, withBlanks } from "./maskTraining.ts";
import { trainingText } from "./trainingText.ts";

// Printed by PyTorch in float64: engine/fixtures/README.md.
const fixtures = new URL("../fixtures/", import.meta.url);
const file = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, fixtures)));
const json = (path: string) => JSON.parse(new TextDecoder().decode(file(path)));
const expected = json("masks.json") as {
  scores: number[][]; time: number; patterns: Record<string, number[][]>;
  models: Record<string, { mask: number[]; losses: number[]; gradientNorms: number[] }>;
};
const batch = json("gpt2-tiny/batch.json") as { ids: number[][]; targets: number[][] };
const names = ["full", "causal", "prefix", "window", "dilated", "block"] as const;
const freely = { artefact: () => Promise.reject(new Error("no packs here")), breathe: () => Promise.resolve() };

/** The worked scores in the corner of the stored grid. */
const stored = Array.from({ length: STORED ** 2 }, (_, i) => expected.scores[Math.floor(i / STORED)]?.[i % STORED] ?? 0);
const params = (preset: MaskName, mask: readonly number[] = maskOf("causal", STORED)): MaskLabParams =>
  ({ tokens: 5, preset, mask, scores: stored, train: false, steps: 40, seed: 1 });

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test.each(names)("softmax under the mask %s gives PyTorch’s shares", async (name) => {
    const backend = await create();
    if (!backend) return;
    const { pattern } = await masked(backend, params(name));
    expected.patterns[name]!.flat().forEach((share, i) => expect(pattern[i]).toBeCloseTo(share, 6));
    backend.close();
  });

  test.each([...names, "drawn"])("three steps of training under the mask %s lose what PyTorch loses", async (name) => {
    const backend = await create();
    if (!backend) return;
    const { config, parameters } = openModel({ config: file("gpt2-tiny/config.json"), weights: file("gpt2-tiny/model.safetensors") });
    const { mask, losses, gradientNorms } = expected.models[name]!;
    const one = trainer(backend, {
      config, rows: batch.ids.length, time: expected.time, shards: 1, stepByStep: attentionWithPattern, heads: [], headWeight: () => 0, mask,
      optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxNorm: 0 },
      schedule: { peak: 0.01, steps: 10, warmup: 0, decay: "none", final: 1 },
    }, { step: 0, parameters, m: null, v: null });
    for (let step = 0; step < 3; step++) {
      one.begin({ ids: Int32Array.from(batch.ids.flat()), targets: Int32Array.from(batch.targets.flat()) });
      one.advance();
    }
    const reports = await one.reports();
    reports.forEach(({ loss, gradientNorm }, i) => {
      expect(loss).toBeCloseTo(losses[i]!, 3);
      expect(gradientNorm / gradientNorms[i]!).toBeCloseTo(1, 3);
    });
    one.close();
    backend.close();
  });
});

test("the masks of PyTorch’s file are the presets", () => {
  for (const name of names) expect(maskOf(name, expected.time), name).toEqual(expected.models[name]!.mask);
});

test("a row that sees nothing gets no shares, and no number that is none", async () => {
  const backend = (await backends.cpu!())!;
  const mask = maskOf("causal", STORED).map((bit, i) => (i < STORED ? 0 : bit));
  const { pattern } = await masked(backend, params("own", mask));
  expect(pattern.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(pattern.every(Number.isFinite)).toBe(true);
  backend.close();
});

test("a position leaks when it can reach its answer, also by way of another position", () => {
  const count = (mask: readonly number[], layers: number): number => leaks(mask, 5, layers).filter(Boolean).length;
  expect(count(maskOf("causal", 5), 9)).toBe(0);
  expect(count(maskOf("full", 5), 1)).toBe(4);
  expect(leaks(maskOf("prefix", 5), 5, 2)).toEqual([true, true, false, false]);
  // 0 sees 2, and 2 sees 1: two looks.
  const detour = maskOf("causal", 5).map((bit, i) => (i === 2 ? 1 : bit));
  expect(leaks(detour, 5, 1)[0]).toBe(false);
  expect(leaks(detour, 5, 2)[0]).toBe(true);
});

test("spaces alone can be seen where they run on, and single ones are plain text", async () => {
  const { tokenizer } = await trainingText(freely, "stories", "", 512);
  const ids = (text: string): number[] => [...text].flatMap((c) => tokenizer.encode(c));
  expect(withBlanks(tokenizer, ids("In a day"))).toBe("In a day");
  expect(withBlanks(tokenizer, ids("In a   "))).toBe("In a _ _ _");
  expect(withBlanks(tokenizer, ids("a\n\n"))).toBe("a / /");
});

test("the full mask leaks within 120 steps, the causal one learns honestly, and only it can write", { timeout: 60_000 }, async () => {
  const backend = (await backends.cpu!())!;
  const text = await trainingText(freely, "stories", "", 512);
  const train = async (name: "full" | "causal", steps = 120) => {
    const training = await maskTraining(backend, text, maskOf(name, 8), 8, 1, freely);
    while (training.step < steps) await training.advance(freely);
    training.close();
    return { last: training.losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10, writing: training.writing.at(-1)!.loss,
      losses: [...training.losses] };
  };
  const [full, causal] = [await train("full"), await train("causal")];
  expect(full.last).toBeLessThan(0.05);
  expect(full.writing).toBeGreaterThan(Math.log(512));
  expect(causal.last).toBeGreaterThan(2.5);
  expect(causal.writing).toBeLessThan(3.6);
  // The twin starts from the same weights and sees the same batches: the same mask gives the same run, to the bit.
  expect((await train("causal", 20)).losses).toEqual(causal.losses.slice(0, 20));
  backend.close();
});

test("one wrong cell makes training look a little better and writing worse", { timeout: 90_000 }, async () => {
  const backend = (await backends.cpu!())!;
  const text = await trainingText(freely, "stories", "", 512);
  const train = async (mask: readonly number[]) => {
    const training = await maskTraining(backend, text, mask, 8, 1, freely);
    while (training.step < 300) await training.advance(freely);
    training.close();
    return { loss: training.losses.slice(-30).reduce((sum, loss) => sum + loss, 0) / 30, writing: training.writing.at(-1)!.loss };
  };
  const twin = await train(maskOf("causal", 8)), leaking = await train(maskOf("causal", 8).with(3 * 8 + 4, 1));
  expect(twin.loss - leaking.loss).toBeGreaterThan(0.1);
  expect(twin.loss - leaking.loss).toBeLessThan(0.3);
  expect(leaking.writing - twin.writing).toBeGreaterThan(twin.loss - leaking.loss);
  backend.close();
});

test("training begins on request, starts afresh with another mask, and keeps its causal twin", { timeout: 60_000 }, async () => {
  const backend = (await backends.cpu!())!;
  const live = { ...params("full"), tokens: 8, train: false as boolean, preset: "full" as MaskName };
  let wake = (): void => undefined;
  const frames = maskLab({ ...freely, params: live, backend: () => Promise.resolve(backend), single: true,
    changed: () => new Promise((resolve) => { wake = resolve; }) });
  const next = async (): Promise<MaskLabFrame> => (await frames.next()).value as MaskLabFrame;
  expect((await next()).yours).toBeNull();
  live.train = true;
  const waiting = next();
  await Promise.resolve();
  wake();
  expect((await waiting).training).toBe(true);
  let frame = await next();
  while (frame.step! < 3) frame = await next();
  expect(frame.yours!.losses).toHaveLength(3);
  expect(frame.yours!.losses).not.toEqual(frame.causal!.losses);
  const twin = frame.causal!.losses;
  live.preset = "causal";
  frame = await next();
  while (frame.step === null || frame.step < 3) frame = await next();
  expect(frame.causal!.losses).toEqual(twin);
  expect(frame.yours!.losses).toEqual(twin);
  await frames.return();
  backend.close();
});

test("the corner of a stored grid is its first rows and columns", () => {
  expect(cornerOf([1, 2, 3, 4, 5, 6, 7, 8, 9], 3, 2)).toEqual([1, 2, 4, 5]);
});
