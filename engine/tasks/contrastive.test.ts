import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { contrastive } from "./contrastive.ts";

test("after 160 steps nearly all held-out pictures find their text among 64, from chance", async () => {
  const frames = await framesOf(contrastive, { noise: 0.5, learningRate: 0.003, steps: 160, seed: 3 });
  const last = frames.at(-1)!;
  expect(frames[0]!.retrieval).toBeLessThan(0.1);
  expect(frames[1]!.losses[0]!).toBeGreaterThan(3);
  expect(last.retrieval).toBeGreaterThanOrEqual(0.95);
  expect(last.loss!).toBeLessThan(0.27);
  expect(last.temperature).toBeGreaterThan(10);
});
