import { chunkEnds, type PatternName } from "./chunkEnd.ts";

/**
 * Pre-tokenization: text is cut into chunks first, and no merge ever crosses a cut. The cuts are why "dog." and "dog!"
 * share the token "dog", and why training works on a few thousand distinct words and not on a million bytes.
 *
 * Patterns come from this table, by name. A regular expression found in a file is compared with the table and never
 * compiled: one line of hostile pattern can keep a matcher busy for ever.
 */

/** The names of the known patterns. */
export const patternNames = Object.keys(chunkEnds) as readonly PatternName[];

/** Whether a space is put before the text and taken off again after decoding, so that the first word looks like the others. */
export const hasPrefixSpace = (name: PatternName): boolean => name === "words";

/** The UTF-16 units of what is cut: the text, with a space before it for `words`. */
export function unitsOf(text: string, name: PatternName): Uint16Array {
  const skipped = hasPrefixSpace(name) && text !== "" ? 1 : 0;
  const units = new Uint16Array(text.length + skipped);
  if (skipped) units[0] = 0x20;
  for (let at = 0; at < text.length; at++) units[at + skipped] = text.charCodeAt(at);
  return units;
}

/**
 * Cuts text into chunks whose concatenation is the text (with a space before it for `words`).
 * Example: `pretokenize("I can't wait.", "gpt2")` is `["I", " can", "'t", " wait", "."]`.
 */
export function pretokenize(text: string, name: PatternName): readonly string[] {
  const units = unitsOf(text, name), endOf = chunkEnds[name];
  const whole = units.length > text.length ? ` ${text}` : text;
  const chunks: string[] = [];
  for (let at = 0, end: number; at < units.length; at = end) chunks.push(whole.slice(at, (end = endOf(units, at))));
  return chunks;
}

/** The distinct chunks of a text in order of first appearance, each with the number of times it appears. */
export function countWords(text: string, name: PatternName): Map<string, number> {
  const words = new Map<string, number>();
  for (const chunk of pretokenize(text, name)) words.set(chunk, (words.get(chunk) ?? 0) + 1);
  return words;
}
