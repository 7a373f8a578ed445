/** What one program of the comparison does in one workload. */
export interface Contestant {
  readonly name: string;
  /** Does `amount` of the workload once, and waits until it is done. */
  round(): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** A workload, set up for all contestants on the same seeded numbers, after their results were found equal. */
export interface Prepared {
  readonly contestants: readonly Contestant[];
  /** What was compared and how far apart it was, in words. */
  readonly agreement: string;
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** How much of `unit` one round does. */
  readonly amount: number;
  /** Who cannot take part, and why in a few words. */
  readonly absent?: Readonly<Record<string, string>>;
  prepare(): Promise<Prepared>;
}

export interface Entry {
  readonly name: string;
  /** `unit` per second. */
  readonly median: number;
  readonly slowest: number;
  readonly fastest: number;
  readonly rounds: number;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly entries: readonly Entry[];
  readonly absent: Readonly<Record<string, string>>;
  readonly agreement: string;
}

export interface Effort {
  readonly rounds: number;
  /** Milliseconds that a round should last: rounds too short for the clock are repeated within it. */
  readonly roundTime: number;
}

/** Milliseconds: who takes longer for one round is timed once and then left out, for the machine may not be asked to wait hours. */
export const longestRound = 20_000;

/**
 * Times the contestants in turn, round by round, so that what else the machine does falls on all of them alike. Each round begins with
 * another contestant.
 */
export async function measure(workload: Workload, { rounds, roundTime }: Effort): Promise<Row> {
  const { contestants, agreement } = await workload.prepare();
  const lanes: { contestant: Contestant; repeats: number; times: number[] }[] = [];
  for (const contestant of contestants) {
    // The comparison of results was the first warm-up: what takes longer than a round is warm by now.
    const once = await timed(contestant, 1);
    if (once > longestRound) {
      lanes.push({ contestant, repeats: 0, times: [once] });
      continue;
    }
    const repeats = Math.max(1, Math.round(roundTime / once));
    if (repeats > 1) await timed(contestant, Math.ceil(repeats / 2));
    console.log(`${contestant.name}: ${once.toFixed(1)} ms, ${repeats} times a round`);
    lanes.push({ contestant, repeats, times: [] });
  }
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < lanes.length; turn++) {
      const { contestant, repeats, times } = lanes[(round + turn) % lanes.length]!;
      if (repeats > 0) times.push((await timed(contestant, repeats)) / repeats);
    }
  }
  for (const { contestant } of lanes) await contestant.close?.();
  const { id, title, unit, amount, absent = {} } = workload;
  const perSecond = (milliseconds: number): number => (amount * 1000) / milliseconds;
  const entries = lanes.map(({ contestant: { name }, times }) => ({
    name, median: perSecond(median(times)), slowest: perSecond(Math.max(...times)), fastest: perSecond(Math.min(...times)), rounds: times.length,
  }));
  return { id, title, unit, entries, absent, agreement };
}

async function timed(contestant: Contestant, repeats: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await contestant.round();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The largest |a − b| relative to the largest |b| of two arrays.
 * Throws: Error when it exceeds `tolerance`: a program that computes something else is not timed.
 */
export function expectClose(what: string, actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): number {
  if (actual.length !== expected.length) throw new Error(`${what}: ${actual.length} numbers, expected ${expected.length}`);
  let off = 0, scale = 0;
  for (let i = 0; i < expected.length; i++) {
    off = Math.max(off, Number.isFinite(actual[i]!) ? Math.abs(actual[i]! - expected[i]!) : Infinity);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  if (!(off <= tolerance * scale)) throw new Error(`${what}: differs by ${(off / scale).toExponential(1)}, allowed ${tolerance}`);
  return off / scale;
}
