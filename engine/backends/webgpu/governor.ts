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
 * The time of a submission is spread evenly over its launches; since cuts wander, single heavy launches are found out over a few replays.
 */
export function createGovernor(launches: number): Governor {
  const cost = new Float64Array(launches).fill(Number.NaN);
  let most = firstCount;
  return {
    cut(from, budget) {
      const target = Math.min(budget, longestSubmission);
      let end = from;
      let sum = 0;
      while (end < launches && end - from < most) {
        sum += Number.isNaN(cost[end]!) ? 0 : cost[end]!;
        if (sum > target && end > from) break;
        end++;
      }
      return end;
    },
    measured(from, to, milliseconds) {
      const share = milliseconds / (to - from);
      for (let i = from; i < to; i++) cost[i] = Number.isNaN(cost[i]!) ? share : 0.5 * (cost[i]! + share);
      if (milliseconds > longestSubmission) most = Math.max(1, Math.floor(((to - from) * longestSubmission) / milliseconds));
      else if (milliseconds < longestSubmission / 2 && to - from >= most) most = Math.min(2 * most, Math.max(launches, firstCount));
    },
    estimate(from, to) {
      let sum = 0;
      for (let i = from; i < to; i++) sum += Number.isNaN(cost[i]!) ? 0 : cost[i]!;
      return sum;
    },
  };
}
