import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { openHeldOutModel } from "./heldOutModel.ts";
import { openLanguageModel } from "./languageModel.ts";
import { type Bench, type LayerSensitivityFrame, type LayerSensitivityParams, openBench } from "./layerSensitivity.ts";

const packs = resolve("public");
const isShipped = existsSync(join(packs, "models/story/model.safetensors"));
const kept = (...which: number[]): number[] => Array.from({ length: 32 }, (_, i) => Number(which.includes(i)));

describe.skipIf(!isShipped && process.env.CI !== "true")("on the shipped model", () => {
  let bench: Bench;
  beforeAll(async () => {
    const language = await openLanguageModel({ artefact: async (name) => new Uint8Array(readFileSync(join(packs, name))) }, (await backends.cpu!())!);
    bench = openBench(await openHeldOutModel(language), { breathe: () => Promise.resolve() });
  }, 60_000);
  const all = async (params: LayerSensitivityParams): Promise<LayerSensitivityFrame> => {
    while (await bench.measure(params));
    return bench.frame(params);
  };

  const coarse = { bits: 3, scales: "tensor", kept: kept() } as const;
  const lossOf = (frame: LayerSensitivityFrame, name: string): number => frame.matrices.find((one) => one.name === `${name}.weight`)!.alone! - frame.full!;

  test("some matrices hardly mind three bits, and two mind very much", async () => {
    const frame = await all(coarse);
    expect(frame.matrices).toHaveLength(17);
    expect(lossOf(frame, "blocks.0.attn.qkv")).toBeGreaterThan(1);
    expect(lossOf(frame, "embedding")).toBeGreaterThan(0.2);
    expect(frame.matrices.filter(({ alone }) => alone! - frame.full! < 0.05)).toHaveLength(13);
    // Errors of many matrices together cost more than the sum of what they cost one by one.
    const sum = frame.matrices.reduce((total, { alone }) => total + alone! - frame.full!, 0);
    expect(frame.allLow.loss! - frame.full!).toBeGreaterThan(2 * sum);
  }, 60_000);

  test("bytes spent on the matrices that mind buy more than the same bytes elsewhere", async () => {
    const right = await all({ ...coarse, kept: kept(0, 1, 16) }), wrong = await all({ ...coarse, kept: kept(3, 7, 11, 15) });
    expect(right.recipe.bytes).toBeLessThan(wrong.recipe.bytes);
    expect(right.recipe.loss).toBeLessThan(wrong.recipe.loss! - 2);
    expect((await all({ ...coarse, scales: "g32" })).recipe.loss).toBeLessThan(right.recipe.loss!);
  }, 60_000);

  test("bytes are those of bits, scales and the gains in 32 bits", () => {
    const { allLow, allHigh } = bench.frame(coarse);
    const [weights, gains] = [921_600, 1152];
    expect(allLow.bytes).toBe((weights * 3 + 17 * 16) / 8 + gains * 4);
    expect(allHigh.bytes).toBe((weights * 8 + 17 * 16) / 8 + gains * 4);
  });
});
