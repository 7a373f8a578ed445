import type { Counts, LaunchRecord, Plan } from "../backend.ts";
import type { Attributes, Kernel, Operand } from "../kernel.ts";

/** One entry of a plan: what to do again, and the launch that it is; null for a write of constants, which does not count as one. */
export interface Step {
  readonly launch: LaunchRecord | null;
  run(): void;
}

/** A plan that runs in this thread: a list of steps and a cursor that survives between slices. */
export function planOf(steps: readonly Step[], counts: Counts, close: () => void): Plan {
  const records = steps.flatMap(({ launch }) => launch ?? []);
  let cursor = 0;
  let closed = false;
  return {
    launches: records.length,
    records,
    ready: () => Promise.resolve(),
    replay(budget = 0) {
      if (closed) throw new Error("replay: the plan is closed");
      const deadline = budget > 0 ? performance.now() + budget : Infinity;
      while (cursor < steps.length) {
        const step = steps[cursor]!;
        step.run();
        cursor++;
        if (step.launch) counts.launches++;
        // Subtle: looking after the step, not before, so that the smallest budget still makes progress.
        if (deadline !== Infinity && performance.now() >= deadline) break;
      }
      if (cursor < steps.length) return false;
      cursor = 0;
      return true;
    },
    async timed() {
      if (closed || cursor > 0) throw new Error("timed: the plan is closed or stands in the middle");
      const milliseconds: number[] = [];
      for (const { launch, run } of steps) {
        const start = performance.now();
        run();
        if (launch) milliseconds.push(performance.now() - start);
      }
      counts.launches += records.length;
      return { clock: "processor", milliseconds };
    },
    close() {
      if (closed) return;
      closed = true;
      close();
    },
  };
}

/** A launch as it is remembered. */
export const launchOf = <A extends Attributes>(
  kernel: Kernel<A>, inputs: readonly Operand[], outputs: readonly Operand[], attributes: A,
): LaunchRecord => ({ kernel: kernel as unknown as Kernel<never>, inputs, outputs, attributes });
