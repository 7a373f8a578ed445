import { deadline, DeadlineError } from "./deadline.ts";
import type { Patience } from "./adapter.ts";

/** Whether a device still lives, and what has gone wrong on it. */
export interface Health {
  /** Why the device is gone, or null. */
  readonly gone: string | null;
  readonly uncapturedErrors: number;
  /** Resolves with the reason when the device is gone. */
  readonly lost: Promise<string>;
  /** Throws: Error when the device is gone. */
  checkAlive(): void;
  /** Remembers a check that is still under way; whoever waits next is told its outcome. */
  report(problem: Promise<string | null>): void;
  /** Waits for a promise of the GPU, `extra` ms longer than usual, and tells what went wrong before. */
  settle<T>(promise: Promise<T>, what: string, extra: number): Promise<T>;
  /** Marks a wanted end: `lost`, on which owners hang their recovery, stays silent. */
  close(): void;
}

export function watchDevice(device: GPUDevice, patience: Patience, onUncapturedError?: (message: string) => void): Health {
  let gone: string | null = null;
  let failure: string | null = null;
  let uncapturedErrors = 0;
  let tellLost: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => (tellLost = resolve));
  const problems = new Set<Promise<unknown>>();

  function die(reason: string): void {
    if (gone !== null) return;
    gone = reason;
    tellLost(reason);
  }

  function checkAlive(): void {
    if (gone !== null) throw new Error(`webgpu: the device was lost: ${gone}`);
  }

  /** Tells a failure once: the figure that meets it ends, others on the same device go on. */
  function tellFailure(): void {
    const told = failure;
    failure = null;
    if (told !== null) throw new Error(told);
  }

  void device.lost.then(({ message, reason }) => die(message || reason || "no reason given"));
  device.onuncapturederror = ({ error }) => {
    uncapturedErrors++;
    onUncapturedError?.(error.message);
  };

  return {
    get gone() {
      return gone;
    },
    get uncapturedErrors() {
      return uncapturedErrors;
    },
    lost,
    checkAlive,
    report(problem) {
      const noted = problem.then((message) => {
        failure ??= message;
        problems.delete(noted);
      });
      problems.add(noted);
    },
    async settle(promise, what, extra) {
      try {
        const result = await deadline(promise, patience.interactive + extra, what);
        await Promise.all(problems);
        checkAlive();
        tellFailure();
        return result;
      } catch (error) {
        // A promise that stays pending means a hung device, which is as good as lost.
        if (error instanceof DeadlineError) die(error.message);
        checkAlive();
        tellFailure();
        throw error;
      }
    },
    close() {
      gone ??= "it was closed";
    },
  };
}
