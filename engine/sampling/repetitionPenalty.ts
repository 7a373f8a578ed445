/**
 * Logits after the repetition penalty θ: those of ids that occur in `ids` are divided by θ where they are positive and multiplied by it
 * where they are negative, so that they fall in both cases. [2, −1, 3] with ids 0 and 1 and θ = 2 gives [1, −2, 3].
 * Source: Keskar et al. 2019, section 4.1; for negative logits, the usual correction.
 */
export function repetitionPenalty(logits: ArrayLike<number>, ids: Iterable<number>, penalty: number): Float64Array {
  const changed = Float64Array.from(logits);
  if (penalty === 1) return changed;
  for (const id of new Set(ids)) changed[id] = changed[id]! > 0 ? changed[id]! / penalty : changed[id]! * penalty;
  return changed;
}
