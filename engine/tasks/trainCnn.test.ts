import { expect, test } from "vitest";
import { drawnShapes } from "../data/drawnShapes.ts";
import { framesOf } from "../testing/runTask.ts";
import { trainCnn } from "./trainCnn.ts";

test("3,603 parameters tell held-out circles, squares and triangles: 85 % after 100 steps, 96 % after 600", async () => {
  const frames = await framesOf(trainCnn, { halving: "stride", learningRate: 0.002, steps: 600, seed: 1 });
  const accuracyAt = (step: number): number => frames.find((frame) => frame.step === step)!.accuracy;
  expect(frames[0]!.parameters).toBe(3603);
  expect(frames[0]!.accuracy).toBeLessThan(0.6);
  expect(accuracyAt(100)).toBeGreaterThanOrEqual(0.85);
  expect(accuracyAt(600)).toBeGreaterThanOrEqual(0.96);
  expect(frames.at(-1)!.finished).toBe(true);
});

test.each(["max", "average"] as const)("with %s pooling in the place of strides the same parameters learn too", async (halving) => {
  const last = (await framesOf(trainCnn, { halving, learningRate: 0.002, steps: 80, seed: 1 })).at(-1)!;
  expect(last.parameters).toBe(3603);
  expect(last.accuracy).toBeGreaterThan(0.7);
});

test("drawn shapes are the same for the same seed, differ otherwise, and hold a third of each kind", () => {
  const { pixels, labels } = drawnShapes(300, 5);
  expect(drawnShapes(300, 5).pixels).toEqual(pixels);
  expect(drawnShapes(300, 6).pixels).not.toEqual(pixels);
  for (let kind = 0; kind < 3; kind++) expect(Math.abs(labels.filter((label) => label === kind).length - 100)).toBeLessThan(30);
  expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
});
