import { expect, test } from "vitest";
import { type AttentionPatterns, mixAttention, rollout } from "./attentionMixture.ts";

/** Three layers of two heads over four tokens, drawn by NumPy 2.4.6 (default_rng(0), rounded to three digits); the expected values are NumPy's. */
const from: AttentionPatterns = {
  layers: 3, heads: 2, size: 4,
  patterns: Float32Array.of(
    1, 0, 0, 0, 0.545, 0.455, 0, 0, 0.429, 0.429, 0.143, 0, 0.091, 0.091, 0.182, 0.636,
    1, 0, 0, 0, 0.615, 0.385, 0, 0, 0.263, 0.421, 0.316, 0, 0.25, 0.208, 0.208, 0.333,
    1, 0, 0, 0, 0.538, 0.462, 0, 0, 0.083, 0.333, 0.583, 0, 0.263, 0.053, 0.368, 0.316,
    1, 0, 0, 0, 0.667, 0.333, 0, 0, 0.538, 0.077, 0.385, 0, 0.083, 0.25, 0.333, 0.333,
    1, 0, 0, 0, 0.5, 0.5, 0, 0, 0.125, 0.125, 0.75, 0, 0.263, 0.316, 0.158, 0.263,
    1, 0, 0, 0, 0.5, 0.5, 0, 0, 0.348, 0.304, 0.348, 0, 0.167, 0.25, 0.333, 0.25,
  ),
};
const lastRow = (matrix: Float32Array): number[] => Array.from(matrix.subarray(-4));
const near = (numbers: readonly number[]): unknown[] => numbers.map((number) => expect.closeTo(number, 5));

test("average and maximum of a layer, and of all layers, are NumPy's", () => {
  expect(lastRow(mixAttention(from, "average", 1, 0))).toEqual(near([0.173, 0.1515, 0.3505, 0.3245]));
  expect(lastRow(mixAttention(from, "maximum", 1, 0))).toEqual(near([0.263, 0.25, 0.368, 0.333]));
  expect(lastRow(mixAttention(from, "averageAll", 1, 0))).toEqual(near([0.186167, 0.194667, 0.263667, 0.355167]));
  expect(lastRow(mixAttention(from, "maximumAll", 1, 0))).toEqual(near([0.263, 0.316, 0.368, 0.636]));
  expect(lastRow(mixAttention(from, "head", 2, 1))).toEqual(near([0.167, 0.25, 0.333, 0.25]));
});

test("rollout is the product of half of what stays and half of the average, as NumPy multiplies it", () => {
  expect(lastRow(rollout(from, 0))).toEqual(near([0.08525, 0.07475, 0.0975, 0.74225]));
  expect(Array.from(rollout(from, 2))).toEqual(near([
    1, 0, 0, 0, 0.627916, 0.372084, 0, 0, 0.414975, 0.231692, 0.353284, 0, 0.339924, 0.186773, 0.164242, 0.308819,
  ]));
});
