import { bpeTrainer } from "./bpeTrainer.ts";
import type { PairCount } from "./bpeTrainer.ts";
import { countWords, pretokenize } from "./pretokenize.ts";
import type { PatternName } from "./chunkEnd.ts";

export interface TrainBpeOptions {
  /** How many merges to learn; fewer are returned when every chunk has become one token. */
  readonly merges: number;
  readonly pattern: PatternName;
}

/**
 * Learns byte-pair merges: the most frequent pair of neighbours becomes a token, again and again. Ties go to the pair
 * seen first in the corpus. The k-th merge makes the token 256 + k. The same merges as `trainBpeReference`, fast.
 *
 * Example: on "aaabdaaabac" the first three merges are (a, a), (256, a), (257, b).
 */
export function trainBpe(text: string, { merges, pattern }: TrainBpeOptions): PairCount[] {
  const trainer = bpeTrainer(countWords(text, pattern));
  const learnt: PairCount[] = [];
  while (learnt.length < merges) {
    const merge = trainer.step();
    if (merge === undefined) break;
    learnt.push(merge);
  }
  return learnt;
}

/**
 * The plain algorithm: count every pair of the whole corpus, replace the most frequent one, repeat. Slow and obviously
 * right; a pair's rank among equals is the order in which the count first met it.
 */
export function trainBpeReference(text: string, { merges, pattern }: TrainBpeOptions): PairCount[] {
  const encoder = new TextEncoder();
  let chunks = pretokenize(text, pattern).map((chunk) => [...encoder.encode(chunk)]);
  const learnt: PairCount[] = [];
  while (learnt.length < merges) {
    const best = mostFrequent(chunks);
    if (best === undefined) break;
    chunks = chunks.map((ids) => mergePair(ids, best.left, best.right, 256 + learnt.length));
    learnt.push(best);
  }
  return learnt;
}

function mostFrequent(chunks: readonly (readonly number[])[]): PairCount | undefined {
  const counts = new Map<string, number>();
  for (const ids of chunks) {
    for (let at = 0; at + 1 < ids.length; at++) {
      const key = `${ids[at]} ${ids[at + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  let best: [string, number] | undefined;
  // Subtle: a Map keeps the order of insertion and `>` is strict, so the pair seen first wins a tie.
  for (const entry of counts) if (best === undefined || entry[1] > best[1]) best = entry;
  if (best === undefined) return undefined;
  const [left, right] = best[0].split(" ").map(Number);
  return { left: left!, right: right!, count: best[1] };
}

/**
 * Replaces every occurrence of a pair, from left to right, by one token.
 * Example: `mergePair([1, 2, 3, 1, 2], 1, 2, 4)` is `[4, 3, 4]`.
 */
export function mergePair(ids: readonly number[], left: number, right: number, token: number): number[] {
  const merged: number[] = [];
  for (let at = 0; at < ids.length; at++) {
    if (ids[at] === left && ids[at + 1] === right) {
      merged.push(token);
      at++;
    } else merged.push(ids[at]!);
  }
  return merged;
}
