import { fromHalf, roundHalfEven, toHalf } from "../checkpoint/halfFloat.ts";

/** How numbers are made whole. */
export interface QuantizationScheme {
  /**
   * 1 to 8: symmetric codes run from −(2^(bits−1) − 1) to 2^(bits−1) − 1, asymmetric ones from 0 to 2^bits − 1. With 1 bit the symmetric
   * codes are −1 and 1, and 0 has none.
   */
  readonly bits: number;
  /** Symmetric: w ≈ q·s. Asymmetric: w ≈ (q − z)·s, where the zero point z is the code of 0. */
  readonly symmetric: boolean;
  /** Consecutive numbers that share a scale: the whole tensor, a row of `columns` (channel), or `group` numbers in stored order. */
  readonly per: "tensor" | "channel" | "group";
  readonly group?: number;
  /** Of the magnitudes in a block, this percentile sets the range; what lies beyond is clipped. 100 (the default) clips nothing. */
  readonly percentile?: number;
  /** How scales are stored: they are rounded to that type before they divide. */
  readonly scaleType?: "f64" | "f32" | "f16";
}

/** Whole numbers, and what turns them back. */
export interface Quantized {
  /** Symmetric codes are signed, asymmetric ones are not. */
  readonly q: Int8Array | Uint8Array;
  readonly scales: Float64Array;
  /** One zero point a block; null when symmetric. */
  readonly zeros: Uint8Array | null;
  /** How many consecutive numbers share a scale. */
  readonly block: number;
}

/**
 * Uniform quantization: symmetric q = round(w / s) with s = max|w| / (2^(bits−1) − 1); asymmetric q = round(w / s) + z with
 * s = (max − min) / (2^bits − 1), where min ≤ 0 ≤ max, so that 0 keeps a code of its own. Halves round to the even code.
 *
 * By hand: −1.4271, 0.8103, 2.5546 in 8 bits: s = 2.5546 / 127 = 0.020115, q = −71, 40, 127.
 *
 * One symmetric bit keeps only the sign, q = −1 or 1, and s = mean|w|, which makes the squared error least (Rastegari et al. 2016, eq. 6).
 *
 * Throws: RangeError for bits outside 1…8, a group or row length that is no whole number, a percentile outside (0, 100].
 * Source: Jacob et al. 2017, "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", eq. 1.
 */
export function quantize(values: ArrayLike<number>, scheme: QuantizationScheme, columns = values.length): Quantized {
  const { bits, symmetric, percentile = 100, scaleType = "f64" } = scheme;
  if (!Number.isInteger(bits) || bits < 1 || bits > 8) {
    throw new RangeError(`quantize: bits is ${bits}, expected a whole number from 1 to 8`);
  }
  if (!(percentile > 0 && percentile <= 100)) {
    throw new RangeError(`quantize: percentile is ${percentile}, expected a number above 0 up to 100`);
  }
  const block = blockLength(values.length, scheme, columns);
  const blocks = Math.ceil(values.length / block);
  const [least, most] = codeRange(bits, symmetric);
  const q = symmetric ? new Int8Array(values.length) : new Uint8Array(values.length);
  const scales = new Float64Array(blocks);
  const zeros = symmetric ? null : new Uint8Array(blocks);
  for (let b = 0; b < blocks; b++) {
    const from = b * block, to = Math.min(values.length, from + block);
    const signs = bits === 1 && symmetric;
    const [low, high] = blockRange(values, from, to, symmetric, percentile);
    const exact = signs ? meanMagnitude(values, from, to, high) : (high - low) / (symmetric ? 2 * most : most);
    const scale = storedScale(exact, scaleType);
    scales[b] = scale;
    if (scale === 0) continue; // Nothing but zeros, or too small for the type of the scale: codes and zero point stay 0.
    const zero = symmetric ? 0 : clamp(roundHalfEven(-low / scale), 0, most);
    if (zeros) zeros[b] = zero;
    for (let i = from; i < to; i++) {
      q[i] = signs ? (values[i]! < 0 ? -1 : 1) : clamp(roundHalfEven(values[i]! / scale) + zero, least, most);
    }
  }
  return { q, scales, zeros, block };
}

/** The numbers that the codes stand for: (q − z)·s. */
export function dequantize({ q, scales, zeros, block }: Quantized): Float64Array {
  const values = new Float64Array(q.length);
  for (let b = 0; b < scales.length; b++) {
    const scale = scales[b]!, zero = zeros?.[b] ?? 0;
    for (let i = b * block, to = Math.min(q.length, i + block); i < to; i++) values[i] = (q[i]! - zero) * scale;
  }
  return values;
}

/** Smallest and largest code: 4 bits are −7…7 or 0…15, 1 bit is −1…1 (without 0) or 0…1. */
export function codeRange(bits: number, symmetric: boolean): readonly [least: number, most: number] {
  const half = Math.max(1, 2 ** (bits - 1) - 1);
  return symmetric ? [-half, half] : [0, 2 ** bits - 1];
}

/** Bits that one number takes with its share of scale and zero point: 4 bits in groups of 32 with half-float scales are 4.5. */
export function bitsPerNumber(
  { bits, symmetric, group }: Pick<QuantizationScheme, "bits" | "symmetric" | "group">, scaleBits = 16,
): number {
  return bits + (group === undefined ? 0 : (scaleBits + (symmetric ? 0 : bits)) / group);
}

function blockLength(length: number, { per, group }: QuantizationScheme, columns: number): number {
  const block = per === "tensor" ? Math.max(1, length) : per === "channel" ? columns : group ?? Number.NaN;
  if (!Number.isInteger(block) || block < 1) throw new RangeError(`quantize: per ${per} needs a whole length, got ${block}`);
  return block;
}

/** The range that the codes must span. Symmetric ranges are returned as [−most, most]. */
function blockRange(values: ArrayLike<number>, from: number, to: number, symmetric: boolean, percentile: number): [number, number] {
  let low = 0, high = 0;
  for (let i = from; i < to; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (percentile < 100) {
    const magnitudes = Float64Array.from({ length: to - from }, (_, i) => Math.abs(values[from + i]!)).sort();
    const limit = quantile(magnitudes, percentile / 100);
    low = Math.max(low, -limit);
    high = Math.min(high, limit);
  }
  const most = Math.max(-low, high);
  return symmetric ? [-most, most] : [low, high];
}

/** Mean of min(|w|, limit). */
function meanMagnitude(values: ArrayLike<number>, from: number, to: number, limit: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.min(limit, Math.abs(values[i]!));
  return sum / (to - from);
}

/** The value at a share of sorted numbers, between two of them by linear interpolation. */
function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const next = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return sorted[below]! + (place - below) * (next - sorted[below]!);
}

function storedScale(scale: number, type: "f64" | "f32" | "f16"): number {
  const stored = type === "f16" ? fromHalf(toHalf(scale)) : type === "f32" ? Math.fround(scale) : scale;
  if (!Number.isFinite(stored)) throw new RangeError(`quantize: the scale ${scale} does not fit ${type}`);
  return stored;
}

const clamp = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));
