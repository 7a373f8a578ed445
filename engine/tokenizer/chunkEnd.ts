import { CASELESS, classAt, classTable, isPair, LOWER, MARK, NEWLINE, NUMBER, OTHER, SPACE, UPPER } from "./characterClass.ts";

/**
 * Where the chunk that begins at `at` ends (never at `at` itself). `units` are the UTF-16 units of the text.
 * Written out by hand for each pattern, since a matcher of regular expressions makes a string a chunk and takes ten times as long.
 */
export type ChunkEnd = (units: Uint16Array, at: number) => number;

const LETTER = UPPER | LOWER | CASELESS, WHITE = SPACE | NEWLINE, ANY = 255;
/** `[^\s\p{L}\p{N}]` */
const SYMBOL = OTHER | MARK;
/** `[^\r\n\p{L}\p{N}]`: what may stand before a word and belong to it. */
const BEFORE = SPACE | OTHER | MARK;
/** o200k counts letters without case, and marks, among both cases. */
const UPPERS = UPPER | CASELESS | MARK, LOWERS = LOWER | CASELESS | MARK;

const space = 0x20, apostrophe = 0x27, slash = 0x2f;

/** The first place from `at` on whose class is not in `mask`. */
function runEnd(units: Uint16Array, at: number, mask: number): number {
  const table = classTable();
  while (at < units.length && ((table[units[at]!] || classAt(units, at)) & mask) !== 0) at++;
  return at;
}

const is = (units: Uint16Array, at: number, mask: number): boolean => at < units.length && (classAt(units, at) & mask) !== 0;
/** The place after the character at `at`. */
const after = (units: Uint16Array, at: number): number => at + (isPair(units, at) ? 2 : 1);

/** The end of 's, 't, 'm, 'd, 're, 've, 'll at `at`, or `at`; `cased` takes small letters alone. */
function contractionEnd(units: Uint16Array, at: number, cased: boolean): number {
  if (units[at] !== apostrophe) return at;
  const letter = (unit: number | undefined): string => {
    if (unit === undefined) return "";
    // Subtle: a case-blind match of "s" takes "ſ" (long s) too, by Unicode's folding.
    const character = String.fromCharCode(unit);
    return cased ? character : character === "ſ" ? "s" : unit < 128 ? character.toLowerCase() : character;
  };
  const first = letter(units[at + 1]);
  if (first === "s" || first === "t" || first === "m" || first === "d") return at + 2;
  const both = first + letter(units[at + 2]);
  return both === "re" || both === "ve" || both === "ll" ? at + 3 : at;
}

/** `\p{N}{1,3}` */
function threeNumbers(units: Uint16Array, at: number): number {
  for (let count = 0; count < 3 && is(units, at, NUMBER); count++) at = after(units, at);
  return at;
}

/** ` ?[^\s\p{L}\p{N}]+`, or `at` where it does not match. */
function symbolsEnd(units: Uint16Array, at: number): number {
  const from = units[at] === space ? at + 1 : at;
  const end = runEnd(units, from, SYMBOL);
  return end > from ? end : at;
}

/** `\s+(?!\S)|\s+`: all white space but the last character before a word. White space has no pairs. */
function spacesEnd(units: Uint16Array, at: number, end: number): number {
  return end === units.length || end === at + 1 ? end : end - 1;
}

/** `\s*[\r\n]+`, the white space up to the last line break in it; `at` where there is none. */
function lineBreakEnd(units: Uint16Array, at: number, end: number): number {
  for (let last = end; last > at; last--) if (units[last - 1] === 0x0a || units[last - 1] === 0x0d) return last;
  return at;
}

const gpt2: ChunkEnd = (units, at) => {
  const contraction = contractionEnd(units, at, true);
  if (contraction > at) return contraction;
  const from = units[at] === space ? at + 1 : at;
  for (const mask of [LETTER, NUMBER, SYMBOL]) if (is(units, from, mask)) return runEnd(units, from, mask);
  return spacesEnd(units, at, runEnd(units, at, WHITE));
};

/** cl100k and llama3 differ in white space alone. */
const likeCl100k = (whiteEnd: ChunkEnd): ChunkEnd => (units, at) => {
  const contraction = contractionEnd(units, at, false);
  if (contraction > at) return contraction;
  const first = classAt(units, at);
  const word = first & BEFORE ? after(units, at) : at;
  if (is(units, word, LETTER)) return runEnd(units, word, LETTER);
  if (first & NUMBER) return threeNumbers(units, at);
  const symbols = symbolsEnd(units, at);
  return symbols > at ? runEnd(units, symbols, NEWLINE) : whiteEnd(units, at);
};

const cl100kWhite: ChunkEnd = (units, at) => {
  const end = runEnd(units, at, WHITE);
  if (end === units.length) return end;
  const broken = lineBreakEnd(units, at, end);
  return broken > at ? broken : spacesEnd(units, at, end);
};

const llama3White: ChunkEnd = (units, at) => {
  const end = runEnd(units, at, WHITE);
  const broken = lineBreakEnd(units, at, end);
  return broken > at ? broken : spacesEnd(units, at, end);
};

/**
 * `U*L+` from `at`, or `at`. What U took at first is given back from the right until L finds a character of its own: where no small
 * letter follows, the chunk ends after the last character that counts among both cases.
 */
function capitalsAndSmall(units: Uint16Array, at: number): number {
  const capitals = runEnd(units, at, UPPERS);
  const small = runEnd(units, capitals, LOWERS);
  if (small > capitals) return small;
  for (let last = capitals; last > at; last--) if (classAt(units, last - 1) & (CASELESS | MARK)) return last;
  return at;
}

const o200k: ChunkEnd = (units, at) => {
  const first = classAt(units, at);
  const word = first & BEFORE ? after(units, at) : at;
  // A character before the word is optional: where the word does not begin after it, a mark may begin the word itself.
  for (const from of word > at && first & MARK ? [word, at] : [word]) {
    const end = capitalsAndSmall(units, from);
    if (end > from) return contractionEnd(units, end, false);
  }
  const capitals = runEnd(units, word, UPPERS);
  if (capitals > word) return contractionEnd(units, capitals, false);
  if (first & NUMBER) return threeNumbers(units, at);
  let symbols = symbolsEnd(units, at);
  if (symbols === at) return llama3White(units, at);
  while (units[symbols] === slash || is(units, symbols, NEWLINE)) symbols++;
  return symbols;
};

/** ` ?\S+|\s` */
const words: ChunkEnd = (units, at) => {
  const from = units[at] === space ? at + 1 : at;
  const end = runEnd(units, from, ANY & ~WHITE);
  return end > from ? end : at + 1;
};

/**
 * The known patterns.
 * `none`: the whole text is one chunk. `words`: a space sticks to the word after it, and the first word is given one.
 * `gpt2`: contractions, letters, digits and punctuation apart (GPT-2, and this book's own models).
 * `cl100k`, `o200k`: those of GPT-4 and GPT-4o. `llama3`: cl100k but for white space with line breaks at the very end.
 *
 * Source: Radford et al. 2019 (GPT-2); the published encoders of the others.
 */
export type PatternName = "none" | "words" | "gpt2" | "cl100k" | "llama3" | "o200k";

/** The patterns of `pretokenize`, each as a function that finds the next cut. */
export const chunkEnds: Readonly<Record<PatternName, ChunkEnd>> = {
  none: (units) => units.length, words, gpt2, cl100k: likeCl100k(cl100kWhite), llama3: likeCl100k(llama3White), o200k,
};
