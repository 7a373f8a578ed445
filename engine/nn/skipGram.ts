import { add } from "../ops/add.ts";
import { gatherRows } from "../ops/gatherRows.ts";
import { multiply } from "../ops/multiply.ts";
import { scale } from "../ops/scale.ts";
import { softplus } from "../ops/softplus.ts";
import { mean, sum } from "../ops/sum.ts";
import { random, type Random } from "../random.ts";
import { reshape, type Tensor } from "../tensor.ts";

/** Pairs of a batch: centres, words seen near them, and words drawn at random for each pair. */
export interface SkipGramBatch {
  /** [pairs] */
  readonly centres: Int32Array;
  /** [pairs] */
  readonly near: Int32Array;
  /** [pairs · negatives] */
  readonly drawn: Int32Array;
}

/**
 * The loss of skip-gram with negative sampling: a centre's vector v should agree with the vector u of a word that stood near it and not
 * with those of words drawn at random: mean over pairs of −ln σ(u·v) − Σ ln σ(−uₙ·v), where −ln σ(x) = softplus(−x).
 * Shapes: words and contexts [vocab,d]; centres and near [pairs] i32, drawn [pairs · negatives] i32 → [1].
 * Source: Mikolov et al. 2013, equation 4.
 */
export function skipGramLoss(
  words: Tensor, contexts: Tensor, { centres, near, drawn, repeated }: { centres: Tensor; near: Tensor; drawn: Tensor; repeated: Tensor },
): Tensor {
  const agreement = (left: Tensor, right: Tensor): Tensor => sum(multiply(left, right));
  const seen = agreement(gatherRows(words, centres), gatherRows(contexts, near));
  const random = agreement(gatherRows(words, repeated), gatherRows(contexts, drawn));
  const average = (x: Tensor): Tensor => mean(reshape(x, [1, x.size]));
  const pairs = average(softplus(scale(seen, -1)));
  const negatives = drawn.size / centres.size;
  return add(pairs, scale(average(softplus(random)), negatives));
}

/** Each centre `negatives` times over: which row goes with which drawn word. */
export const repeatCentres = (centres: Int32Array, negatives: number): Int32Array =>
  Int32Array.from({ length: centres.length * negatives }, (_, i) => centres[Math.floor(i / negatives)]!);

export interface SkipGramShape {
  readonly pairs: number;
  /** Words on each side that count as near. */
  readonly window: number;
  readonly negatives: number;
  readonly vocabSize: number;
  /** A word whose share of the text f is above this is passed over with probability 1 − √(rare / f); 1 passes over none. */
  readonly rare?: number;
}

/**
 * Batches of random pairs of words at most `window` apart, and words drawn with probability ∝ count^0.75. Very frequent words say little
 * about their neighbours, so most of their places are passed over.
 * Source: Mikolov et al. 2013, section 2.2 and equation 5.
 */
export function skipGramSampler(
  text: ArrayLike<number>, { pairs, window, negatives, vocabSize, rare = 1 }: SkipGramShape,
): (draw: Random) => SkipGramBatch {
  const counts = new Float64Array(vocabSize);
  for (let i = 0; i < text.length; i++) counts[text[i]!]!++;
  let total = 0;
  // Subtle: a root of a root and its product, because a power may differ in its last bit between machines.
  const bounds = counts.map((count) => (total += Math.sqrt(count) * Math.sqrt(Math.sqrt(count))));
  const keeps = counts.map((count) => Math.min(1, Math.sqrt((rare * text.length) / count)));
  const word = (draw: Random): number => {
    const at = draw.uniform() * total;
    let low = 0, high = vocabSize - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at < bounds[middle]!) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (draw) => {
    const place = (): number => {
      for (;;) {
        const at = draw.integer(text.length);
        if (draw.uniform() < keeps[text[at]!]!) return at;
      }
    };
    const batch = {
      centres: new Int32Array(pairs), near: new Int32Array(pairs),
      drawn: Int32Array.from({ length: pairs * negatives }, () => word(draw)),
    };
    for (let pair = 0; pair < pairs; pair++) {
      const centre = place();
      let other = centre;
      const isPoor = (at: number): boolean => at === centre || at < 0 || at >= text.length || draw.uniform() >= keeps[text[at]!]!;
      while (isPoor(other)) other = centre + draw.integer(2 * window + 1) - window;
      batch.centres[pair] = text[centre]!;
      batch.near[pair] = text[other]!;
    }
    return batch;
  };
}

/** The cosine of the angle between two rows of a table of vectors [vocab,d]. */
export function cosineOfRows(table: ArrayLike<number>, d: number, a: number, b: number): number {
  let dot = 0, normA = 0, normB = 0;
  for (let j = 0; j < d; j++) {
    const x = table[a * d + j]!, y = table[b * d + j]!;
    dot += x * y;
    normA += x * x;
    normB += y * y;
  }
  return dot / Math.sqrt(normA * normB);
}

/** Small random starting vectors; contexts start at zero, as in word2vec. */
export function skipGramWeights(vocabSize: number, d: number, seed: number): Map<string, Float32Array> {
  const draw = random(seed);
  return new Map([
    ["words.weight", Float32Array.from({ length: vocabSize * d }, () => (draw.uniform() - 0.5) / Math.sqrt(d))],
    ["contexts.weight", new Float32Array(vocabSize * d)],
  ]);
}
