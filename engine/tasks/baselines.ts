import type { Batch } from "../nn/trainer.ts";

/** What simple models lose on the same held-out tokens, in nats a token. */
export interface Baselines {
  /** Every token equally likely: ln V. */
  readonly uniform: number;
  /** Tokens as often as in the training text, whatever stands before them. */
  readonly unigram: number;
  /** Tokens as often as after the token before them. */
  readonly bigram: number;
  /** The weight k of the unigram in the bigram that did best here. */
  readonly bigramWeight: number;
}

const weights = [0.5, 1, 2, 4, 8, 16, 32, 64, 128];

/**
 * Three language models by counting. uniform: ln V. unigram: p(b) = (n(b) + 1) / (N + V).
 * bigram: p(b|a) = (n(ab) + k p(b)) / (n(a) + k), with the k of {½, 1, 2, … 128} that is best on these very held-out tokens:
 * the baseline gets every advantage, so that a model below it has learnt more than pairs.
 * Targets below 0 are ignored.
 * Source: MacKay & Peto 1995, "A hierarchical Dirichlet language model".
 */
export async function baselines(
  training: ArrayLike<number>, heldOut: readonly Batch[], vocabSize: number, breathe: () => Promise<void> = async () => undefined,
): Promise<Baselines> {
  const singles = new Float64Array(vocabSize), firsts = new Float64Array(vocabSize), pairs = new Map<number, number>();
  for (let i = 0; i < training.length; i++) {
    const token = training[i]!;
    singles[token]!++;
    if (i === 0) continue;
    firsts[training[i - 1]!]!++;
    const pair = training[i - 1]! * vocabSize + token;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    if (i % 4096 === 0) await breathe();
  }
  const p = (b: number): number => (singles[b]! + 1) / (training.length + vocabSize);
  const mean = (loss: (a: number, b: number) => number): number => {
    let sum = 0, count = 0;
    for (const { ids, targets } of heldOut) {
      for (let i = 0; i < ids.length; i++) {
        if (targets[i]! < 0) continue;
        sum += loss(ids[i]!, targets[i]!);
        count++;
      }
    }
    return sum / count;
  };
  const bigrams: number[] = [];
  for (const k of weights) {
    bigrams.push(mean((a, b) => -Math.log(((pairs.get(a * vocabSize + b) ?? 0) + k * p(b)) / (firsts[a]! + k))));
    await breathe();
  }
  const best = bigrams.indexOf(Math.min(...bigrams));
  return { uniform: Math.log(vocabSize), unigram: mean((_, b) => -Math.log(p(b))), bigram: bigrams[best]!, bigramWeight: weights[best]! };
}

/**
 * Held-out text as batches of the training shape: rows of consecutive tokens, at most `limit` batches. Text too short for one whole
 * batch gives a single one whose missing targets are −100.
 */
export function heldOutBatches(stream: Int32Array, rows: number, time: number, limit: number): Batch[] {
  const whole = Math.min(limit, Math.floor((stream.length - 1) / (rows * time)));
  const size = rows * time;
  return Array.from({ length: Math.max(1, whole) }, (_, n) => {
    const ids = new Int32Array(size), targets = new Int32Array(size).fill(-100);
    ids.set(stream.subarray(n * size, Math.min((n + 1) * size, stream.length - 1)));
    targets.set(stream.subarray(n * size + 1, Math.min((n + 1) * size + 1, stream.length)));
    return { ids, targets };
  });
}
