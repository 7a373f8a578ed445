import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCpuBackend } from "../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../engine/backends/cpu/loadNode.ts";
import type { SampleBenchFrame } from "../../engine/tasks/sampleBench.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import type { AnyValues } from "../widget/params.ts";
import { renderPosters } from "../widget/poster.ts";
import { linesOf } from "./samplerBench/draw.ts";
import { samplerBench } from "./samplerBench.ts";

const packs = join(import.meta.dirname, "../../public");
const built = shippedModel.every((name) => existsSync(join(packs, name)));
const shown = async (scene: string | null, params: AnyValues = {}) => renderPosters(samplerBench,
  { ...(scene ? samplerBench.scenes[scene]!.params : {}), ...params }, {
  backend: async () => createCpuBackend({ wasm: await loadWasm() }), getArtefact: async (name) =>
    new Uint8Array(readFileSync(join(packs, name))),
});
const frameOf = async (scene: string | null): Promise<SampleBenchFrame> => (await shown(scene)).wide.frame as SampleBenchFrame;

describe.skipIf(!built && !process.env.CI)("what the chapter says of the shipped model", () => {
  test("top-p 0.9 keeps fifteen tokens in an open place, one in a sure one, and a hundred when it is hot; min-p keeps twenty", async () => {
    const kept = await Promise.all([null, "sure", "hotNucleus", "hotMinP", "plain"].map(async (scene) => (await frameOf(scene)).kept));
    expect(kept).toEqual([15, 1, 101, 20, 1024]);
  });

  test("greedy writes one text five times and runs in a circle, which the penalty breaks", async () => {
    const greedy = await frameOf("greedy");
    expect(new Set(greedy.continuations.map(({ tokens }) => tokens.join(""))).size).toBe(1);
    const share = ({ continuations: [first] }: SampleBenchFrame): number => first!.repeated.filter(Boolean).length / first!.tokens.length;
    expect(share(greedy)).toBeGreaterThan(0.5);
    expect(share(await frameOf("penalty"))).toBe(0);
    expect(share(await frameOf("hot"))).toBe(0);
  });

  test("the hotter, the more surprising are the texts; min-p at the same heat keeps them near those of temperature 1", async () => {
    const surprise = async (scene: string): Promise<number> => (await frameOf(scene)).continuations.reduce((sum, one) => sum
      + one.surprise!, 0) / 5;
    const [plain, hot, nucleus, minP] = await Promise.all(["plain", "hot", "hotNucleus", "hotMinP"].map(surprise));
    expect(hot).toBeGreaterThan(3);
    expect(nucleus).toBeGreaterThan(2 * plain!);
    expect(minP).toBeLessThan(plain!);
  });

  test("the picture prints the table's numbers, and strikes out what cannot be drawn", async () => {
    const { wide, narrow } = await shown("greedy");
    const choices = wide.table.rows.filter(([what]) => String(what).startsWith("next token"));
    expect(choices).toHaveLength(12);
    for (const { svg } of [wide, narrow]) {
      for (const [, piece, before, after] of choices) {
        const outcome = after === "cut" ? "cut" : `drawn with ${after}`;
        expect(svg).toContain(`write ‘${piece}’: the model ${String(before).replace("<", "&lt;")}, ${outcome}`);
      }
      expect(svg.match(/class="gb-drawn gb-drawn-can/g)).toHaveLength(1);
      expect(svg.match(/gb-drawn-cut"[^>]*display="none"/g)).toHaveLength(1);
    }
  });

  test.each([["nothing", ""], ["markup", "<script>alert(1)</script> &amp;"], ["emoji", "👩‍👩‍👧 🙂"],
    ["control characters", "\u0000\u001b[31m\u202e"], ["much", "word ".repeat(190)]])(
    "%s is continued and drawn", async (_, text) => {
      const { wide, narrow } = await shown(null, { text });
      for (const { svg } of [wide, narrow]) expect(svg).not.toMatch(/NaN|undefined|Infinity|<script/);
    });
});

test("lines break at spaces, hold what fits, and end with an ellipsis where they are cut", () => {
  const tokens = ["One", " two", " three", " four", " antidisestablishmentarianism", "!"];
  const text = (columns: number, most: number): string[] =>
    linesOf({ tokens, repeated: tokens.map(() => false), surprise: 1, ended: true }, columns, most).map((line) =>
      line.map((span) => span.text).join(""));
  expect(text(14, 9)).toEqual(["One two three", "four", "antidisestabli", "shmentarianism", "! ¶"]);
  expect(text(14, 2)).toEqual(["One two three", "four …"]);
});

test("marks repeated tokens as spans of their own, without the space before the first", () => {
  const [line] = linesOf({ tokens: ["a", " b", " c", " d"], repeated: [false, true, true, false], surprise: 1, ended: false }, 40, 2);
  expect(line).toEqual([{ text: "a " }, { text: "b c", className: "gb-repeated" }, { text: " d" }]);
});
