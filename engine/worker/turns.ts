/** How long a task may compute before others get their turn, in milliseconds. */
export const SLICE = 12;

export interface Turns {
  /** Waits for a turn; interactive work goes first. */
  take(training: boolean): Promise<void>;
  /** Like `take`, but returns at once while the slice of time is not used up. */
  breathe(training: boolean): Promise<void>;
}

/**
 * One thread, several tasks: each macrotask resumes one waiting task, interactive ones before training. Macrotasks come from a
 * MessageChannel because timers are clamped to 4 ms, and because messages from the page get in between.
 */
export function createTurns(now: () => number = () => performance.now()): Turns {
  const waiting: [(() => void)[], (() => void)[]] = [[], []];
  const { port1, port2 } = new MessageChannel();
  let posted = false;
  let sliceStart = now();
  const post = (): void => {
    if (posted) return;
    posted = true;
    port2.postMessage(null);
  };
  port1.onmessage = () => {
    posted = false;
    const resume = waiting[0].shift() ?? waiting[1].shift();
    if (waiting[0].length + waiting[1].length > 0) post();
    sliceStart = now();
    resume?.();
  };
  // In Node an open port would keep the process alive.
  (port1 as { unref?: () => void }).unref?.();
  const take = (training: boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting[training ? 1 : 0].push(resolve);
      post();
    });
  return { take, breathe: (training) => (now() - sliceStart < SLICE ? Promise.resolve() : take(training)) };
}
