import { memoryAfter, type MemoryMap, type PagingOptions } from "../data/pagedMemory.ts";
import type { Task } from "./task.ts";

export interface PageMemoryParams {
  readonly policy: PagingOptions["policy"];
  readonly block: number;
  readonly prefix: number;
  readonly seed: number;
}

export interface PageMemoryFrame extends MemoryMap {
  readonly step: number;
  readonly finished: boolean;
  readonly memory: number;
  readonly longest: number;
  readonly prefix: number;
  readonly block: number;
  /** Places with a key and a value of a running conversation, those set aside and empty, those of idle conversations, and the rest. */
  readonly used: number;
  readonly reserved: number;
  readonly idle: number;
  readonly free: number;
}

/** Places of the little card, and the longest conversation that is allowed on it. */
export const MEMORY = 1024, LONGEST = 160;
const STEPS = 60, FIRST = 8;

/** The cache of a little card while conversations come, grow and end. A frame a step; with other params the same step is shown. */
export const pageMemory: Task<PageMemoryParams, PageMemoryFrame> = async function* (run) {
  let step = FIRST;
  for (;;) {
    const before = JSON.stringify(run.params);
    const frame = memoryFrame(step, run.params);
    yield frame;
    if (JSON.stringify(run.params) !== before) continue;
    if (frame.finished) await run.changed();
    else step++;
  }
};

export function memoryFrame(step: number, { policy, block, prefix, seed }: PageMemoryParams): PageMemoryFrame {
  const map = memoryAfter(step, { policy, block, prefix, seed, memory: MEMORY, longest: LONGEST });
  const count = (state: string): number => map.places.filter((place) => place?.state === state).length;
  return {
    ...map, step, finished: step >= STEPS, memory: MEMORY, longest: LONGEST, prefix, block,
    used: count("used"), reserved: count("reserved"), idle: count("idle"), free: map.places.filter((place) => place === null).length,
  };
}
