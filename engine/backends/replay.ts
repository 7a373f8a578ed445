import type { Counts, Plan } from "../backend.ts";

/** One entry of a plan: what to do again, and whether it counts as a launch (writes of constants do not). */
export interface Step {
  readonly isLaunch: boolean;
  run(): void;
}

/** A plan that runs in this thread: a list of steps and a cursor that survives between slices. */
export function planOf(steps: readonly Step[], counts: Counts, close: () => void): Plan {
  const launches = steps.filter((step) => step.isLaunch).length;
  let cursor = 0;
  let closed = false;
  return {
    launches,
    ready: () => Promise.resolve(),
    replay(budget = 0) {
      if (closed) throw new Error("replay: the plan is closed");
      const deadline = budget > 0 ? performance.now() + budget : Infinity;
      while (cursor < steps.length) {
        const step = steps[cursor]!;
        step.run();
        cursor++;
        if (step.isLaunch) counts.launches++;
        // Subtle: looking after the step, not before, so that the smallest budget still makes progress.
        if (deadline !== Infinity && performance.now() >= deadline) break;
      }
      if (cursor < steps.length) return false;
      cursor = 0;
      return true;
    },
    close() {
      if (closed) return;
      closed = true;
      close();
    },
  };
}
