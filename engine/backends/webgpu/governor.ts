/** Decides how many launches of a plan go into one submission: what has been submitted cannot be cancelled, so it must stay short. */
export interface Governor {
  /** End (exclusive) of the submission that starts at launch `from` and should take at most `budget` ms; always at least one launch. */
  cut(from: number, budget: number): number;
  /** Launches `from` to `to` took `milliseconds` from submission to completion. */
  measured(from: number, to: number, milliseconds: number): void;
  /** Milliseconds that launches `from` to `to` are expected to take, unknown ones left out. */
  estimate(from: number, to: number): number;
}

/** No submission is meant to take longer than this many milliseconds, whatever the budget. */
export const longestSubmission = 200;

const firstCount = 8;

/**
 * Starts with a few launches and doubles while submissions stay well under their target.
 * A submission tells only the sum of its launches; since cuts wander, heavy ones are found out over a few replays.
 */
export function createGovernor(launches: number): Governor {
  const cost = new Float64Array(launches).fill(Number.NaN);
  let most = firstCount;
  function sum(from: number, to: number): number {
    let total = 0;
    for (let i = from; i < to; i++) total += Number.isNaN(cost[i]!) ? 0 : cost[i]!;
    return total;
  }
  return {
    cut(from, budget) {
      const target = Math.min(budget, longestSubmission);
      let end = from;
      let spent = 0;
      while (end < launches && end - from < most) {
        spent += sum(end, end + 1);
        if (spent > target && end > from) break;
        end++;
      }
      return end;
    },
    measured(from, to, milliseconds) {
      const known = sum(from, to);
      const unknown = cost.subarray(from, to).filter(Number.isNaN).length;
      // What is not known yet shares the rest evenly; then all estimates grow or shrink together towards what was measured.
      const share = unknown > 0 ? Math.max(0, milliseconds - known) / unknown : 0;
      const ratio = milliseconds / Math.max(1e-6, known + share * unknown);
      for (let i = from; i < to; i++) cost[i] = Number.isNaN(cost[i]!) ? share : cost[i]! * (0.5 + 0.5 * ratio) + 1e-6;
      if (milliseconds > longestSubmission) most = Math.max(1, Math.floor(((to - from) * longestSubmission) / milliseconds));
      else if (milliseconds < longestSubmission / 2 && to - from >= most) most = Math.min(2 * most, Math.max(launches, firstCount));
    },
    estimate: sum,
  };
}
