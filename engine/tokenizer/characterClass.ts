/** What the patterns of `pretokenize` ask of a character, as bits: Unicode's general categories, and its white space. */
export const UPPER = 1, LOWER = 2, CASELESS = 4, MARK = 8, NUMBER = 16, SPACE = 32, NEWLINE = 64, OTHER = 128;

/** A class for every code point; 0 is not known yet. The pages that no text touches are never backed by memory. */
let classes: Uint8Array | undefined;

/** `classes[unit]` of a text's UTF-16 units is its class, or 0: ask `classAt`. */
export const classTable = (): Uint8Array => (classes ??= new Uint8Array(0x11_0000));

/** Letters of titlecase count as upper case, as in the published pattern of o200k. */
const categories: readonly (readonly [RegExp, number])[] = [
  [/[\p{Lu}\p{Lt}]/u, UPPER], [/\p{Ll}/u, LOWER], [/\p{L}/u, CASELESS], [/\p{M}/u, MARK], [/\p{N}/u, NUMBER],
  [/[\r\n]/, NEWLINE], [/\p{White_Space}/u, SPACE],
];

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  return categories.find(([regex]) => regex.test(character))?.[1] ?? OTHER;
}

const isHigh = (unit: number | undefined): boolean => unit !== undefined && (unit & 0xfc00) === 0xd800;
const isLow = (unit: number | undefined): boolean => unit !== undefined && (unit & 0xfc00) === 0xdc00;

/** Whether the character at `at` takes two units. */
export const isPair = (units: Uint16Array, at: number): boolean => isHigh(units[at]) && isLow(units[at + 1]);

/**
 * The class of the character whose unit stands at `at`. Both halves of a surrogate pair have the class of their character; a half
 * alone is OTHER.
 */
export function classAt(units: Uint16Array, at: number): number {
  const unit = units[at]!, table = classTable();
  if ((unit & 0xf800) !== 0xd800) return (table[unit] ||= classify(unit));
  const high = isPair(units, at) ? at : isLow(unit) && isHigh(units[at - 1]) ? at - 1 : -1;
  if (high === -1) return OTHER;
  const codePoint = 0x1_0000 + ((units[high]! & 0x3ff) << 10) + (units[high + 1]! & 0x3ff);
  return (table[codePoint] ||= classify(codePoint));
}
