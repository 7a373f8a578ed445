import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { trainSpiral, type TrainSpiralParams } from "./trainSpiral.ts";

const params: TrainSpiralParams = {
  activation: "tanh", hidden: 16, optimizer: "adam", learningRate: 0.01, noise: 0.01, steps: 400, seed: 1,
};

test.each([1, 2])("two layers of 16 tanh separate the spiral in 400 steps of Adam, seed %d", async (seed) => {
  const frames = await framesOf(trainSpiral, { ...params, seed });
  const last = frames.at(-1)!;
  expect(last).toMatchObject({ step: 400, finished: true });
  expect(last.accuracy).toBeGreaterThanOrEqual(0.99);
  expect(last.loss).toBeLessThan(0.06);
  expect(Math.abs(frames[0]!.loss - Math.LN2)).toBeLessThan(0.1);
});

test("without an activation the network is one linear map, and the spiral stays mixed", async () => {
  const last = (await framesOf(trainSpiral, { ...params, activation: "identity" })).at(-1)!;
  expect(last.accuracy).toBeLessThan(0.75);
});

test("a run is the same to the last bit each time", async () => {
  const [a, b] = await Promise.all([framesOf(trainSpiral, { ...params, steps: 20 }), framesOf(trainSpiral, { ...params, steps: 20 })]);
  expect(a).toEqual(b);
});
