import { expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { ropePositions, turn } from "./ropeClock.ts";

const base = { base: 10_000, stretch: 1, seed: 4 };

test("the score of a query and a key is that of complex numbers turned by θ times the distance, wherever the two stand", async () => {
  const backend = (await backends.cpu!())!;
  const frame = await turn(backend, { ...base, query: 30, key: 23 });
  const expected = frame.pairs.reduce((sum, { frequency, query: [a, b], key: [x, y] }) =>
    // Re(q · conj(k) · e^{i θ (m − n)}), the formula of the paper.
    sum + (a * x + b * y) * Math.cos(7 * frequency) - (b * x - a * y) * Math.sin(7 * frequency), 0) / Math.sqrt(8);
  expect(frame.score).toBeCloseTo(expected, 5);
  const shifted = await turn(backend, { ...base, query: 60, key: 53 });
  expect(shifted.score).toBeCloseTo(frame.score, 5);
  expect(frame.spread).toBeLessThan(1e-5);
  expect((await turn(backend, { ...base, query: 31, key: 23 })).score).not.toBeCloseTo(frame.score, 3);
});

test("hands keep their length, the fast ones turn by a radian a position, and at the same place nothing has changed", async () => {
  const backend = (await backends.cpu!())!;
  const frame = await turn(backend, { ...base, query: 9, key: 9 });
  expect(frame.score).toBeCloseTo(frame.plain, 5);
  expect(frame.pairs.map(({ frequency }) => Number(frequency.toFixed(6)))).toEqual([1, 0.1, 0.01, 0.001]);
  for (const { query, turnedQuery } of frame.pairs) expect(Math.hypot(...turnedQuery)).toBeCloseTo(Math.hypot(...query), 5);
  expect(frame.pairs.reduce((sum, { product }) => sum + product, 0) / Math.sqrt(8)).toBeCloseTo(frame.score, 5);
  expect(frame.byDistance).toHaveLength(2 * ropePositions - 1);
});

test("stretched by two, a distance of 14 scores what 7 scored before", async () => {
  const backend = (await backends.cpu!())!;
  const near = await turn(backend, { ...base, query: 20, key: 13 });
  const far = await turn(backend, { ...base, stretch: 2, query: 20, key: 6 });
  expect(far.score).toBeCloseTo(near.score, 5);
});
