import { exponential, logarithm } from "../portable.ts";

/** log softmax: log p[i] = x[i] − max − log Σ exp(x[j] − max). Logits of −∞ stay −∞. */
export function logProbabilities(logits: ArrayLike<number>): Float64Array {
  let most = -Infinity;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i]!);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += exponential(Math.max(-700, logits[i]! - most));
  const shift = most + logarithm(sum);
  return Float64Array.from({ length: logits.length }, (_, i) => logits[i]! - shift);
}

/** The `count` likeliest ids with their log-probabilities, likeliest first, ties to the smaller id. */
export function topLogProbabilities(logits: ArrayLike<number>, count: number): { id: number; logProbability: number }[] {
  const all = logProbabilities(logits);
  const best: { id: number; logProbability: number }[] = [];
  for (let id = 0; id < all.length; id++) {
    const logProbability = all[id]!;
    if (best.length === count && !(logProbability > best[count - 1]!.logProbability)) continue;
    // Kept sorted by insertion: the list is short, and a row of logits long.
    let place = best.length;
    while (place > 0 && best[place - 1]!.logProbability < logProbability) place--;
    best.splice(place, 0, { id, logProbability });
    if (best.length > count) best.pop();
  }
  return best;
}
