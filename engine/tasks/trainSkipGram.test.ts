import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { analogyOf, trainSkipGram, type TrainSkipGramFrame, type TrainSkipGramParams } from "./trainSkipGram.ts";

const base: TrainSkipGramParams = { text: "stories", window: 2, learningRate: 0.5, word: "Red", analogy: "he she father", steps: 300, seed: 1 };
/** Its frames up to the one that is finished: after it the task waits. */
const train = (params: Partial<TrainSkipGramParams>): Promise<TrainSkipGramFrame[]> => {
  const all = { ...base, ...params };
  return framesOf(trainSkipGram, all, all.steps / 25 + 1);
};
const colours = "green blue black white pink purple orange brown silver golden yellow grey".split(" ");
const near = ({ neighbours }: TrainSkipGramFrame): number => neighbours.filter(({ word }) => colours.includes(word)).length;

test("from stories alone, most of the words nearest to red are colours, and nothing is near a word that is not there", async () => {
  const frames = await train({});
  const last = frames.at(-1)!;
  expect(frames[1]!.losses[0]!).toBeLessThan(6 * Math.LN2);
  expect(near(frames[0]!)).toBeLessThan(2);
  expect(near(last)).toBeGreaterThanOrEqual(5);
  expect(last.words).toHaveLength(400);
  expect(last.finished).toBe(true);
  const [nothing] = await train({ word: "quark", analogy: "he she quark", steps: 0 });
  expect(nothing).toMatchObject({ neighbours: [], analogy: null });
});

test("fifteen stories are too few: chance decides who is near red", async () => {
  expect(near((await train({ text: "few", steps: 600 })).at(-1)!)).toBeLessThan(5);
});

test("the analogies of family that a test set asks for and the stories know: right only where the words given may not be answered", async (context) => {
  const file = "../shared/data/analogies/questions-words.txt.gz";
  if (!existsSync(file)) return context.skip(`${file} is absent`);
  const last = (await train({ steps: 600 })).at(-1)!;
  const lines = gunzipSync(readFileSync(file)).toString().toLowerCase().split("\n");
  const family = lines.slice(lines.indexOf(": family") + 1, lines.findIndex((line, i) => i > lines.indexOf(": family") && line.startsWith(":")));
  const asked = family.map((line) => line.split(" ")).filter((four) => four.every((word) => last.words.includes(word)));
  let allowed = 0, forbidden = 0;
  for (const [a, b, c, right] of asked as [string, string, string, string][]) {
    const { found } = analogyOf(last.vectors, last.words, `${a} ${b} ${c}`)!;
    if (found[0]!.word === right) allowed++;
    if (found.find(({ word }) => ![a, b, c].includes(word))?.word === right) forbidden++;
  }
  // The chapter quotes these three numbers.
  expect([asked.length, allowed, forbidden]).toEqual([20, 2, 13]);
  expect(last.analogy!.found.find(({ word }) => !last.analogy!.given.includes(word))!.word).toBe("mother");
});
