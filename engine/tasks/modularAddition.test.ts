import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { modularAddition, type ModularAdditionParams } from "./modularAddition.ts";

const params: ModularAdditionParams = { modulus: 23, share: 0.7, weightDecay: 3, learningRate: 0.003, steps: 800, seed: 1 };

test("trained sums are right within 50 steps; the others are not for hundreds of steps more, and then suddenly are", async () => {
  const frames = await framesOf(modularAddition, params);
  const at = (step: number): (typeof frames)[number] => frames.find((frame) => frame.step === step)!;
  expect(at(50).training.right).toBeGreaterThanOrEqual(0.99);
  expect(at(50).heldOut.right).toBeLessThan(0.1);
  // Learnt by heart, and no use: worse than guessing evenly.
  expect(at(300).heldOut.loss).toBeGreaterThan(Math.log(23));
  expect(at(300).heldOut.right).toBeLessThan(0.1);
  expect(at(800).heldOut.right).toBeGreaterThan(0.5);
  expect(at(800).training.right).toBeGreaterThanOrEqual(0.99);
}, 120_000);

const isLong = process.env.LONG_RUNS === "true";
test.runIf(isLong)("after 1,000 steps nearly all held-out sums are right (runs with LONG_RUNS=true)", async () => {
  const last = (await framesOf(modularAddition, { ...params, steps: 1000 })).at(-1)!;
  expect(last.heldOut.right).toBeGreaterThanOrEqual(0.98);
}, 240_000);

test("no held-out sum is a trained one turned round", async () => {
  const first = (await framesOf(modularAddition, { ...params, steps: 0 }))[0]!;
  expect(first).toMatchObject({ step: 0, finished: true });
  // With half of the table by heart and a + b apart from b + a, about half of the rest would come for nothing.
  const frames = await framesOf(modularAddition, { ...params, share: 0.5, steps: 100 });
  expect(frames.at(-1)!.training.right).toBe(1);
  expect(frames.at(-1)!.heldOut.right).toBeLessThan(0.05);
}, 60_000);
