import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createCpuBackend } from "../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../engine/backends/cpu/loadNode.ts";
import type { GrammarMaskFrame } from "../../engine/tasks/grammarMask.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import type { AnyValues } from "../widget/params.ts";
import { renderPosters } from "../widget/poster.ts";
import { percent, shareText } from "./grammarMask/reading.ts";
import { grammarMask } from "./grammarMask.ts";

const packs = join(import.meta.dirname, "../../public");
const built = shippedModel.every((name) => existsSync(join(packs, name)));
const shown = async (scene: string | null, params: AnyValues = {}) => renderPosters(grammarMask,
  { ...(scene ? grammarMask.scenes[scene]!.params : {}), ...params }, {
  backend: async () => createCpuBackend({ wasm: await loadWasm() }), getArtefact: async (name) =>
    new Uint8Array(readFileSync(join(packs, name))),
});

describe.skipIf(!built && !process.env.CI)("what the chapter says of the shipped model", () => {
  test("the record is JSON of the right fields, and not about a fox named Snow", async () => {
    const { frame, sentence } = (await shown(null)).wide;
    const { forced, parses, whole } = frame as GrammarMaskFrame;
    expect([parses, whole]).toEqual([true, true]);
    const record = JSON.parse(forced) as { name: string; animal: string; brave: boolean };
    expect(Object.keys(record)).toEqual(["name", "animal", "brave"]);
    expect([record.name, record.animal]).not.toEqual(["Snow", "fox"]);
    expect(sentence).toContain("JSON.parse reads it");
  });

  test("without an e it runs into a word whose only end is forbidden", async () => {
    const { tokens, at, choices, forced, whole } = (await shown("lipogram")).wide.frame as GrammarMaskFrame;
    expect(whole).toBe(true);
    expect(forced).toMatch(/^[^e]+\.$/);
    expect(tokens[at - 1]!.mass).toBeLessThan(0.01);
    expect(choices[0]).toMatchObject({ piece: "ouse", after: null });
    expect(choices[0]!.before).toBeGreaterThan(0.99);
  });

  test("digits have next to no belief, and the answer is yes or no", async () => {
    const digits = (await shown("digits")).wide.frame as GrammarMaskFrame;
    expect(digits.forced).toMatch(/^\d{1,8}$/);
    expect(digits.tokens[0]!.mass).toBeLessThan(0.001);
    expect(((await shown("answer")).wide.frame as GrammarMaskFrame).forced).toMatch(/^(Yes|No)\.$/);
  });

  test("without a rule nothing is forbidden and both losses agree", async () => {
    const { forcedLoss, freeLoss, tokens } = (await shown("free")).wide.frame as GrammarMaskFrame;
    expect(forcedLoss).toBeCloseTo(freeLoss!, 9);
    expect(tokens.every(({ mass, overruled }) => mass > 1 - 1e-9 && !overruled)).toBe(true);
  });

  test("the picture and the table hold the same steps and choices", async () => {
    const { wide, narrow } = await shown("lipogram");
    const { tokens, choices } = wide.frame as GrammarMaskFrame;
    expect(wide.table.rows).toHaveLength(tokens.length + choices.length);
    for (const { svg } of [wide, narrow]) {
      expect(svg.match(/class="gb-piece-chip /g)).toHaveLength(tokens.length);
      expect(svg.match(/class="gb-surprise"/g)).toHaveLength(tokens.length);
      expect(svg.match(/class="gb-drawn(?: gb-drawn-can)?"/g)).toHaveLength(choices.length);
      expect(svg.match(/gb-drawn-can/g)).toHaveLength(choices.filter(({ after }) => after !== null).length);
    }
  });

  test.each(["(", "[z-a]", "\ud800", "(a|b){99}{2}", "<b>"])("the pattern %j is drawn, read or explained", async (pattern) => {
    const { wide, narrow } = await shown(null, { rule: "regex", pattern });
    for (const { svg } of [wide, narrow]) expect(svg).not.toMatch(/NaN|undefined|Infinity|<b>/);
    const { fault } = wide.frame as GrammarMaskFrame;
    if (fault !== null) expect(wide.sentence).toContain(`The pattern cannot be read: ${fault}`);
  });
});

test("shares are printed in per cent, and very small ones as one in so many", () => {
  expect([0, 0.00001, 0.0123, 0.0996, 0.5, 1].map(percent)).toEqual(["0.0 %", "< 0.1 %", "1.2 %", "10 %", "50 %", "100 %"]);
  expect([1e-7, 0.00012, 0.0123].map(shareText)).toEqual(["1 in 10,000,000", "1 in 8,300", "1.2 %"]);
});
