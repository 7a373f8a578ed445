import { expect, test } from "vitest";
import { framesOf } from "../testing/runTask.ts";
import { positionWaves, wavePositions } from "./positionWaves.ts";

const base = { width: "4", position: 3, seed: 1 } as const;

test("four sinusoids at positions 0, 1 and 2 are those worked out by hand", async () => {
  const [frame] = await framesOf(positionWaves, { ...base, scheme: "sinusoid" }, 1);
  const column = (p: number): number[] => Array.from({ length: 4 }, (_, row) => frame!.table[row * wavePositions + p]!);
  const near = (values: number[], expected: number[]): void => values.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
  near(column(0), [0, 1, 0, 1]);
  near(column(1), [0.8415, 0.5403, 0.01, 0.99995]);
  near(column(2), [0.9093, -0.4161, 0.02, 0.9998]);
});

test.each(["sinusoid", "rope"] as const)("%s: how alike two positions are is Σ cos(distance · θ), wherever they lie", async (scheme) => {
  const [frame] = await framesOf(positionWaves, { ...base, width: "16", position: 20, scheme }, 1);
  const expected = (distance: number): number => Array.from({ length: 8 }, (_, j) => Math.cos(distance * 10_000 ** (-j / 8))).reduce((a, b) => a + b);
  frame!.curves[0]!.forEach((value, q) => expect(value).toBeCloseTo(expected(q - 20), 4));
  expect(frame!.periods[0]).toBeCloseTo(2 * Math.PI, 6);
});

test("ALiBi takes slope times distance away, a half a place in its steepest head and a 256th in its flattest", async () => {
  const [frame] = await framesOf(positionWaves, { ...base, scheme: "alibi", position: 10 }, 1);
  expect(frame!.curves[0]![13]).toBeCloseTo(-1.5, 6);
  expect(frame!.curves[7]![9]).toBeCloseTo(-1 / 256, 8);
});

test("a learned table starts as noise, is trained, and ends where the training texts end", async () => {
  const frames = await framesOf(positionWaves, { ...base, scheme: "learned", position: 60 }, 17);
  expect(frames[0]).toMatchObject({ step: 0, positions: 16, at: 15, rows: 32 });
  const last = frames.at(-1)!;
  expect(last).toMatchObject({ step: 80, finished: true });
  // The chapter says that its columns stay at nearly right angles.
  last.curves[0]!.forEach((product, q) => { if (q !== 15) expect(Math.abs(product)).toBeLessThan(0.5 * last.curves[0]![15]!); });
});
