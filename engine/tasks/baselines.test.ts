import { expect, test } from "vitest";
import { baselines, heldOutBatches } from "./baselines.ts";

const batch = (ids: number[], targets: number[]) => ({ ids: Int32Array.from(ids), targets: Int32Array.from(targets) });

test("a corpus counted by hand: abababac, V = 4, held out a→b, b→a, a→c", async () => {
  // n(a) = 4, n(b) = 3, n(c) = 1, n(d) = 0 of N = 8; pairs ab 3, ba 3, ac 1; a stands first 4 times, b 3 times.
  const [a, b, c] = [0, 1, 2];
  const { uniform, unigram, bigram, bigramWeight } = await baselines([a, b, a, b, a, b, a, c], [batch([a, b, a], [b, a, c])], 4);
  expect(uniform).toBeCloseTo(Math.log(4), 12);
  expect(unigram).toBeCloseTo(-(Math.log(4 / 12) + Math.log(5 / 12) + Math.log(2 / 12)) / 3, 12);
  const smoothed = (k: number): number => -(Math.log((3 + k * 4 / 12) / (4 + k)) + Math.log((3 + k * 5 / 12) / (3 + k)) + Math.log((1 + k * 2 / 12) / (4 + k))) / 3;
  expect(bigramWeight).toBe(0.5);
  expect(bigram).toBeCloseTo(smoothed(0.5), 12);
  expect(bigram).toBeLessThan(smoothed(1));
});

test("the bigram's smoothing is the one that does best on the held-out tokens", async () => {
  // Pairs seen in training say nothing about these targets, so the heaviest weight of the unigram wins.
  expect((await baselines([0, 1, 0, 1, 2, 2, 2, 2], [batch([0, 0, 1, 1], [2, 2, 2, 2])], 3)).bigramWeight).toBe(128);
});

test("ignored targets do not count", async () => {
  const text = [0, 1, 0, 1, 1, 0];
  expect(await baselines(text, [batch([0, 1, 0, 0], [1, 0, -100, -100])], 2)).toEqual(await baselines(text, [batch([0, 1], [1, 0])], 2));
});

test("held-out batches are consecutive windows, each target the next id, and a short text gives one batch with ignored rests", () => {
  const stream = Int32Array.from({ length: 30 }, (_, i) => i);
  const [first, second, ...rest] = heldOutBatches(stream, 2, 5, 2);
  expect(rest).toEqual([]);
  expect([...first!.ids, ...second!.ids]).toEqual([...stream.subarray(0, 20)]);
  expect([...first!.targets, ...second!.targets]).toEqual([...stream.subarray(1, 21)]);
  const short = heldOutBatches(stream.subarray(0, 4), 2, 5, 8);
  expect(short).toHaveLength(1);
  expect([...short[0]!.targets]).toEqual([1, 2, 3, ...Array(7).fill(-100)]);
});
