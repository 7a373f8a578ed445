import { expect, test } from "vitest";
import { cars } from "../data/cars.ts";
import { type BatchName, bestLine, carLoss, MINIBATCH_STEPS, minibatches, NEAR } from "./walkMinibatches.ts";

const frame = minibatches({ batch: "one", learningRate: 0.05 }, MINIBATCH_STEPS);
const of = (batch: BatchName) => frame.walks.find((walk) => walk.batch === batch)!;

test("the best line of the 398 cars leaves no slope of the loss, and explains 69 % of the variance as statisticians report", () => {
  expect(cars).toHaveLength(398);
  const h = 1e-4, [level, slope] = bestLine;
  expect(carLoss([level + h, slope]) - carLoss([level - h, slope])).toBeCloseTo(0, 9);
  expect(carLoss([level, slope + h]) - carLoss([level, slope - h])).toBeCloseTo(0, 9);
  expect(1 - carLoss(bestLine) / carLoss([level, 0])).toBeCloseTo(0.692, 3);
});

test("a walk over all cars leaves the factor 1 − 2η of its distance at each step, without noise", () => {
  const { excess, spread, size } = of("all");
  expect(size).toBe(398);
  for (let step = 1; step < 60; step++) expect(excess[step]! / excess[step - 1]!).toBeCloseTo(0.9 ** 2, 8);
  expect(spread).toBeLessThan(1e-4);
});

test("the cloud of sixteen examples is about a quarter as wide as the cloud of one, and that of 64 about half of that of sixteen", () => {
  expect(of("one").spread / of("sixteen").spread).toBeGreaterThan(3.5);
  expect(of("one").spread / of("sixteen").spread).toBeLessThan(4.7);
  expect(of("sixteen").spread / of("sixtyFour").spread).toBeCloseTo(2, 0);
  // Theory for a walk on a round bowl: variance of the gradient’s noise · η / (4 (1 − η)), noise 4 · lowest / batch, without fat tails.
  expect(of("sixteen").spread).toBeGreaterThan(0.8 * Math.sqrt((0.05 * frame.lowest) / 16 / 0.95));
  expect(of("sixteen").spread).toBeLessThan(1.3 * Math.sqrt((0.05 * frame.lowest) / 16 / 0.95));
});

test("all batch sizes come near in about as many steps, so that the smallest needs the fewest examples", () => {
  const steps = frame.walks.map(({ nearAt }) => nearAt!);
  for (const step of steps) expect(Math.abs(step - of("all").nearAt!)).toBeLessThanOrEqual(5);
  const examples = frame.walks.map(({ nearExamples }) => nearExamples!);
  expect(examples).toEqual([...examples].sort((a, b) => a - b));
  expect(of("one").excess[50]).toBeLessThan(NEAR);
  expect(of("all").excess[0]).toBeGreaterThan(8 * NEAR);
});

test("the same params give the same frame, and a frame holds its own steps and no more", () => {
  const short = minibatches({ batch: "four", learningRate: 0.05 }, 7);
  expect(short.paths).toHaveLength(12);
  for (const path of short.paths) expect(path).toHaveLength(8);
  expect(minibatches({ batch: "four", learningRate: 0.05 }, 7)).toEqual(short);
  expect(short.finished).toBe(false);
});

test("a larger learning rate makes the cloud wider, a smaller one narrower", () => {
  const [small, large] = [0.02, 0.2].map((learningRate) => minibatches({ batch: "one", learningRate }, 0).walks[0]!.spread);
  expect(small).toBeLessThan(of("one").spread);
  expect(large).toBeGreaterThan(of("one").spread);
});
