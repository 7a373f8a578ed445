import { expect, test } from "vitest";
import { random } from "../random.ts";
import { principalPlane } from "./principalPlane.ts";

test("finds the plane in which points were laid, and what share of their differences it holds", () => {
  const draw = random(1);
  // On the unit sphere, spread along columns 2 and 0, hardly along 1.
  const rows = Array.from({ length: 200 }, () => [0.3 * draw.normal(), 0.01 * draw.normal(), 1 * draw.normal(), 3]).flat();
  const { plane: [first, second], points, share } = principalPlane(rows, 4);
  expect(Math.abs(first[2]!)).toBeGreaterThan(0.98);
  expect(Math.abs(second[0]!)).toBeGreaterThan(0.95);
  expect(Math.abs(first.reduce((sum, x, j) => sum + x * second[j]!, 0))).toBeLessThan(1e-9);
  expect(points).toHaveLength(200);
  expect(share).toBeGreaterThan(0.95);
});

test("starts where the last picture ended, so that no axis flips its sign", () => {
  const draw = random(2);
  const rows = Array.from({ length: 50 * 6 }, (_, i) => draw.normal() / (1 + (i % 6)));
  const { plane } = principalPlane(rows, 6);
  const flipped = principalPlane(rows, 6, [plane[0].map((x) => -x), plane[1]]);
  expect(flipped.plane[0][0]).toBeCloseTo(-plane[0][0]!, 4);
});
