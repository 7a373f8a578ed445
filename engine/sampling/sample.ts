import { exponential } from "../portable.ts";
import type { Random } from "../random.ts";

/** How one id is chosen from a row of logits. */
export interface SamplingOptions {
  /** Logits are divided by this; 0 takes the largest (greedy). */
  readonly temperature: number;
  /** Only the k largest logits take part; 0 lets all. */
  readonly topK: number;
  /** Only the smallest set of largest probabilities whose sum reaches p takes part; 1 lets all. */
  readonly topP: number;
  /** Only ids at least this share as likely as the likeliest take part; 0 or absent lets all. */
  readonly minP?: number;
}

export const greedy: SamplingOptions = { temperature: 0, topK: 0, topP: 1 };

export interface Candidate {
  readonly id: number;
  readonly probability: number;
}

/**
 * The distribution that sampling draws from, largest first: softmax(logits / temperature) over the ids that top-k, then top-p, then min-p leave,
 * summing to 1. Ties go to the smaller id. Temperature 0 leaves the largest logit alone.
 * Throws: RangeError when every logit is −∞.
 * Source: top-k: Fan et al. 2018; top-p: Holtzman et al. 2020; min-p: Nguyen et al. 2024.
 */
export function candidates(logits: ArrayLike<number>, { temperature, topK, topP, minP = 0 }: SamplingOptions): Candidate[] {
  if (temperature === 0) return [{ id: likeliest(logits), probability: 1 }];
  // An id that a grammar forbids has the logit −∞ and takes part in nothing.
  const ids = Array.from({ length: logits.length }, (_, id) => id).filter((id) => logits[id] !== -Infinity)
    .sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (ids.length === 0) throw nothingLeft();
  const kept = topK > 0 ? ids.slice(0, topK) : ids;
  const largest = logits[kept[0]!]!;
  const weights = kept.map((id) => exponential(Math.max(-700, (logits[id]! - largest) / temperature)));
  const total = weights.reduce((a, b) => a + b, 0);
  let length = 0;
  // Subtle: the largest weight is 1, so a weight is already the share of the likeliest that min-p asks about.
  for (let sum = 0; length < weights.length && (length === 0 || (sum < topP * total && weights[length]! >= minP)); length++) sum += weights[length]!;
  const left = weights.slice(0, length).reduce((a, b) => a + b, 0);
  return kept.slice(0, length).map((id, i) => ({ id, probability: weights[i]! / left }));
}

/** The id of the largest logit, the first of equals: no sorting, since greedy decoding asks this of every row of a large vocabulary. */
function likeliest(logits: ArrayLike<number>): number {
  let best = -1, most = -Infinity;
  for (let id = 0; id < logits.length; id++) {
    if (logits[id]! > most) {
      best = id;
      most = logits[id]!;
    }
  }
  // NaN is no largest: id 0 then stands for an overflow that callers look for in the logits themselves.
  if (best < 0 && !Array.prototype.some.call(logits, Number.isNaN)) throw nothingLeft();
  return Math.max(best, 0);
}

const nothingLeft = (): RangeError => new RangeError("candidates: every logit is -Infinity, there is nothing to choose from");

/** Draws one id from `candidates`. */
export function sample(logits: ArrayLike<number>, options: SamplingOptions, draw: Random): number {
  const choices = candidates(logits, options);
  if (choices.length === 1) return choices[0]!.id;
  let rest = draw.uniform();
  for (const { id, probability } of choices) {
    rest -= probability;
    if (rest < 0) return id;
  }
  return choices[choices.length - 1]!.id;
}
