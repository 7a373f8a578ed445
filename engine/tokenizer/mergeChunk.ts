import { heap } from "./heap.ts";

/** What replay needs to know of a table of merges. */
export interface MergeRanks {
  /** The rank of a pair, 0 for the first merge learnt; −1 for a pair that is not in the table. */
  rank(left: number, right: number): number;
  /** The token that a merge makes. */
  token(rank: number): number;
}

/** From this many bytes on the list with a heap is faster than looking at every pair each round. */
const longChunk = 64;

/**
 * Replays merges on one chunk: of all neighbouring pairs the one with the lowest rank (of equals, the leftmost) becomes
 * one token, until no pair is known. `ids` are the tokens of its bytes; the array may be used up.
 */
export function mergeChunk(ids: number[], ranks: MergeRanks): number[] {
  return ids.length < longChunk ? mergeShort(ids, ranks) : mergeLong(ids, ranks);
}

/** Looks at every pair each round, O(n²): the definition, and the faster way for the words of a language. */
export function mergeShort(ids: number[], { rank, token }: MergeRanks): number[] {
  for (;;) {
    let best = -1, place = -1;
    for (let at = 0; at + 1 < ids.length; at++) {
      const found = rank(ids[at]!, ids[at + 1]!);
      if (found !== -1 && (best === -1 || found < best)) {
        best = found;
        place = at;
      }
    }
    if (best === -1) return ids;
    ids[place] = token(best);
    ids.splice(place + 1, 1);
  }
}

/** The same in O(n log n): a linked list of tokens and a heap of pairs, so that a word of a million letters ends. */
export function mergeLong(ids: readonly number[], { rank, token }: MergeRanks): number[] {
  const tokens = Int32Array.from(ids);
  const after = Int32Array.from(ids, (_, at) => at + 1);
  const before = Int32Array.from(ids, (_, at) => at - 1);
  const end = ids.length;
  // Rank and place in one number, exact while the rank is below 2²² and the place below 2³¹.
  const places = 2 ** 31;
  const queue = heap((a, b) => a < b);
  const offer = (at: number): void => {
    const found = rank(tokens[at]!, tokens[after[at]!]!);
    if (found !== -1) queue.push(found * places + at);
  };
  for (let at = 0; at + 1 < end; at++) offer(at);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const best = Math.floor(key / places), at = key % places;
    const second = after[at]!;
    // Subtle: a pair may have changed since it was queued; then its place is dead, the last, or has another rank.
    if (tokens[at] === -1 || second === end || rank(tokens[at]!, tokens[second]!) !== best) continue;
    tokens[at] = token(best);
    tokens[second] = -1;
    after[at] = after[second]!;
    if (after[at] !== end) {
      before[after[at]!] = at;
      offer(at);
    }
    if (before[at] !== -1) offer(before[at]!);
  }
  const merged: number[] = [];
  for (let at = 0; at < end; at = after[at]!) merged.push(tokens[at]!);
  return merged;
}
