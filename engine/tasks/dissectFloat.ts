import { floatBits, type FloatFormat, floatFormats, type FloatFormatName, fromFloatBits, roundToFloat } from "../quantize/floatFormats.ts";
import type { Task } from "./task.ts";

export interface DissectFloatParams {
  /** What the reader typed: digits, 1e-7, inf, nan. */
  readonly value: string;
  readonly format: FloatFormatName;
}

export type FloatKind = "zero" | "subnormal" | "normal" | "infinite" | "not a number";

/** A number as one format stores it. */
export interface StoredFloat {
  readonly format: FloatFormatName;
  readonly stored: number;
  readonly kind: FloatKind;
  /** From the stored number to its neighbour away from zero. */
  readonly spacing: number;
  /** Largest number, and smallest above zero. */
  readonly max: number;
  readonly least: number;
}

export interface DissectFloatFrame {
  /** The number as typed, in float64; NaN for what is no number. */
  readonly value: number;
  readonly chosen: StoredFloat;
  /** Sign first, then exponent, then fraction. */
  readonly bits: readonly number[];
  readonly exponentBits: number;
  readonly fractionBits: number;
  readonly bias: number;
  /** Exponent and fraction as whole numbers. */
  readonly exponent: number;
  readonly fraction: number;
  /** What the number becomes when one bit is flipped, a number a bit. */
  readonly flipped: readonly number[];
  /** Numbers of the format near the stored one, smallest first. */
  readonly neighbours: readonly number[];
  readonly all: readonly StoredFloat[];
  /** How fine each format is: at the power of two 2^power, the spacing is that share of the number. */
  readonly fineness: readonly { readonly format: FloatFormatName; readonly points: readonly (readonly [power: number, share: number])[] }[];
}

const names = Object.keys(floatFormats) as FloatFormatName[];
const reach = 8;

/** A number in five formats, and one of them bit by bit. Computed anew whenever the number or the format changes. */
export const dissectFloat: Task<DissectFloatParams, DissectFloatFrame> = async function* (run) {
  for (;;) {
    yield dissect(run.params);
    await run.changed();
  }
};

/** Reads a number as people write it; NaN for what is none. */
export function readFloat(text: string): number {
  const plain = text.trim().replaceAll("−", "-").replace(",", ".");
  const infinite = /^([+-]?)(?:inf|infinity|∞)$/i.exec(plain);
  return infinite ? (infinite[1] === "-" ? -Infinity : Infinity) : plain === "" ? Number.NaN : Number(plain);
}

export function dissect({ value: text, format }: DissectFloatParams): DissectFloatFrame {
  const value = readFloat(text);
  const chosen = storedAs(value, format);
  const { exponentBits, fractionBits, bias } = floatFormats[format];
  const width = 1 + exponentBits + fractionBits;
  const pattern = floatBits(chosen.stored, format);
  const bitAt = (i: number): number => Math.floor(pattern / 2 ** (width - 1 - i)) % 2;
  const bits = Array.from({ length: width }, (_, i) => bitAt(i));
  return {
    value, chosen, bits, exponentBits, fractionBits, bias,
    exponent: Math.floor(pattern / 2 ** fractionBits) % 2 ** exponentBits, fraction: pattern % 2 ** fractionBits,
    flipped: bits.map((bit, i) => fromFloatBits(pattern + (bit ? -1 : 1) * 2 ** (width - 1 - i), format)),
    neighbours: neighboursOf(chosen.stored, format),
    all: names.map((name) => storedAs(value, name)),
    fineness: names.map((name) => ({ format: name, points: finenessOf(floatFormats[name]) })),
  };
}

function storedAs(value: number, format: FloatFormatName): StoredFloat {
  const { bias, fractionBits, max } = floatFormats[format];
  const stored = roundToFloat(value, format);
  const size = Math.abs(stored);
  const least = 2 ** (1 - bias - fractionBits), smallestNormal = 2 ** (1 - bias);
  const kind: FloatKind = Number.isNaN(stored) ? "not a number" : size === Infinity ? "infinite" : size === 0 ? "zero"
    : size < smallestNormal ? "subnormal" : "normal";
  return { format, stored, kind, spacing: spacingAt(Number.isFinite(size) ? size : max, floatFormats[format]), max, least };
}

/** The distance of neighbours from a number on: 2^(exponent − fraction bits), and no less than among the subnormal numbers. */
function spacingAt(size: number, { bias, fractionBits }: FloatFormat): number {
  let exponent = 1 - bias;
  if (size > 0) {
    exponent = Math.floor(Math.log2(size));
    if (2 ** exponent > size) exponent--;
    else if (2 ** (exponent + 1) <= size) exponent++;
  }
  return 2 ** (Math.max(exponent, 1 - bias) - fractionBits);
}

/** Up to eight numbers on either side. Beside an infinity, or what is no number, those at the upper end. */
function neighboursOf(stored: number, format: FloatFormatName): number[] {
  const { max } = floatFormats[format];
  const middle = Number.isNaN(stored) ? max : Math.max(-max, Math.min(max, stored));
  const found = new Set([middle]);
  for (const direction of [1, -1]) {
    let at = middle;
    for (let i = 0; i < reach; i++) {
      const away = Math.sign(at) * direction >= 0;
      const size = Math.abs(at), step = spacingAt(size, floatFormats[format]);
      // Towards zero from a power of two the numbers stand twice as dense.
      const finer = spacingAt(Math.max(0, size - step / 2), floatFormats[format]);
      at += direction * (away ? step : finer);
      if (Math.abs(at) > max) break;
      found.add(at);
    }
  }
  return [...found].sort((a, b) => a - b);
}

function finenessOf(format: FloatFormat): [number, number][] {
  const { bias, fractionBits, max } = format;
  const points: [number, number][] = [];
  for (let power = 1 - bias - fractionBits; 2 ** power <= max; power++) points.push([power, spacingAt(2 ** power, format) / 2 ** power]);
  return points;
}
