import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { learnSequences, type LearnSequencesFrame, type LearnSequencesParams, sequenceRecipes } from "./learnSequences.ts";

const learn = (problem: LearnSequencesParams["problem"], steps: number = sequenceRecipes[problem].steps): Promise<LearnSequencesFrame[]> =>
  framesOf(learnSequences, { problem, position: sequenceRecipes[problem].position, pace: 1, steps, seed: 1 });

test("with learned positions eight digits are reversed without a fault within 75 steps, by an anti-diagonal pattern", async () => {
  const frames = await learn("reverse");
  const last = frames.at(-1)!;
  expect(frames[0]!.rowsRight).toBe(0);
  expect(last.rowsRight).toBeGreaterThanOrEqual(0.99);
  expect(last.said).toBe(Array.from(last.row.slice(0, 8)).toReversed().join(""));
  // To foretell digit k of the answer some head looks at digit 7 − k of the question.
  const time = 16;
  const along = [0, 1, 2, 3].map((head) =>
    Array.from({ length: 8 }, (_, k) => last.patterns[(head * time + 8 + k) * time + 7 - k]!).reduce((a, b) => a + b) / 8);
  expect(Math.max(...along)).toBeGreaterThan(0.5);
});

test.each([["copy", 60, 0.99], ["sort", 250, 0.9], ["brackets", 100, 0.97]] as const)("%s is learnt within %d steps, to %d of whole rows", async (problem, steps, share) => {
  expect((await learn(problem, steps)).at(-1)!.rowsRight).toBeGreaterThanOrEqual(share);
});

test("two-digit sums take longer: after 50 steps hardly any is right, after 400 nearly all", async () => {
  const frames = await learn("addition");
  const last = frames.at(-1)!, early = frames.find(({ step }) => step === 50)!;
  expect(early.symbolsRight).toBeGreaterThan(0.3);
  expect(early.rowsRight).toBeLessThan(0.2);
  expect(last.symbolsRight).toBeGreaterThanOrEqual(0.98);
  expect(last.rowsRight).toBeGreaterThanOrEqual(0.95);
}, 60_000);

test.runIf(process.env.LONG_RUNS === "true")("three-digit sums are nearly all right after 525 steps (runs with LONG_RUNS=true)", async () => {
  expect((await learn("longAddition")).at(-1)!.rowsRight).toBeGreaterThanOrEqual(0.95);
}, 240_000);
