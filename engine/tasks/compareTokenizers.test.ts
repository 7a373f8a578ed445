import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compareTokenizers, type CompareTokenizersFrame } from "./compareTokenizers.ts";
import { countLanguages, type CountLanguagesFrame } from "./countLanguages.ts";
import type { Run, Task } from "./task.ts";

async function firstFrame<P, F>(task: Task<P, F>, params: P): Promise<F> {
  const run: Run<P> = {
    params,
    backend: () => Promise.reject(new Error("not needed")),
    artefact: async (name) => new Uint8Array(readFileSync(`public/${name}`)),
    breathe: () => Promise.resolve(),
    changed: () => new Promise(() => undefined),
  };
  const frames = task(run);
  return (await frames.next()).value as F;
}

test("a text is cut by three published tables and the book's own, with every byte in some token", async () => {
  const { cuts, bytes }: CompareTokenizersFrame = await firstFrame(compareTokenizers, { text: "the unfortunate cat", tokenizer: "shipped" });
  expect(bytes).toBe(19);
  expect(cuts.slice(0, 3).map(({ ids }) => ids)).toEqual([[1169, 14855, 3797], [1820, 34707, 8415], [3086, 64475, 9059]]);
  for (const cut of cuts) {
    expect(cut.bytes.reduce((sum, one) => sum + one, 0)).toBe(19);
    expect(cut.bytesPerToken * cut.length).toBeCloseTo(19, 10);
  }
});

test("the whole declaration costs what the curriculum says, relative to English, by tables in the order of their age", async () => {
  const { languages, english }: CountLanguagesFrame = await firstFrame(countLanguages, { vocabulary: "r50k" });
  const expected: Readonly<Record<string, readonly string[]>> = {
    Spanish: ["2.0", "1.5", "1.24"], Chinese: ["2.85", "1.68", "1.14"], Hindi: ["8.65", "5.34", "1.55"], Tamil: ["18.8", "9.3", "2.3"],
    Burmese: ["21.5", "14.8", "3.98"], Amharic: ["8.3", "8.1", "5.5"], Lao: ["15.4", "10.9", "9.5"],
  };
  for (const [name, ratios] of Object.entries(expected)) {
    const found = Object.values(languages.find((one) => one.name === name)!.ratios);
    // The curriculum's figures are rounded; half a unit more is left for where a text begins and ends.
    found.forEach((ratio, k) => expect(Math.abs(ratio - Number(ratios[k])), name).toBeLessThanOrEqual(10 ** -ratios[k]!.split(".")[1]!.length * 0.55));
  }
  expect(languages.find(({ name }) => name === "English")!.characters).toBe(10_637);
  for (const { tokens, bytes } of languages) for (const count of Object.values(tokens)) expect(count).toBeLessThanOrEqual(bytes);
  expect(Object.values(english).every((count) => count > 1000 && count < 10_637 / 3)).toBe(true);
});
