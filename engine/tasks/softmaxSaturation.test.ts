import { describe, expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { draw, LARGEST, saturationFrame } from "./softmaxSaturation.ts";

const params = { dHead: 128, scaled: false, keys: 16, seed: 1 };

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test("scores spread as √d_k, and by division as 1", async ({ skip }) => {
    const backend = await create();
    if (!backend) return skip("no adapter");
    const { sweep } = await draw(backend, params);
    for (const { dHead, scaled, spread } of sweep) expect(Math.abs(spread / (scaled ? 1 : Math.sqrt(dHead)) - 1), `${dHead}, ${scaled}`).toBeLessThan(0.25);
    // The table of the chapter; 16 keys of four numbers are few to measure a spread by.
    const at = (size: number) => sweep.find(({ dHead, scaled }) => dHead === size && !scaled)!.spread;
    for (const [size, typical] of [[4, 2], [64, 8], [128, 11.3], [1024, 32]] as const) expect(Math.abs(at(size) / typical - 1)).toBeLessThan(size === 4 ? 0.25 : 0.1);
    backend.close();
  });

  test("undivided at 128 the slope is a small part of what it is divided, and at 1,024 nothing is left", async ({ skip }) => {
    const backend = await create();
    if (!backend) return skip("no adapter");
    const drawn = await draw(backend, params);
    const slopeAt = async (dHead: number, scaled: boolean): Promise<number> => (await saturationFrame(backend, drawn, { ...params, dHead, scaled })).slope;
    expect(await slopeAt(128, false)).toBeLessThan(0.2 * await slopeAt(128, true));
    expect(await slopeAt(1024, false)).toBeLessThan(0.001 * await slopeAt(1024, true));
    backend.close();
  });
});

test("slopes and entropy are those of a plain sum over float64 numbers", async () => {
  const backend = (await backends.reference!())!;
  const drawn = await draw(backend, params);
  const { q, k, w } = drawn;
  const slopes: number[] = [];
  let entropy = 0;
  for (let row = 0; row < 128; row++) {
    const scores = Array.from({ length: 16 }, (_, key) => {
      let dot = 0;
      for (let i = 0; i < 32; i++) dot += q[row * LARGEST + i]! * k[key * LARGEST + i]!;
      return dot;
    });
    const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
    const shares = scores.map((score) => Math.exp(score) / total);
    const upstream = Array.from(w.subarray(row * 16, (row + 1) * 16));
    const mean = shares.reduce((sum, share, i) => sum + share * upstream[i]!, 0);
    slopes.push(Math.hypot(...shares.map((share, i) => share * (upstream[i]! - mean))));
    entropy -= shares.reduce((sum, share) => sum + share * Math.log(share), 0) / 128;
  }
  slopes.sort((a, b) => a - b);
  const frame = await saturationFrame(backend, drawn, { ...params, dHead: 32 });
  expect(frame.slope).toBeCloseTo((slopes[63]! + slopes[64]!) / 2, 5);
  expect(frame.entropy).toBeCloseTo(entropy, 5);
  expect(frame.counts.reduce((sum, count) => sum + count, 0)).toBe(128 * 16);
  expect(frame.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
});
