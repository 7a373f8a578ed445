import { heap } from "./heap.ts";
import { pairTable } from "./pairTable.ts";

/** Two neighbouring tokens and how often they stand together in the corpus, as it is cut up at the moment. */
export interface PairCount {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** A word of the corpus as it is cut up at the moment, and how often it appears. */
export interface WordTokens {
  readonly ids: readonly number[];
  readonly count: number;
}

/** Byte-pair training that can be stepped and looked into. Bytes are the tokens 0–255; the k-th merge makes 256 + k. */
export interface BpeTrainer {
  /** Merges the most frequent pair everywhere (of equals, the one seen first) and returns it; undefined when none is left. */
  step(): PairCount | undefined;
  /** The n most frequent pairs now, in the order in which they would be chosen. */
  topPairs(n: number): PairCount[];
  /** How many different pairs stand in the corpus now. */
  pairCount(): number;
  /** How many tokens the corpus is long now. */
  tokenCount(): number;
  /** The first `limit` distinct words in order of first appearance. */
  words(limit: number): WordTokens[];
}

/**
 * Trains byte-pair encoding on distinct words with their counts, without recounting the corpus each round.
 *
 * It keeps the count of every pair and the places where it stands, and a merge touches only the places of its pair.
 * Why it equals the plain algorithm, ties included: a pair gets new places only in the round that makes its newer
 * token; from then on it can only lose some. So its count only falls and its first place only moves to the right, and
 * a heap may keep old keys: they err towards the front, and are put right when they arrive there.
 * Words are laid end to end in order of first appearance, so "seen first in the corpus" is the smallest place.
 *
 * Source: Sennrich et al. 2016, "Neural machine translation of rare words with subword units".
 */
export function bpeTrainer(corpus: ReadonlyMap<string, number>): BpeTrainer {
  const encoder = new TextEncoder();
  const chunks = Array.from(corpus, ([word, count]) => ({ bytes: encoder.encode(word), count }));
  const length = chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);

  // The corpus as linked lists, one a word: a token lives at the place of its first byte.
  const ids = new Int32Array(length).fill(-1);
  const after = new Int32Array(length).fill(-1);
  const before = new Int32Array(length).fill(-1);
  const weight = new Float64Array(length);
  const starts = new Int32Array(chunks.length);

  const pairs = pairTable();
  const lefts: number[] = [], rights: number[] = [], counts: number[] = [];
  /** Where each pair stands, ascending; some may have gone since. */
  const places: number[][] = [];
  /** Everything before this index of `places` has gone for good. */
  const cursors: number[] = [];
  // The heap's keys, written only while a pair is outside it.
  const keyCounts: number[] = [], keyPlaces: number[] = [];
  const queue = heap((a, b) => keyCounts[a]! > keyCounts[b]! || (keyCounts[a] === keyCounts[b] && keyPlaces[a]! < keyPlaces[b]!));

  let tokens = 0;
  let merged = 0;

  const gain = (left: number, right: number, place: number): void => {
    const pair = pairs.add(left, right, lefts.length);
    if (pair === lefts.length) {
      lefts.push(left);
      rights.push(right);
      counts.push(0);
      places.push([]);
      cursors.push(0);
    }
    counts[pair]! += weight[place]!;
    places[pair]!.push(place);
  };

  const lose = (left: number, right: number, place: number): void => {
    counts[pairs.get(left, right)]! -= weight[place]!;
  };

  const standsAt = (pair: number, place: number): boolean =>
    ids[place] === lefts[pair] && after[place] !== -1 && ids[after[place]!] === rights[pair];

  const firstPlace = (pair: number): number => {
    const list = places[pair]!;
    while (cursors[pair]! < list.length && !standsAt(pair, list[cursors[pair]!]!)) cursors[pair]!++;
    return list[cursors[pair]!] ?? length;
  };

  const enqueue = (pair: number): void => {
    if (counts[pair]! <= 0) return;
    keyCounts[pair] = counts[pair]!;
    keyPlaces[pair] = firstPlace(pair);
    queue.push(pair);
  };

  let place = 0;
  for (const [index, { bytes, count }] of chunks.entries()) {
    const start = place;
    starts[index] = start;
    for (const byte of bytes) {
      ids[place] = byte;
      weight[place] = count;
      if (place > start) {
        before[place] = place - 1;
        after[place - 1] = place;
        gain(ids[place - 1]!, byte, place - 1);
      }
      place++;
    }
    tokens += bytes.length * count;
  }
  for (let pair = 0; pair < lefts.length; pair++) enqueue(pair);

  /** Replaces a pair by a new token at every place, left to right, so that "aaa" becomes Aa and not aA. */
  const mergeEverywhere = (pair: number): void => {
    const left = lefts[pair]!, right = rights[pair]!, token = 256 + merged;
    const firstNew = lefts.length;
    for (const at of places[pair]!) {
      if (!standsAt(pair, at)) continue;
      const second = after[at]!, previous = before[at]!, next = after[second]!;
      if (previous !== -1) {
        lose(ids[previous]!, left, at);
        gain(ids[previous]!, token, previous);
      }
      if (next !== -1) {
        lose(right, ids[next]!, at);
        gain(token, ids[next]!, at);
        before[next] = at;
      }
      ids[at] = token;
      ids[second] = -1;
      after[at] = next;
      tokens -= weight[at]!;
    }
    counts[pair] = 0;
    places[pair] = [];
    for (let fresh = firstNew; fresh < lefts.length; fresh++) enqueue(fresh);
    merged++;
  };

  const pairAt = (pair: number): PairCount => ({ left: lefts[pair]!, right: rights[pair]!, count: counts[pair]! });

  return {
    step: () => {
      for (let pair = queue.pop(); pair !== undefined; pair = queue.pop()) {
        if (keyCounts[pair] !== counts[pair] || keyPlaces[pair] !== firstPlace(pair)) {
          enqueue(pair);
          continue;
        }
        const chosen = pairAt(pair);
        mergeEverywhere(pair);
        return chosen;
      }
      return undefined;
    },
    topPairs: (n) => {
      const living = [...lefts.keys()].filter((pair) => counts[pair]! > 0);
      return living.sort((a, b) => counts[b]! - counts[a]! || firstPlace(a) - firstPlace(b)).slice(0, n).map(pairAt);
    },
    pairCount: () => counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0),
    tokenCount: () => tokens,
    words: (limit) => chunks.slice(0, limit).map(({ count, bytes }, index) => {
      const word: number[] = [];
      for (let at = bytes.length === 0 ? -1 : starts[index]!; at !== -1; at = after[at]!) word.push(ids[at]!);
      return { ids: word, count };
    }),
  };
}
