import { expect, test } from "vitest";
import { levelLine } from "./contours.ts";

const sampled = (height: (x: number, y: number) => number, n: number): number[] =>
  Array.from({ length: (n + 1) ** 2 }, (_, i) => height(i % (n + 1), Math.floor(i / (n + 1))));
const pointsOf = (path: string): number[][] => path.split(/[ML]/).filter(Boolean).map((pair) => pair.split(",").map(Number));

test("the line of a cone's level is one ring at that distance from its foot", () => {
  const path = levelLine(sampled((x, y) => Math.hypot(x - 10, y - 10), 20), 20, 20, 6, [1, 1]);
  expect(path.match(/M/g)).toHaveLength(1);
  const points = pointsOf(path);
  for (const [x, y] of points) expect(Math.hypot(x! - 10, y! - 10)).toBeCloseTo(6, 0);
  expect(points[0]).toEqual(points.at(-1));
});

test("a slope's level is one line from border to border, and a level nowhere reached is none", () => {
  const slope = sampled((x) => x, 8);
  expect(pointsOf(levelLine(slope, 8, 8, 2.5, [10, 10]))).toHaveLength(9);
  expect(levelLine(slope, 8, 8, 2.5, [10, 10]).match(/M/g)).toHaveLength(1);
  expect(levelLine(slope, 8, 8, 99, [1, 1])).toBe("");
});

test("where two hills meet at a saddle their lines stay apart", () => {
  const path = levelLine([1, 0, 0, 1], 1, 1, 0.5, [2, 2]);
  expect(path.match(/M/g)).toHaveLength(2);
});
