import type { Backend } from "../backend.ts";
import { alibiSlopes, sinusoidTable } from "../nn/positions.ts";
import { matmul } from "../ops/matmul.ts";
import { ropeFrequencies, ropeTable } from "../ops/rope.ts";
import { read, scope, tensor } from "../tensor.ts";
import { learnSequences } from "./learnSequences.ts";
import type { Task } from "./task.ts";

export type PositionScheme = "sinusoid" | "learned" | "rope" | "alibi";

export interface PositionWavesParams {
  readonly scheme: PositionScheme;
  /** Numbers of a vector; a learned table has its model's 32 and ALiBi has 8 heads. */
  readonly width: "4" | "8" | "16" | "32";
  /** The position that all others are compared with; live. */
  readonly position: number;
  readonly seed: number;
}

export interface PositionWavesFrame {
  /** How many positions there are: a learned table ends. */
  readonly positions: number;
  /** The table, [rows,positions]: a row a dimension of the vector, or a head of ALiBi. */
  readonly rows: number;
  readonly table: readonly number[];
  /** The largest size in the table. */
  readonly largest: number;
  /** Positions after which each row repeats; null where it does not. */
  readonly periods: readonly (number | null)[];
  /** The position in question, within the table. */
  readonly at: number;
  /** Its dot product with every position; for ALiBi what each head adds to its scores. One list a line. */
  readonly curves: readonly (readonly number[])[];
  /** Steps of training behind a learned table; null for tables that are computed. */
  readonly step: number | null;
  readonly finished: boolean;
}

export const wavePositions = 64;
const heads = 8, trainingSteps = 80;

/** How four schemes tell positions apart: their table, and how alike two of its positions are. */
export const positionWaves: Task<PositionWavesParams, PositionWavesFrame> = async function* (run) {
  const backend = await run.backend();
  const { scheme, width, seed } = run.params;
  const d = Number(width);
  let table = scheme === "sinusoid" ? sinusoidTable(wavePositions, d) : scheme === "rope" ? ropeTable(wavePositions, d, 10_000) : null;
  let step: number | null = null;
  if (scheme === "learned") {
    const training = learnSequences({ ...run, params: { problem: "reverse", position: "learned", pace: 1, steps: trainingSteps, seed } });
    for await (const frame of training) {
      table = frame.positions!;
      step = frame.step;
      if (step < trainingSteps) yield await show(backend, run.params, table, step);
    }
  }
  for (;;) {
    yield await show(backend, run.params, table, step);
    await run.changed();
  }
};

/** One frame; `table` [positions,d] is null for ALiBi, which has none. */
export async function show(
  backend: Backend, { scheme, position, width }: PositionWavesParams, table: ArrayLike<number> | null, step: number | null,
): Promise<PositionWavesFrame> {
  const common = { step, finished: step === null || step >= trainingSteps };
  if (!table) {
    const at = Math.min(position, wavePositions - 1);
    const curves = alibiSlopes(heads).map((slope) => Array.from({ length: wavePositions }, (_, q) => -slope * Math.abs(at - q)));
    return {
      ...common, positions: wavePositions, rows: heads, table: curves.flat(), periods: curves.map(() => null), at, curves,
      largest: Math.max(...curves.flat().map(Math.abs)),
    };
  }
  const rows = scheme === "learned" ? 32 : Number(width);
  const positions = table.length / rows;
  const at = Math.min(position, positions - 1);
  const products = scope(() => {
    const all = tensor(backend, [positions, rows], table);
    return matmul(tensor(backend, [1, rows], Array.from({ length: rows }, (_, j) => table[at * rows + j]!)), all, { b: true });
  });
  const curve = Array.from(await read(products));
  backend.free(products.buffer);
  const across = Array.from({ length: rows * positions }, (_, i) => table[(i % positions) * rows + Math.floor(i / positions)]!);
  const frequencies = ropeFrequencies(rows, 10_000);
  // Sinusoids lie side by side in pairs, RoPE's halves below each other.
  const pairOf = (row: number): number => (scheme === "sinusoid" ? Math.floor(row / 2) : row % (rows / 2));
  return {
    ...common, positions, rows, table: across, at, curves: [curve], largest: across.reduce((most, x) => Math.max(most, Math.abs(x)), 0),
    periods: Array.from({ length: rows }, (_, row) => (scheme === "learned" ? null : (2 * Math.PI) / frequencies[pairOf(row)]!)),
  };
}
