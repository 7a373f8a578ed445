import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCpuBackend } from "../../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../../engine/backends/cpu/loadNode.ts";
import type { GrowCacheFrame } from "../../../engine/tasks/growCacheFrame.ts";
import { defaults, type AnyValues, valid } from "../../widget/params.ts";
import { drawFrame, renderPoster } from "../../widget/poster.ts";
import { kvCacheGrowth } from "../kvCacheGrowth.ts";
import { gigabytes, planOf, type RealParams, tokensThatFit } from "./realModel.ts";
import { counted, describe as described, type GrowthParams, kibibytes, smallNumber } from "./reading.ts";

const packs = join(import.meta.dirname, "../../../public");
const base = defaults(kvCacheGrowth.params) as unknown as GrowthParams & AnyValues;
const real = (change: Partial<RealParams> = {}) => planOf({ ...base, ...change });

describe("the same cache in a real model", () => {
  test("of Llama 3 70B at 131,072 tokens is 42.95 GB in 16 bits, and fits one 80 GB card beside 4-bit weights", () => {
    expect(gigabytes(real().cacheAtEnd)).toBe("42.95 GB");
    expect(gigabytes(real({ cacheBits: "8" }).cacheAtEnd)).toBe("21.47 GB");
    expect(gigabytes(real({ cacheBits: "4" }).cacheAtEnd)).toBe("10.74 GB");
    expect(gigabytes(real({ realHeads: "all" }).cacheAtEnd)).toBe("343.6 GB");
    expect(gigabytes(real({ realHeads: "one" }).cacheAtEnd)).toBe("5.37 GB");
    expect(gigabytes(real().weights)).toBe("35.28 GB");
    expect(tokensThatFit(real())).toBe(131_072);
    // By the formula: (80 − 35.277 GB) / (64 heads · 2 · 80 · 128 · 2 bytes).
    expect(tokensThatFit(real({ realHeads: "all" }))).toBe(Math.floor((80e9 - 70_553_706_496 / 2) / 2_621_440));
  });

  test("lets 66 conversations have 2,048 tokens each, and not 67", () => {
    expect(tokensThatFit(real({ conversations: 66 }))).toBeGreaterThanOrEqual(2048);
    expect(tokensThatFit(real({ conversations: 67 }))).toBeLessThan(2048);
  });

  test("has no room at all where the weights are larger than the cards", () => {
    expect(tokensThatFit(real({ weightBits: "16" }))).toBe(0);
    expect(tokensThatFit(real({ weightBits: "16", cards: 2 }))).toBe(Math.floor((160e9 - 141_107_412_992) / 327_680));
  });
});

test("numbers are written with the digits they need", () => {
  expect([930_304, 84_123_456, 4.1e9, 12].map(counted)).toEqual(["0.93 million", "84.1 million", "4.10 billion", "12"]);
  expect([kibibytes(1024), kibibytes(1152), kibibytes(425_984)]).toEqual(["1 KiB", "1.13 KiB", "416 KiB"]);
  expect([smallNumber(0.0000131), smallNumber(0.2), smallNumber(0)]).toEqual(["0.00001", "0.20", "0.00"]);
});

describe.skipIf(!existsSync(join(packs, "models/story")) && !process.env.CI)("on the stage", () => {
  const shown = async (params: AnyValues = {}) => renderPoster(kvCacheGrowth, params, {
    backend: async () => createCpuBackend({ wasm: await loadWasm() }),
    getArtefact: async (name) => new Uint8Array(readFileSync(join(packs, name))),
  });
  const strips = (svg: string, state: string): number[] =>
    [...svg.matchAll(new RegExp(`<path class="gb-cell-${state}"(?: d="([^"]*)")?`, "g"))].map(([, d]) => d?.match(/M/g)?.length ?? 0);

  test("a cell is drawn for each token, head and layer, and on the other side each is computed again", async () => {
    const { frame, svg } = await shown();
    const { kept, layers, kvHeads } = frame as GrowCacheFrame;
    const one = Array.from({ length: layers }, () => kvHeads);
    const none = one.map(() => 0);
    expect(strips(svg, "kept")).toEqual([...one.map((heads) => heads * (kept - 1)), ...none]);
    expect(strips(svg, "fresh")).toEqual([...one, ...none]);
    expect(strips(svg, "again")).toEqual([...none, ...one.map((heads) => heads * kept)]);
  });

  test("a window gives up the oldest cells, all but its sinks", async () => {
    const { frame } = await shown({ cache: "sinks", text: "One day, a brave fox named Snow went to the forest. There he met a hedgehog." });
    const params = valid(kvCacheGrowth.params, { cache: "sinks" }, defaults(kvCacheGrowth.params)) as AnyValues;
    const { kvHeads, promptTokens, step, capacity } = frame as GrowCacheFrame;
    const lost = promptTokens + step - 1 - capacity;
    expect(lost).toBeGreaterThan(0);
    expect(strips(drawFrame(kvCacheGrowth, frame, params), "lost").slice(0, 4)).toEqual([1, 1, 1, 1].map(() => kvHeads * lost));
  });

  test("every view has a sentence and a table of its own", async () => {
    const { frame } = await shown();
    const views = (["work", "time", "phases", "real"] as const).map((view) => described(frame as GrowCacheFrame, { ...base, view }));
    expect(views[0]!.sentence).toContain("Both wrote the same 20 tokens");
    expect(views[0]!.table.rows).toHaveLength(20);
    expect(views[1]!.sentence).toContain("Timing begins when the text is written.");
    expect(views[3]!.sentence).toContain("keeps 42.95 GB in 16 bits, with 8 key–value heads");
    expect(views[3]!.table.rows.at(-1)).toEqual(["131,072", "42.95 GB", "78.23 GB", "343.6 GB", "5.37 GB"]);
  });
});
