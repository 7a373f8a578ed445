import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { sizeOf } from "../kernel.ts";
import { chips, links, prices, type RealModel, realModels, type Sourced } from "./configs.ts";
import { kvBytes, kvBytesPerToken, weightBytes } from "./modelCosts.ts";

const KiB = 1024;

describe("the table of real models, chips, links and prices", () => {
  test("names a source and a month in every row", () => {
    for (const part of [realModels, chips, links, prices]) {
      for (const row of Object.values(part) as Sourced[]) {
        expect(row.source.length, row.name).toBeGreaterThan(10);
        expect(row.date, row.name).toMatch(/^20[12]\d-(0[1-9]|1[0-2])$/);
      }
    }
  });

  test("stays below 20 KB", () => {
    expect(readFileSync(new URL("configs.ts", import.meta.url)).length).toBeLessThan(20_000);
  });

  test("has shapes from which the engine counts the parameters that the releases have", () => {
    const isGpt2 = (id: string): boolean => id.startsWith("gpt");
    const counted = (id: string, model: RealModel): number => [...parameterShapes({
      ...model, position: isGpt2(id) ? "learned" : "rope", ropeBase: 10_000, norm: isGpt2(id) ? "layer" : "rms", normEpsilon: 1e-5,
      activation: isGpt2(id) ? "gelu" : "swiglu", bias: isGpt2(id), tied: isGpt2(id),
    }).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
    for (const id of ["gpt2", "gpt2-xl", "llama-2-7b", "llama-2-70b", "llama-3-8b", "llama-3-70b", "llama-3-405b", "mistral-7b"] as const) {
      expect(counted(id, realModels[id]), id).toBe(realModels[id].parameters);
    }
    // The paper prints 175.0 billion.
    expect(counted("gpt3", realModels.gpt3)).toBe(realModels.gpt3.parameters);
    expect(realModels.gpt3.parameters / 1e9).toBeCloseTo(174.6, 1);
  });

  test("counts all and the active experts of Mixtral", () => {
    const { nLayers, dModel, dMlp, nKvHeads, dHead, vocabSize, parameters, activeParameters } = realModels["mixtral-8x7b"];
    const total = (experts: number): number =>
      2 * vocabSize * dModel + dModel + nLayers * (2 * dModel + 2 * dModel * dModel + 2 * dModel * nKvHeads * dHead
        + 8 * dModel + experts * 3 * dModel * dMlp);
    expect(total(8)).toBe(parameters);
    expect(parameters).toBe(46_702_792_704);
    expect(total(2)).toBe(activeParameters);
  });
});

describe("what a cache of keys and values weighs", () => {
  const llama = realModels["llama-3-70b"];

  test("is 327,680 bytes a token for Llama 3 70B, and 42.95 GB at 131,072 tokens", () => {
    expect(kvBytesPerToken(llama)).toBe(327_680);
    expect(kvBytes(llama, 131_072)).toBe(42_949_672_960);
    expect(kvBytes(llama, 131_072) / 2 ** 30).toBe(40);
    expect((kvBytes(llama, 131_072, { bits: 8 }) / 1e9).toFixed(1)).toBe("21.5");
    expect((kvBytes(llama, 131_072, { bits: 4 }) / 1e9).toFixed(1)).toBe("10.7");
    expect((kvBytes(llama, 131_072, { nKvHeads: 64 }) / 1e9).toFixed(1)).toBe("343.6");
    expect((kvBytes(llama, 131_072, { nKvHeads: 1 }) / 1e9).toFixed(1)).toBe("5.4");
  });

  test.each([["gpt2", 36], ["llama-2-7b", 512], ["llama-3-8b", 128], ["mistral-7b", 128], ["gpt3", 4608], ["llama-3-405b", 504]] as const)(
    "of %s is %i KiB a token", (id, kib) => {
      expect(kvBytesPerToken(realModels[id])).toBe(kib * KiB);
    });

  test("of GPT-3 is 9.66 GB at its whole window", () => {
    expect((kvBytes(realModels.gpt3, 2048) / 1e9).toFixed(2)).toBe("9.66");
  });

  test("leaves room for 66 conversations of 2,048 tokens beside 70B weights of 4 bits on 80 GB", () => {
    expect((weightBytes(llama, 4) / 1e9).toFixed(1)).toBe("35.3");
    expect(Math.floor((chips.h100.memory - weightBytes(llama, 4)) / kvBytes(llama, 2048))).toBe(66);
  });

  test("stops growing in layers with a window", () => {
    const mistral = realModels["mistral-7b"];
    expect(kvBytes(mistral, 100_000)).toBe(kvBytes(mistral, 4096));
    const oss = realModels["gpt-oss-120b"];
    const layer = kvBytesPerToken(oss) / 36;
    expect(kvBytes(oss, 1000)).toBe(18 * layer * 1000 + 18 * layer * 128);
  });

  test("of a latent vector does not depend on the number of heads", () => {
    // 512 numbers and 64 of the shared rotated key, in 61 layers: DeepSeek-V3.
    expect(kvBytesPerToken(realModels["deepseek-v3"])).toBe(61 * 576 * 2);
    expect(kvBytesPerToken(realModels["deepseek-v3"], { nKvHeads: 128 })).toBe(61 * 2 * 128 * 128 * 2);
  });
});
