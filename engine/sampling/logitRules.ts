/** What is done to logits before an id is drawn from them. */
export interface LogitRules {
  /** Above 1, ids that were there before become less likely: positive logits are divided by it, negative ones multiplied. */
  readonly repetitionPenalty?: number;
  /** Taken off the logit of an id for each time it was there before. */
  readonly frequencyPenalty?: number;
  /** Taken off once from every id that was there before. */
  readonly presencePenalty?: number;
  /** 1 where an id may come next, 0 where not. */
  readonly allowed?: ArrayLike<number>;
}

/**
 * A copy of the logits under the rules, `history` being the ids so far. Forbidden ids get −∞.
 * Throws: RangeError for a repetition penalty that is not positive, or a mask of another length.
 * Source: repetition penalty: Keskar et al. 2019 (CTRL), section 4.1.
 */
export function applyLogitRules(logits: ArrayLike<number>, history: readonly number[], rules: LogitRules): Float32Array {
  const { repetitionPenalty = 1, frequencyPenalty = 0, presencePenalty = 0, allowed } = rules;
  if (!(repetitionPenalty > 0)) {
    throw new RangeError(`applyLogitRules: repetitionPenalty is ${repetitionPenalty}, expected a positive number`);
  }
  if (allowed && allowed.length !== logits.length) {
    throw new RangeError(`applyLogitRules: ${logits.length} logits and a mask of ${allowed.length}`);
  }
  const result = Float32Array.from(logits);
  const counts = new Map<number, number>();
  for (const id of history) counts.set(id, (counts.get(id) ?? 0) + 1);
  for (const [id, count] of counts) {
    const logit = result[id];
    if (logit === undefined) continue;
    result[id] = (logit > 0 ? logit / repetitionPenalty : logit * repetitionPenalty) - frequencyPenalty * count - presencePenalty;
  }
  if (allowed) for (let id = 0; id < result.length; id++) if (!allowed[id]) result[id] = -Infinity;
  return result;
}
