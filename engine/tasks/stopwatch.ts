import type { Backend } from "../backend.ts";
import type { Run } from "./task.ts";

/** How long one piece of work took, in ms: the median of several blocks with the fastest and the slowest. */
export interface Timing {
  readonly median: number;
  readonly fastest: number;
  readonly slowest: number;
  /** Times that the work was done in a block, so that a block is at least `BLOCK` ms. */
  readonly repeats: number;
}

/** A browser's clock ticks in steps of 0.005 to 1 ms, so nothing shorter than this is ever timed; in ms. */
export const BLOCK = 20;
/** Blocks of a measurement. */
export const BLOCKS = 5;

/**
 * Times a piece of work: repeats it until a block lasts 20 ms, then takes five such blocks.
 * On a GPU a block ends when the device has finished, which is included.
 */
export async function timeWork(
  backend: Backend, work: () => void, { breathe }: Pick<Run<unknown>, "breathe">, now: () => number = () => performance.now(),
): Promise<Timing> {
  const block = async (repeats: number): Promise<number> => {
    const from = now();
    for (let i = 0; i < repeats; i++) work();
    await backend.finish();
    return now() - from;
  };
  // The first run compiles and warms up.
  await block(1);
  let repeats = 1;
  for (let spent = await block(1); spent < BLOCK; spent = await block(repeats)) {
    repeats = Math.max(repeats + 1, Math.ceil(repeats * Math.min(8, (1.2 * BLOCK) / Math.max(spent, BLOCK / 8))));
    await breathe();
  }
  const each: number[] = [];
  while (each.length < BLOCKS) {
    each.push((await block(repeats)) / repeats);
    await breathe();
  }
  each.sort((a, b) => a - b);
  return { median: each[(BLOCKS - 1) / 2]!, fastest: each[0]!, slowest: each.at(-1)!, repeats };
}

/** The smallest step of the clock that was seen, in ms: what a single reading cannot be finer than. */
export function clockStep(now: () => number = () => performance.now()): number {
  let least = Infinity;
  for (let seen = 0, from = now(), tries = 0; seen < 20 && tries < 200_000; tries++) {
    const to = now();
    if (to === from) continue;
    least = Math.min(least, to - from);
    from = to;
    seen++;
  }
  return least;
}
