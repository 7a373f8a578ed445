import type { Batch } from "../nn/trainer.ts";
import { type Random, random } from "../random.ts";

/** Ids of many documents, one after another, each preceded by the separator. */
export type TokenStream = Int32Array;

/** Joins encoded documents into one stream; the separator stands before each. */
export function tokenStream(documents: Iterable<ArrayLike<number>>, separator: number): TokenStream {
  const parts: ArrayLike<number>[] = [...documents];
  const stream = new Int32Array(parts.reduce((sum, part) => sum + part.length + 1, 0));
  let at = 0;
  for (const part of parts) {
    stream[at++] = separator;
    for (let i = 0; i < part.length; i++) stream[at++] = part[i]!;
  }
  return stream;
}

export interface MixtureOptions {
  readonly rows: number;
  readonly time: number;
  readonly seed: number;
  /** Streams with the share of rows that each fills. */
  readonly streams: readonly { readonly ids: TokenStream; readonly share: number }[];
  /** Share of rows that repeat a segment: 60 % of them distinct random ids below `randomIds`, the rest snippets of the first stream. */
  readonly repeats: number;
  readonly randomIds: number;
  /** Also say where a previous-token head and an induction head should look. */
  readonly attend: boolean;
}

/** A segment of `period` ids tiled to `length`. */
export function tiled(segment: ArrayLike<number>, length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => segment[i % segment.length]!);
}

/** `count` different ids below `below`, in random order (partial Fisher–Yates over a sparse permutation). */
export function distinctIds(draw: Random, count: number, below: number): Int32Array {
  const moved = new Map<number, number>();
  return Int32Array.from({ length: count }, (_, i) => {
    const j = i + draw.integer(below - i);
    const chosen = moved.get(j) ?? j;
    moved.set(j, moved.get(i) ?? i);
    return chosen;
  });
}

/**
 * The batch of a step: a pure function of the seed and the step, so a resumed run sees the same data.
 * Targets are the ids shifted by one.
 */
export function mixtureBatch({ rows, time, seed, streams, repeats, randomIds, attend }: MixtureOptions, step: number): Batch {
  const draw = random(seed, 1000 + step);
  const ids = new Int32Array(rows * time), targets = new Int32Array(rows * time);
  const previous = new Int32Array(rows * time).fill(-100), induction = new Int32Array(rows * time).fill(-100);
  const total = streams.reduce((sum, { share }) => sum + share, 0);
  const window = (stream: TokenStream, length: number): Int32Array => {
    const at = draw.integer(stream.length - length + 1);
    return stream.subarray(at, at + length);
  };
  for (let row = 0; row < rows; row++) {
    let line: Int32Array;
    if (draw.uniform() < repeats) {
      const period = 4 + draw.integer(Math.floor(time / 2) - 3);
      const distinct = draw.uniform() < 0.6;
      line = tiled(distinct ? distinctIds(draw, period, randomIds) : window(streams[0]!.ids, period), time + 1);
      if (distinct) for (let t = period; t < time; t++) induction[row * time + t] = t - period + 1;
    } else {
      let rest = draw.uniform() * total;
      const stream = streams.find(({ share }) => (rest -= share) < 0) ?? streams[streams.length - 1]!;
      line = window(stream.ids, time + 1);
    }
    ids.set(line.subarray(0, time), row * time);
    targets.set(line.subarray(1), row * time);
    for (let t = 1; t < time; t++) previous[row * time + t] = t - 1;
  }
  return attend ? { ids, targets, attend: [previous, induction] } : { ids, targets };
}

/** Consecutive windows of a stream that do not overlap, as batches: held-out text. At most `limit` batches. */
export function* windows(stream: TokenStream, rows: number, time: number, limit = Infinity): Generator<Batch & { readonly rows: number }> {
  for (let batch = 0, at = 0; batch < limit && at + rows * time < stream.length; batch++, at += rows * time) {
    yield { rows, ids: stream.slice(at, at + rows * time), targets: stream.slice(at + 1, at + rows * time + 1) };
  }
}
