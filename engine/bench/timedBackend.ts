import type { Backend } from "../backend.ts";

/** What one kernel cost. Units: milliseconds. */
export interface KernelTime {
  readonly kernel: string;
  launches: number;
  /** The sum over launches of a plan of the shortest time each took: other programs on the machine count little. */
  ms: number;
}

/**
 * A CPU backend that runs plans launch by launch and remembers what each kernel cost: where does a training step spend its time?
 * Make models on the returned backend; `times` tells, dearest first.
 */
export function timedBackend(backend: Backend): { backend: Backend; times(): KernelTime[] } {
  const shortest: { kernel: string; ms: number }[][] = [];
  let recording: { kernel: string; ms: number }[] | null = null;
  const timed: Backend = {
    ...backend,
    run(kernel, inputs, outputs, attributes) {
      recording?.push({ kernel: kernel.name, ms: Infinity });
      backend.run(kernel, inputs, outputs, attributes);
    },
    capture(body) {
      const launches: { kernel: string; ms: number }[] = [];
      recording = launches;
      const plan = backend.capture(body);
      recording = null;
      shortest.push(launches);
      return {
        ...plan,
        replay() {
          for (let at = 0; ;) {
            const before = backend.counts.launches, start = performance.now();
            // The smallest budget: one step of the plan.
            const done = plan.replay(Number.MIN_VALUE);
            const ms = performance.now() - start;
            if (backend.counts.launches > before) {
              const launch = launches[at++]!;
              launch.ms = Math.min(launch.ms, ms);
            }
            if (done) return true;
          }
        },
      };
    },
  };
  return {
    backend: timed,
    times() {
      const byKernel = new Map<string, KernelTime>();
      for (const { kernel, ms } of shortest.flat().filter((launch) => launch.ms < Infinity)) {
        const time = byKernel.get(kernel) ?? { kernel, launches: 0, ms: 0 };
        time.launches++;
        time.ms += ms;
        byKernel.set(kernel, time);
      }
      return [...byKernel.values()].sort((a, b) => b.ms - a.ms);
    },
  };
}
