import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { trainSkipGram } from "./trainSkipGram.ts";

test("from stories alone, most of the words nearest to red are colours, and nothing is near a word that is not there", async () => {
  const frames = await framesOf(trainSkipGram, { window: 2, learningRate: 0.5, word: "Red", steps: 300, seed: 1 });
  const last = frames.at(-1)!;
  const colours = "green blue black white pink purple orange brown silver golden yellow grey".split(" ");
  const near = (words: typeof last.neighbours): number => words.filter(({ word }) => colours.includes(word)).length;
  expect(frames[1]!.losses[0]!).toBeLessThan(6 * Math.LN2);
  expect(near(frames[0]!.neighbours)).toBeLessThan(2);
  expect(near(last.neighbours)).toBeGreaterThanOrEqual(5);
  expect(last.words).toHaveLength(400);
  expect((await framesOf(trainSkipGram, { window: 2, learningRate: 0.5, word: "quark", steps: 0, seed: 1 }))[0]!.neighbours).toEqual([]);
});
