import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { readSafetensors } from "../checkpoint/safetensors.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { type BlockType, nano } from "./nano.ts";
import { nanoWeights } from "./nanoWeights.ts";
import type { Run } from "./task.ts";
import { split } from "./trainingText.ts";
import { trainTransformer, type TrainTransformerFrame, type TrainTransformerParams } from "./trainTransformer.ts";

const page = Array.from({ length: 40 }, (_, i) => `The keeper counts wave ${i}. The lamp turns ${i % 7} times, and the light goes over the water.`).join("\n");
const wasm = await loadWasm();

function watch(patch: Partial<TrainTransformerParams> = {}, resume?: Uint8Array) {
  const params = { corpus: "own", text: page, block: "gpt2", learningRate: 0.005, steps: 8, sampleEvery: 100, seed: 1, ...patch } as TrainTransformerParams;
  let changes: (() => void)[] = [];
  const run: Run<TrainTransformerParams> = {
    params,
    backend: () => createCpuBackend({ wasm }),
    artefact: async (name) => new Uint8Array(await readFile(`public/${name}`)),
    breathe: () => Promise.resolve(),
    changed: () => new Promise((resolve) => { changes.push(resolve); }),
    ...(resume && { resume }),
  };
  const frames = trainTransformer(run);
  const next = async (): Promise<TrainTransformerFrame> => (await frames.next()).value as TrainTransformerFrame;
  return {
    run, next,
    async until(isReached: (frame: TrainTransformerFrame) => boolean): Promise<TrainTransformerFrame> {
      for (;;) {
        const frame = await next();
        if (isReached(frame)) return frame;
      }
    },
    change(to: Partial<TrainTransformerParams>): void {
      Object.assign(params, to);
      const waiting = changes;
      changes = [];
      for (const resolve of waiting) resolve();
    },
    end: () => frames.return(),
  };
}

const isFinished = (frame: TrainTransformerFrame): boolean => frame.finished;
const numbersIn = (frame: TrainTransformerFrame): number[] =>
  [frame.curve, ...frame.abandoned].flatMap(({ losses, smooth }) => [...losses, ...smooth]).concat(frame.validation.map(({ loss }) => loss), frame.loss ?? 0);

test("nano has 136,960 parameters as GPT-2 and 131,904 as Llama", () => {
  const count = (block: BlockType): number => [...nanoWeights(block, nano.vocabSize, 1).values()].reduce((sum, { length }) => sum + length, 0);
  expect([count("gpt2"), count("llama")]).toEqual([136_960, 131_904]);
});

test("the first frame is step 0: a loss near ln V on held-out text, three baselines; then a sample of noise", async () => {
  const { next, end } = watch({ corpus: "stories" });
  const frame = await next();
  expect(frame).toMatchObject({ step: 0, parameters: 136_960, vocabSize: 512, finished: false, tokensSeen: 0, diverged: null, fault: null });
  expect(Math.abs(frame.loss! - Math.log(512))).toBeLessThan(0.2);
  expect(frame.validation).toEqual([{ step: 0, loss: frame.loss }]);
  const { uniform, unigram, bigram } = frame.baselines!;
  expect(uniform).toBeCloseTo(6.238, 3);
  expect(unigram).toBeLessThan(uniform);
  expect(bigram).toBeLessThan(unigram - 1);
  expect(frame.samples).toEqual([]);
  expect(structuredClone(frame)).toEqual(frame);
  expect(JSON.stringify(frame).length).toBeLessThan(4000);
  const second = await next();
  expect([second.step, second.samples.map(({ step }) => step)]).toEqual([0, [0]]);
  expect((await next()).step).toBeGreaterThan(0);
  await end();
});

test.each(["gpt2", "llama"] as const)("the same seed gives bit-equal %s weights and samples, another seed others", async (block) => {
  const runs = await Promise.all([1, 1, 2].map(async (seed) => {
    const training = watch({ block, seed });
    const frame = await training.until(isFinished);
    const model = await training.run.take!("model");
    await training.end();
    return { weights: Buffer.from(model).toString("base64"), samples: frame.samples, curve: frame.curve };
  }));
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]!.weights === runs[0]!.weights).toBe(false);
});

