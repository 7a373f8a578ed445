import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { learnInduction, type LearnInductionParams } from "./learnInduction.ts";

const params: LearnInductionParams = {
  vocabSize: 16, time: 24, dModel: 32, batch: 16, position: "rope", period: "varied", learningRate: 0.005, steps: 375, seed: 2,
};
const guessing = Math.log(params.vocabSize);

test("the loss on repeats stands, then falls below a tenth of guessing within 375 steps, when two heads come together", async () => {
  const frames = await framesOf(learnInduction, params);
  const last = frames.at(-1)!, first = frames.find(({ repeated }) => repeated < 0.1 * guessing)!;
  expect(first.step).toBeLessThanOrEqual(375);
  // The fall is a change of phase: from three quarters of guessing to a tenth takes less time than all before it.
  const begun = frames.find(({ repeated }) => repeated < 0.75 * guessing)!;
  expect(first.step - begun.step).toBeLessThan(begun.step + 50);
  expect(last.probePeriod).toBe(8);
  expect(last.previousToken[0]).toBeGreaterThan(0.5);
  expect(last.induction[1]).toBeGreaterThan(0.8);
  expect(frames[0]!.induction[1]).toBeLessThan(0.2);
  // Without the one nothing is found; without the other its neighbour in the layer, which looks for the same, does a part of the work.
  expect(last.withoutPrevious).toBeGreaterThan(0.5 * guessing);
  expect(last.withoutInduction).toBeGreaterThan(5 * last.repeated);
});

test("with one period all along the loss falls too, by heads that look a fixed way back and fail at any other", async () => {
  for (const position of ["rope", "learned"] as const) {
    const last = (await framesOf(learnInduction, { ...params, period: "half", position, steps: 300, seed: 0 })).at(-1)!;
    expect(last.loss!).toBeLessThan(0.05);
    expect(last.repeated).toBeGreaterThan(guessing);
    expect(Math.max(...last.previousToken, ...last.induction)).toBeLessThan(0.3);
  }
});
