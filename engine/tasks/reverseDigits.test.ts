import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { reverseDigits } from "./reverseDigits.ts";

test("with learned positions eight digits are reversed without a fault within 75 steps", async () => {
  const frames = await framesOf(reverseDigits, { position: "learned", learningRate: 0.003, steps: 75, seed: 1 });
  const last = frames.at(-1)!;
  expect(frames[0]!.rows).toBe(0);
  expect(last.rows).toBeGreaterThanOrEqual(0.99);
  // The clean anti-diagonal: to foretell digit k of the answer, some head looks at digit 7 − k of the question.
  const time = 16;
  const alongAntiDiagonal = [0, 1, 2, 3].map((head) => {
    const at = (query: number): number => last.patterns[(head * time + query) * time + (15 - query)]!;
    return Array.from({ length: 8 }, (_, k) => at(8 + k)).reduce((a, b) => a + b) / 8;
  });
  expect(Math.max(...alongAntiDiagonal)).toBeGreaterThan(0.5);
});