test("a training taken up from its checkpoint ends where the uninterrupted one ends, to the bit, with its curve intact", async () => {
  const whole = watch({ steps: 6 });
  await whole.until(isFinished);
  const checkpoint = await whole.run.take!("checkpoint");
  whole.change({ steps: 12 });
  const end = await whole.until(isFinished);
  const resumed = watch({ steps: 12 }, checkpoint);
  const first = await resumed.next();
  expect(first).toMatchObject({ step: 6, loss: end.curve.losses[5] });
  const resumedEnd = await resumed.until(isFinished);
  expect(Buffer.compare(await resumed.run.take!("model"), await whole.run.take!("model"))).toBe(0);
  expect(resumedEnd.curve.losses).toEqual(end.curve.losses);
  expect(resumedEnd.curve.steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  await Promise.all([whole.end(), resumed.end()]);
});

test("a learning rate of 3 is caught within ten steps, named, and a smaller one goes on from the last sound step", async () => {
  const training = watch({ learningRate: 3, steps: 20 });
  const { diverged, ...frame } = await training.until((each) => each.diverged !== null || each.finished);
  expect(diverged).toMatchObject({ learningRate: 3, soundStep: 0, finite: true });
  expect(diverged!.step).toBeLessThanOrEqual(10);
  expect(diverged!.loss!).toBeGreaterThan(frame.baselines!.uniform);
  expect(diverged!.gradientNorm!).toBeGreaterThan(0);
  expect(diverged!.tensor).toMatch(/norm|blocks|embedding|positions/);
  expect(frame.finished).toBe(false);
  // A larger one changes nothing: the run still waits.
  const waiting = training.next();
  training.change({ learningRate: 3 });
  training.change({ learningRate: 0.005 });
  expect(await waiting).toMatchObject({ step: 0, diverged: null, abandoned: [{ steps: { length: diverged!.step } }] });
  const end = await training.until(isFinished);
  expect(end.step).toBe(20);
  expect(end.loss!).toBeLessThan(end.baselines!.uniform);
  expect(numbersIn(end).every(Number.isFinite)).toBe(true);
  await training.end();
});

test("numbers beyond float32 are caught in the step that makes them; weights from before the learning rate was raised are kept", async () => {
  const training = watch({ steps: 5 });
  await training.until(isFinished);
  training.change({ learningRate: 1e30, steps: 20 });
  const frame = await training.until((each) => each.diverged !== null);
  expect(frame.diverged).toMatchObject({ finite: false, gradientNorm: null, soundStep: 5 });
  expect(frame.diverged!.step).toBeLessThanOrEqual(7);
  expect(numbersIn(frame).every(Number.isFinite)).toBe(true);
  training.change({ learningRate: 0.002 });
  const back = await training.next();
  expect(back).toMatchObject({ step: 5, diverged: null });
  expect(back.loss!).toBeLessThan(back.baselines!.uniform + 0.5);
  await training.end();
});

test("weights that the first wild step has spoilt are not kept, also where it falls on a step that is kept", async () => {
  const training = watch({ steps: 19 });
  await training.until(isFinished);
  training.change({ learningRate: 3, steps: 60 });
  const frame = await training.until((each) => each.diverged !== null);
  expect(frame.diverged).toMatchObject({ soundStep: 19 });
  training.change({ learningRate: 0.005 });
  expect((await training.next()).loss!).toBeLessThan(frame.baselines!.uniform);
  expect(await training.until(isFinished)).toMatchObject({ step: 60, diverged: null });
  await training.end();
});

test("the learning rate that is moved acts on the next step, but for the warm-up", async () => {
  const training = watch({ steps: 2 });
  expect((await training.until(isFinished)).learningRate).toBeCloseTo((0.005 * 2) / nano.warmup, 12);
  training.change({ learningRate: 0.001, steps: 25 });
  expect((await training.until(isFinished)).learningRate).toBe(0.001);
  await training.end();
});

test("a model that is taken opens again, with its own tokenizer", async () => {
  const training = watch({ steps: 1 });
  await training.until(isFinished);
  const bytes = await training.run.take!("model");
  const { metadata } = readSafetensors(bytes);
  const { config, parameters } = openModel({ config: new TextEncoder().encode(metadata.get("config.json")), weights: bytes });
  const tokenizer = readTokenizerJson(new TextEncoder().encode(metadata.get("tokenizer.json")));
  expect(config.vocabSize).toBe(tokenizer.vocabSize);
  expect(parameters.get("embedding.weight")).toHaveLength(tokenizer.vocabSize * 64);
  expect(tokenizer.decode(tokenizer.encode("The keeper"))).toBe("The keeper");
  await training.end();
});

test.each([
  ["nothing", ""],
  ["white space", " \n\n \t "],
  ["a word", "hello"],
  ["a million bytes of one letter, which are few tokens", "a".repeat(1_000_000)],
])("%s is refused in one sentence", async (_, text) => {
  const frame = await watch({ text }).next();
  expect(frame).toMatchObject({ loss: null, finished: true, baselines: null });
  expect(frame.fault).toMatch(/^[A-Z][^\n]{20,160}\.$/);
});

test.each([
  ["emoji", "🙂🐋 ".repeat(200) + Array.from({ length: 300 }, (_, i) => String.fromCodePoint(0x1f300 + (i * 7) % 250)).join("")],
  ["halves of surrogate pairs", Array.from({ length: 300 }, (_, i) => `\ud83d${i} x\udc00`).join(" ")],
  ["control characters", Array.from({ length: 900 }, (_, i) => String.fromCharCode((i * i) % 32)).join("")],
  ["one long line", Array.from({ length: 400 }, (_, i) => `w${(i * i) % 97}`).join(" ")],
])("%s are trained on as they are", async (_, text) => {
  const training = watch({ text, steps: 2 });
  const frame = await training.until(isFinished);
  expect(frame.fault).toBeNull();
  expect(frame.step).toBe(2);
  expect(frame.vocabSize).toBeLessThanOrEqual(512);
  expect(numbersIn(frame).every(Number.isFinite)).toBe(true);
  await training.end();
});

test("a small text has a smaller vocabulary, for pairs seen once are not merged", async () => {
  const training = watch({ text: Array.from({ length: 200 }, (_, i) => `${(i * 7919) % 1000}`).join(" ") });
  expect((await training.next()).vocabSize).toBeLessThan(400);
  await training.end();
});

test("the last tenth is held out: of paragraphs, of lines, or of the only sentence there is", () => {
  const paragraphs = split(Array.from({ length: 20 }, (_, i) => `paragraph number ${String(i).padStart(2, "0")}`).join("\n\n"));
  expect([paragraphs.training.length, paragraphs.heldOut]).toEqual([18, ["paragraph number 18", "paragraph number 19"]]);
  expect(split("abcdefghij".repeat(10)).heldOut).toEqual(["abcdefghij"]);
});

test("the book is read from its pack", async () => {
  const training = watch({ corpus: "book" });
  const frame = await training.next();
  expect(frame.vocabSize).toBe(512);
  expect(frame.corpus.tokens).toBeGreaterThan(150_000);
  await training.end();
});
