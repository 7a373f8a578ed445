import { describe, expect, test } from "vitest";
import { createGovernor, longestSubmission } from "./governor.ts";

/** Replays a plan whose launches take `cost` ms each, `replays` times, and returns the time of every submission. */
function simulate(cost: readonly number[], budget: number, replays: number): number[] {
  const governor = createGovernor(cost.length);
  const submissions: number[] = [];
  for (let replay = 0; replay < replays; replay++) {
    for (let from = 0; from < cost.length; ) {
      const to = governor.cut(from, budget);
      const time = cost.slice(from, to).reduce((sum, each) => sum + each, 0);
      governor.measured(from, to, time);
      submissions.push(time);
      from = to;
    }
  }
  return submissions;
}

const equal = (launches: number, milliseconds: number): number[] => Array.from({ length: launches }, () => milliseconds);

describe("the governor", () => {
  test("begins with eight launches, whatever the budget", () => {
    expect(createGovernor(100).cut(0, 10_000)).toBe(8);
  });

  test("lets a cheap plan go out whole after a few replays", () => {
    expect(simulate(equal(100, 0.01), 200, 8).at(-1)).toBeCloseTo(1, 6);
  });

  test("keeps submissions within the budget once it knows the costs", () => {
    expect(Math.max(...simulate(equal(100, 5), 40, 6).slice(50))).toBeLessThanOrEqual(40);
  });

  test("never aims above its longest submission, even with a larger budget", () => {
    expect(Math.max(...simulate(equal(100, 30), 5_000, 6).slice(50))).toBeLessThanOrEqual(longestSubmission);
  });

  test("issues at least one launch, however heavy", () => {
    expect(simulate([900, 900, 900], 1, 3).every((time) => time >= 900)).toBe(true);
  });

  test("keeps submissions short around a heavy launch among light ones", () => {
    const cost = equal(64, 1);
    cost[30] = 180;
    expect(Math.max(...simulate(cost, 200, 12).slice(-12))).toBeLessThanOrEqual(1.1 * longestSubmission);
  });
});
