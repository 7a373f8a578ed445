import type { Backend } from "../backend.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { rope, ropeFrequencies, ropeTable, type RopeScaling } from "../ops/rope.ts";
import { random } from "../random.ts";
import { read, scope, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface RopeClockParams {
  /** Where the query and the key stand, 0 … 63. */
  readonly query: number;
  readonly key: number;
  /** The base θ of the angles. */
  readonly base: number;
  /** Positions are divided by this: position interpolation. */
  readonly stretch: number;
  /** Draws the query's and the key's vector. */
  readonly seed: number;
}

/** One pair of columns: a hand of the query and one of the key, before and after they are turned. */
export interface RopePair {
  /** Angle a position, in radians. */
  readonly frequency: number;
  readonly query: readonly [number, number];
  readonly key: readonly [number, number];
  readonly turnedQuery: readonly [number, number];
  readonly turnedKey: readonly [number, number];
  /** What the pair adds to the dot product. */
  readonly product: number;
}

export interface RopeClockFrame {
  readonly pairs: readonly RopePair[];
  /** The dot product over √d after turning. */
  readonly score: number;
  /** The same without any turning. */
  readonly plain: number;
  /** Score by distance query − key, from −(positions − 1) to positions − 1. */
  readonly byDistance: readonly (readonly [distance: number, score: number])[];
  /** The largest difference between two scores of the same distance: float32 rounding and nothing else. */
  readonly spread: number;
}

export const ropePositions = 64;
export const ropeWidth = 8;

/**
 * One query and one key put at every position and turned by RoPE: their score depends on the distance alone.
 * Source: Su et al. 2021, section 3.2; Chen et al. 2023 for `stretch`.
 */
export const ropeClock: Task<RopeClockParams, RopeClockFrame> = async function* (run) {
  const backend = await run.backend();
  for (;;) {
    yield await turn(backend, run.params);
    await run.changed();
  }
};

export async function turn(backend: Backend, { query: m, key: n, base, stretch, seed }: RopeClockParams): Promise<RopeClockFrame> {
  const d = ropeWidth, half = d / 2, time = ropePositions;
  const [q, k] = vectors(seed);
  const scaling: RopeScaling = { type: "linear", factor: stretch };
  const row = [...q, ...k, ...q.map(() => 0)];
  const layout = { nHeads: 1, nKvHeads: 1 };
  const kept = scope(() => {
    const qkv = tensor(backend, [1, time, 3 * d], Array.from({ length: time * 3 * d }, (_, i) => row[i % (3 * d)]!));
    const turned = rope(qkv, tensor(backend, [time, d], ropeTable(time, d, base, scaling)), tensor(backend, [1], [0], "i32"), layout);
    return [turned, attentionWithPattern(turned, { ...layout, causal: false }).scores];
  });
  const [turned, scores] = await Promise.all(kept.map(async (x) => Array.from(await read(x)))) as [number[], number[]];
  for (const x of kept) backend.free(x.buffer);
  const frequencies = ropeFrequencies(d, base, scaling);
  const hand = (position: number, from: number, j: number): [number, number] =>
    [turned[position * 3 * d + from + j]!, turned[position * 3 * d + from + half + j]!];
  const dot = ([a, b]: readonly [number, number], [x, y]: readonly [number, number]): number => a * x + b * y;
  const at = (query: number, key: number): number => scores[query * time + key]!;
  let spread = 0;
  for (let query = 1; query < time; query++) {
    for (let key = 1; key < time; key++) spread = Math.max(spread, Math.abs(at(query, key) - at(query - 1, key - 1)));
  }
  return {
    pairs: Array.from({ length: half }, (_, j) => {
      const turnedQuery = hand(m, 0, j), turnedKey = hand(n, d, j);
      return {
        frequency: frequencies[j]!, query: [q[j]!, q[half + j]!], key: [k[j]!, k[half + j]!], turnedQuery, turnedKey,
        product: dot(turnedQuery, turnedKey),
      };
    }),
    score: at(m, n), plain: at(0, 0), spread,
    byDistance: Array.from({ length: 2 * time - 1 }, (_, i) => {
      const distance = i - time + 1;
      return [distance, at(Math.max(distance, 0), Math.max(-distance, 0))] as const;
    }),
  };
}

/** A query and a key that mostly agree, so that the score has something to lose. */
function vectors(seed: number): readonly [number[], number[]] {
  const draw = random(seed);
  const q = Array.from({ length: ropeWidth }, () => draw.normal());
  return [q, q.map((x) => 0.8 * x + 0.5 * draw.normal())];
}
