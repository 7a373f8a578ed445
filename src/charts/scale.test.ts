import { scaleLinear, scaleLog } from "d3-scale";
import fc from "fast-check";
import { expect, test } from "vitest";
import { linearScale, logScale } from "./scale.ts";

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((value) => value === 0 || Math.abs(value) > 1e-6);

test("a linear scale places, inverts, ticks and prints as d3-scale does", () => {
  fc.assert(fc.property(finite, finite, finite, fc.integer({ min: 2, max: 10 }), (low, high, value, count) => {
    fc.pre(Math.abs(high - low) > 1e-5 * Math.max(1, Math.abs(low)));
    const mine = linearScale([250, 0]);
    mine.domain([low, high]);
    const theirs = scaleLinear([low, high], [250, 0]);
    // A value far outside a narrow domain has a place with few digits behind the point: the error is a share of it.
    const place = theirs(value);
    expect(Math.abs(mine(value) - place)).toBeLessThanOrEqual(1e-9 * Math.max(1e3, Math.abs(place)));
    expect(Math.abs(mine.invert(mine(value)) - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value), Math.abs(low), Math.abs(high)));
    expect(mine.ticks(count)).toEqual(theirs.ticks(count));
    expect(mine.ticks(count).map(mine.tickFormat(count))).toEqual(theirs.ticks(count).map(theirs.tickFormat(count)));
  }));
});

test("a domain of one value lies in the middle", () => {
  const mine = linearScale([0, 100]);
  mine.domain([3, 3]);
  expect(mine(3)).toBe(50);
});

test("a log scale places as d3-scale does, has no place for what is not positive, and ticks at round numbers", () => {
  const mine = logScale([200, 0]);
  mine.domain([0.01, 1000]);
  const theirs = scaleLog([0.01, 1000], [200, 0]);
  for (const value of [0.01, 0.3, 1, 70, 1000]) expect(mine(value)).toBeCloseTo(theirs(value), 9);
  expect([0, -1].map((value) => Number.isFinite(mine(value)))).toEqual([false, false]);
  expect(mine.invert(mine(70))).toBeCloseTo(70, 9);
  expect(mine.ticks(5).map(mine.tickFormat(5))).toEqual(["0.01", "0.1", "1", "10", "100", "1,000"]);
  mine.domain([1, 10]);
  expect(mine.ticks(5)).toEqual([1, 2, 5, 10]);
  mine.domain([0.005, 100]);
  expect(mine.ticks(4)).toEqual([0.01, 0.1, 1, 10, 100]);
  mine.domain([1e-6, 10 ** 1.5]);
  expect(mine.ticks(4)).toEqual([1e-6, 1e-4, 0.01, 1]);
  mine.domain([1e-12, 1e12]);
  expect(mine.ticks(5).length).toBeLessThanOrEqual(7);
});
