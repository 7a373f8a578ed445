import { bitsPerNumber, codeRange, dequantize, quantize, type QuantizationScheme } from "../quantize/quantize.ts";
import { type QuantizationError, quantizationError } from "../quantize/quantizationError.ts";
import type { ScaleSharing } from "./scaleSharing.ts";

/** How weights are rounded. */
export interface RoundingSettings {
  readonly bits: number;
  readonly scales: ScaleSharing;
  readonly codes: "symmetric" | "asymmetric";
  /** Of the magnitudes that share a scale, this percentile sets the range; 100 clips nothing. */
  readonly percentile: number;
}

/** A matrix of weights, row-major. */
export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array | Float64Array;
  /** A weight that was made large on purpose: it counts in no measure of error. */
  readonly outlier?: number;
}

/** Counts of values in equal bins from `low` to `high`. */
export interface Histogram {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** A rounded matrix, and all that a picture shows of it. */
export interface RoundedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** The corner that is drawn weight by weight; errors are what rounding added. */
  readonly window: {
    readonly rows: number; readonly columns: number;
    readonly weights: Float64Array; readonly errors: Float64Array; readonly clipped: Uint8Array;
  };
  /** Root mean square of the weights, an outlier left out. */
  readonly typical: number;
  readonly scales: number;
  /** Weights beyond the range of their scale, outlier included. */
  readonly clipped: number;
  readonly error: QuantizationError;
  readonly errors: Histogram;
  readonly bitsPerWeight: number;
  readonly picked: {
    readonly row: number; readonly column: number;
    readonly weight: number; readonly code: number; readonly restored: number;
  };
  /** The weights that share the picked one's scale. */
  readonly block: {
    readonly count: number;
    readonly scale: number;
    /** The code of 0; null where codes are symmetric. */
    readonly zero: number | null;
    /** What the codes stand for, smallest first. */
    readonly rungs: readonly number[];
    readonly weights: Histogram;
    /** Each weight, where they are few. */
    readonly values: readonly number[] | null;
  };
}

/** The corner of a matrix that is drawn weight by weight. */
export const windowSize = { rows: 32, columns: 64 };
/** Of a block of at most so many weights each is drawn. */
const few = 128;
const bins = 61;

/** The scheme that `quantize` takes; scales of models are stored as half floats. */
export function schemeOf({ bits, scales, codes, percentile }: RoundingSettings, scaleType: "f16" | "f64" = "f16"): QuantizationScheme {
  const sharing = scales === "tensor" || scales === "channel" ? { per: scales } : { per: "group" as const, group: Number(scales.slice(1)) };
  return { bits, symmetric: codes === "symmetric", percentile, scaleType, ...sharing };
}

/** The weights as they come back from their codes. */
export function roundWeights({ values, columns }: WeightMatrix, settings: RoundingSettings): Float32Array {
  return Float32Array.from(dequantize(quantize(values, schemeOf(settings), columns)));
}

/** Bits a weight takes with its share of scale and zero point. */
export function bitsPerWeight({ rows, columns }: Pick<WeightMatrix, "rows" | "columns">, settings: RoundingSettings): number {
  const scheme = schemeOf(settings);
  const block = scheme.per === "tensor" ? rows * columns : scheme.per === "channel" ? columns : scheme.group!;
  return bitsPerNumber({ ...scheme, group: block });
}

/** Rounds a matrix and looks at it from the place of one weight. */
export function lookAtRounding(
  matrix: WeightMatrix, settings: RoundingSettings, place: { readonly row: number; readonly column: number }, scaleType?: "f16" | "f64",
): RoundedMatrix {
  const { rows, columns, values, outlier = -1 } = matrix;
  const scheme = schemeOf(settings, scaleType);
  const quantized = quantize(values, scheme, columns);
  const restored = dequantize(quantized);
  const shown = { rows: Math.min(rows, windowSize.rows), columns: Math.min(columns, windowSize.columns) };
  const row = Math.min(place.row, shown.rows - 1), column = Math.min(place.column, shown.columns - 1);
  const at = row * columns + column;
  const [least, most] = codeRange(settings.bits, scheme.symmetric);
  const signs = settings.bits === 1 && scheme.symmetric;
  const block = Math.floor(at / quantized.block);
  const scale = quantized.scales[block]!, zero = quantized.zeros?.[block] ?? null;
  const rungs = (signs ? [-1, 1] : Array.from({ length: most - least + 1 }, (_, i) => least + i)).map((code) => (code - (zero ?? 0)) * scale);
  const members = values.subarray(block * quantized.block, Math.min(values.length, (block + 1) * quantized.block));
  const [low, high] = extent([...rungs.slice(0, 1), ...rungs.slice(-1)], members);
  // A weight further out than rounding alone explains. One symmetric bit has no range: nothing counts as clipped.
  const slack = scheme.symmetric ? 0.5 : 1;
  const clips = new Uint8Array(values.length);
  let clipped = 0;
  for (let b = 0; b < quantized.scales.length && !signs; b++) {
    const s = quantized.scales[b]!, z = quantized.zeros?.[b] ?? 0;
    const top = (most - z + slack) * s, bottom = (least - z - slack) * s;
    for (let i = b * quantized.block, to = Math.min(values.length, i + quantized.block); i < to; i++) {
      if (values[i]! <= top && values[i]! >= bottom) continue;
      clips[i] = 1;
      clipped++;
    }
  }
  const errors = new Float64Array(values.length);
  for (let i = 0; i < errors.length; i++) errors[i] = restored[i]! - values[i]!;
  const window = {
    ...shown, weights: cut(values, columns, shown), errors: cut(errors, columns, shown),
    clipped: Uint8Array.from(cut(clips, columns, shown)),
  };
  const others = <T extends Float32Array | Float64Array>(all: T): T => (outlier < 0 ? all : all.filter((_, i) => i !== outlier) as T);
  const plain = others(values);
  const error = quantizationError(plain, others(restored));
  const limit = error.max > 0 ? error.max : 1;
  return {
    rows, columns, window, scales: quantized.scales.length, clipped, error,
    typical: rootMeanSquare(plain),
    errors: histogram(others(errors), -limit, limit),
    bitsPerWeight: bitsPerWeight(matrix, settings),
    picked: { row, column, weight: values[at]!, code: quantized.q[at]!, restored: restored[at]! },
    block: {
      count: members.length, scale, zero, rungs, weights: histogram(members, low, high),
      values: members.length <= few ? Array.from(members) : null,
    },
  };
}

function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / Math.max(1, values.length));
}

function extent(first: readonly number[], rest: ArrayLike<number>): [number, number] {
  let low = Math.min(...first), high = Math.max(...first);
  for (let i = 0; i < rest.length; i++) {
    low = Math.min(low, rest[i]!);
    high = Math.max(high, rest[i]!);
  }
  return low < high ? [low, high] : [low - 1, high + 1];
}

function cut(values: ArrayLike<number>, columns: number, { rows, columns: width }: typeof windowSize): Float64Array {
  return Float64Array.from({ length: rows * width }, (_, i) => values[Math.floor(i / width) * columns + (i % width)]!);
}

function histogram(values: ArrayLike<number>, low: number, high: number): Histogram {
  const counts = Array.from({ length: bins }, () => 0);
  for (let i = 0; i < values.length; i++) counts[Math.min(bins - 1, Math.floor(((values[i]! - low) / (high - low)) * bins))]!++;
  return { low, high, counts };
}
