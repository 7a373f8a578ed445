import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { scaleModels } from "./scaleModels.ts";

test("three sizes on the same text for 400 steps: each larger one gets further down, along a straight line in the logarithms", async () => {
  const frames = await framesOf(scaleModels, { sizes: 3, steps: 400, seed: 1 });
  const { models, vocabSize, finished } = frames.at(-1)!;
  expect(finished).toBe(true);
  expect(models.map(({ parameters }) => parameters)).toEqual([872, 3280, 14448]);
  const losses = models.map(({ heldOut }) => heldOut!);
  [2.5, 2.28, 2.06].forEach((measured, i) => expect(Math.abs(losses[i]! - measured)).toBeLessThan(0.1));
  for (const { losses: steps } of models) {
    expect(steps).toHaveLength(400);
    expect(steps[0]!).toBeGreaterThan(0.9 * Math.log(vocabSize));
  }
  const slopes = [0, 1].map((i) => Math.log(losses[i + 1]! / losses[i]!) / Math.log(models[i + 1]!.parameters / models[i]!.parameters));
  slopes.forEach((slope) => expect(Math.abs(slope + 0.07)).toBeLessThan(0.03));
}, 60_000);
