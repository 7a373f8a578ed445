import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { type HeldOutModel, openHeldOutModel } from "./heldOutModel.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import { type Lab, openLab, type QuantizationLabFrame, type QuantizationLabParams, readNumbers } from "./quantizationLab.ts";

const packs = resolve("public");
const isShipped = existsSync(join(packs, "models/story/model.safetensors"));
const base: QuantizationLabParams = {
  bits: 4, scales: "tensor", codes: "symmetric", percentile: 100, outlier: 0, embedding: true, matrix: "qkv", layer: 1, numbers: "",
  text: "Once upon a time there was a", row: 3, column: 17,
};

test("own numbers are read with any sign and separator, and what is none is left out", () => {
  expect(readNumbers("−1.4271, 0.8103;2.5546\nx NaN 1e9 Infinity")).toEqual([-1.4271, 0.8103, 2.5546]);
  expect(readNumbers("1 ".repeat(500))).toHaveLength(64);
});

describe.skipIf(!isShipped && process.env.CI !== "true")("on the shipped model", () => {
  let language: LanguageModel, held: HeldOutModel, lab: Lab;
  beforeAll(async () => {
    const backend = (await backends.cpu!())!;
    language = await openLanguageModel({ artefact: async (name) => new Uint8Array(readFileSync(join(packs, name))) }, backend);
    held = await openHeldOutModel(language);
    lab = openLab(held, language.model.config.vocabSize, { breathe: () => Promise.resolve() });
  }, 60_000);
  const measured = async (patch: Partial<QuantizationLabParams>): Promise<QuantizationLabFrame> => {
    const params = { ...base, ...patch };
    while (lab.frame(params).full.loss === null || lab.frame(params).rounded.loss === null) await lab.measure(params);
    return lab.frame(params);
  };

  test("eight bits are free, a scale for a group matters at four, and below three the model falls off", async () => {
    const eight = await measured({ bits: 8 }), four = await measured({}), groups = await measured({ scales: "g32" });
    const two = await measured({ bits: 2, scales: "g32" });
    const full = four.full.loss!;
    expect(eight.rounded.loss! - full).toBeLessThan(0.005);
    expect(four.rounded.loss! - full).toBeGreaterThan(0.2);
    expect(groups.rounded.loss! - full).toBeLessThan(0.03);
    // Three rungs: worse than knowing nothing.
    expect(two.rounded.loss).toBeGreaterThan(two.blind);
    expect(groups.bitsPerWeight).toBe(4.5);
  }, 60_000);

  test("matrices that are not exchanged any more are as they were", async () => {
    const before = (await measured({})).full;
    expect((await measured({ bits: 1, outlier: 40 })).rounded.loss).toBeGreaterThan(5);
    // The text is a new one, so the unrounded model is asked again.
    const after = (await measured({ text: `${base.text} brave` })).full;
    expect(after.loss).toBe(before.loss);
    lab = openLab(held, language.model.config.vocabSize, { breathe: () => Promise.resolve() });
    expect((await measured({})).full).toEqual(before);
  }, 60_000);

  test("the pack holds 8-bit numbers in groups of 64: rounding them so once more changes nothing", async () => {
    const same = await measured({ bits: 8, scales: "g64" });
    expect(same.error).toEqual({ rmse: 0, relative: 0, sqnr: Infinity, max: 0 });
    expect(same.rounded).toEqual(same.full);
  }, 60_000);

  test("one outlier makes zeros of its matrix, a group contains it, and clipping saves the rest", async () => {
    const spoilt = await measured({ outlier: 50 }), grouped = await measured({ outlier: 50, scales: "g32" });
    const clipped = await measured({ outlier: 50, percentile: 99.9 });
    expect(spoilt.error.relative).toBeGreaterThan(0.98);
    expect(grouped.error.relative).toBeLessThan(0.15);
    expect(clipped.error.relative).toBeLessThan(0.25);
    // In 32 bits the model hardly minds the outlier: what it loses then is the rounding's doing.
    expect(spoilt.full.loss! - (await measured({})).full.loss!).toBeLessThan(0.05);
    expect(spoilt.rounded.loss! - grouped.rounded.loss!).toBeGreaterThan(0.3);
    expect([...clipped.window.clipped].filter(Boolean).length).toBeGreaterThan(0);
    expect(spoilt.outlier).toEqual({ row: 12, column: 40 });
  }, 60_000);

  test("clipping pays where rungs are scarce and harms where they are not", async () => {
    const four = await measured({}), clippedFour = await measured({ percentile: 99.9 });
    const eight = await measured({ bits: 8 }), clippedEight = await measured({ bits: 8, percentile: 99 });
    expect(clippedFour.rounded.loss).toBeLessThan(four.rounded.loss! - 0.1);
    expect(clippedEight.rounded.loss).toBeGreaterThan(eight.rounded.loss! + 0.03);
  }, 60_000);

  test("the embedding can be spared, and then counts its 32 bits", async () => {
    const all = await measured({ bits: 3 }), spared = await measured({ bits: 3, embedding: false });
    expect(spared.rounded.loss).toBeLessThan(all.rounded.loss!);
    expect(spared.bytes - all.bytes).toBeCloseTo((1024 * 128 * (32 - 3)) / 8 - 2, 6);
    expect(all.fullBytes).toBe(922_752 * 4);
  }, 60_000);

  test("own numbers are looked at in place of a matrix", async () => {
    const { name, rows, columns, block, picked } = lab.frame({ ...base, numbers: "-1.4271 0.8103 2.5546", row: 0, column: 0 });
    expect([name, rows, columns]).toEqual([null, 1, 3]);
    expect(block.scale).toBeCloseTo(0.364943, 6);
    expect(picked.code).toBe(-4);
    expect(block.rungs).toHaveLength(15);
  });
});
