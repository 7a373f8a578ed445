import { roundHalfEven } from "../checkpoint/halfFloat.ts";

/** A binary floating-point format: sign, exponent and fraction. */
export interface FloatFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
  /** Largest finite number. */
  readonly max: number;
  /** Whether the format has infinities; e4m3 gave theirs up for range, and all its bits at one are NaN. */
  readonly hasInfinity: boolean;
}

/**
 * fp16 trades range for precision, bf16 the reverse; the two fp8 formats do so again with 8 bits.
 * Source: IEEE 754-2019 (fp16); Micikevicius et al. 2022, "FP8 Formats for Deep Learning", table 1.
 */
export const floatFormats = {
  fp32: { exponentBits: 8, fractionBits: 23, bias: 127, max: (2 - 2 ** -23) * 2 ** 127, hasInfinity: true },
  fp16: { exponentBits: 5, fractionBits: 10, bias: 15, max: 65_504, hasInfinity: true },
  bf16: { exponentBits: 8, fractionBits: 7, bias: 127, max: (2 - 2 ** -7) * 2 ** 127, hasInfinity: true },
  e4m3: { exponentBits: 4, fractionBits: 3, bias: 7, max: 448, hasInfinity: false },
  e5m2: { exponentBits: 5, fractionBits: 2, bias: 15, max: 57_344, hasInfinity: true },
} as const satisfies Readonly<Record<string, FloatFormat>>;

export type FloatFormatName = keyof typeof floatFormats;

/**
 * The nearest number of a format, ties to the even fraction: `roundToFloat(-1.4271, "bf16")` is −1.4296875.
 * Beyond the largest: infinity by IEEE's rule, or with `saturate` the largest. e4m3, which has no infinity, gives NaN instead.
 */
export function roundToFloat(value: number, name: FloatFormatName, { saturate = false } = {}): number {
  const { fractionBits, bias, max, hasInfinity } = floatFormats[name];
  const size = Math.abs(value);
  if (Number.isNaN(size) || size === 0) return value;
  const beyond = saturate ? max : hasInfinity ? Infinity : NaN;
  if (size === Infinity) return Math.sign(value) * beyond;
  // The spacing stops shrinking at the smallest normal exponent: below it numbers are subnormal.
  const step = 2 ** (Math.max(exponentOf(size), 1 - bias) - fractionBits);
  const rounded = roundHalfEven(size / step) * step;
  return Math.sign(value) * (rounded > max ? beyond : rounded);
}

/** The bits of a number already in the format, sign first: `floatBits(1, "fp16")` is 0x3c00. */
export function floatBits(value: number, name: FloatFormatName): number {
  const { exponentBits, fractionBits, bias, hasInfinity } = floatFormats[name];
  const sign = value < 0 || Object.is(value, -0) ? 1 : 0;
  const size = Math.abs(value);
  const top = 2 ** exponentBits - 1;
  const join = (exponent: number, fraction: number): number => (sign * 2 ** exponentBits + exponent) * 2 ** fractionBits + fraction;
  if (Number.isNaN(value)) return join(top, hasInfinity ? 2 ** (fractionBits - 1) : 2 ** fractionBits - 1);
  if (size === Infinity) return join(top, 0);
  if (size === 0) return join(0, 0);
  const exponent = Math.max(exponentOf(size), 1 - bias);
  const units = size / 2 ** (exponent - fractionBits);
  const isSubnormal = units < 2 ** fractionBits;
  return isSubnormal ? join(0, units) : join(exponent + bias, units - 2 ** fractionBits);
}

/** The number that bits stand for: the inverse of `floatBits`. */
export function fromFloatBits(bits: number, name: FloatFormatName): number {
  const { exponentBits, fractionBits, bias, hasInfinity } = floatFormats[name];
  const fraction = bits % 2 ** fractionBits;
  const exponent = Math.floor(bits / 2 ** fractionBits) % 2 ** exponentBits;
  const sign = bits >= 2 ** (exponentBits + fractionBits) ? -1 : 1;
  if (exponent === 2 ** exponentBits - 1) {
    if (hasInfinity) return fraction === 0 ? sign * Infinity : NaN;
    if (fraction === 2 ** fractionBits - 1) return NaN;
  }
  const units = exponent === 0 ? fraction : 2 ** fractionBits + fraction;
  return sign * units * 2 ** (Math.max(exponent, 1) - bias - fractionBits);
}

/** floor(log₂ size) exactly: the logarithm may round up to the next whole number just below a power of two. */
function exponentOf(size: number): number {
  const guess = Math.floor(Math.log2(size));
  return 2 ** guess > size ? guess - 1 : size >= 2 ** (guess + 1) ? guess + 1 : guess;
}
