/**
 * Pre-tokenization: text is cut into chunks first, and no merge ever crosses a cut. The cuts are why "dog." and "dog!"
 * share the token "dog", and why training works on a few thousand distinct words and not on a million bytes.
 *
 * Patterns come from this table, by name. A regular expression found in a file is compared with the table and never
 * compiled: one line of hostile pattern can keep a matcher busy for ever.
 */
export type PatternName = "none" | "words" | "gpt2" | "cl100k" | "llama3" | "o200k";

interface Pattern {
  /** Matches one chunk; between them the matches cover the whole text. */
  readonly regex: RegExp;
  /** The same, as a tokenizer.json spells it: how a file names this pattern. */
  readonly source: string;
  /** A space is put before the text and taken off again after decoding, so that the first word looks like the others. */
  readonly prefixSpace?: boolean;
}

/**
 * Subtle: JavaScript's `\s` is not Unicode's White_Space (it has U+FEFF and lacks U+0085), and the published tables
 * were made with the latter. So white space is spelt out as a property.
 */
function pattern(source: string, javaScript: string, prefixSpace = false): Pattern {
  const spelt = javaScript
    .replaceAll("[^\\s", "[^\\p{White_Space}")
    .replaceAll("\\s", "\\p{White_Space}")
    .replaceAll("\\S", "\\P{White_Space}");
  return { regex: new RegExp(spelt, "gu"), source, prefixSpace };
}

const gpt2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
// Subtle: a case-blind match of "s" takes "ſ" (long s) too, by Unicode's folding.
const contraction = "'(?:[sSſtTdDmM]|[rR][eE]|[vV][eE]|[lL][lL])";
const wordAndPunctuation = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const cased = (suffix: string): string =>
  String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+${suffix}|[^\r\n\p{L}\p{N}]?${upper}+${lower}*${suffix}`;
const o200kTail = String.raw`|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const anyCaseContraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

/**
 * The known patterns.
 * `none`: the whole text is one chunk. `words`: a space sticks to the word after it, and the first word is given one.
 * `gpt2`: contractions, letters, digits and punctuation apart (GPT-2, and this book's own models).
 * `cl100k`, `o200k`: those of GPT-4 and GPT-4o. `llama3`: cl100k but for white space with line breaks at the very end.
 *
 * Source: Radford et al. 2019 (GPT-2); the published encoders of the others.
 */
export const patterns: Readonly<Record<PatternName, Pattern>> = {
  none: pattern("", String.raw`\p{Any}+`),
  words: pattern(String.raw` ?\S+|\s`, String.raw` ?\S+|\s`, true),
  gpt2: pattern(gpt2, gpt2),
  cl100k: pattern(
    // OpenAI's own spelling is possessive and ends in `$`, which the matcher behind tokenizer.json reads otherwise.
    String.raw`${anyCaseContraction}|${wordAndPunctuation}|\s+\z|\s*[\r\n]|\s+(?!\S)|\s`,
    String.raw`${contraction}|${wordAndPunctuation}|\s+$|\s*[\r\n]|\s+(?!\S)|\s`,
  ),
  llama3: pattern(
    String.raw`${anyCaseContraction}|${wordAndPunctuation}|\s*[\r\n]+|\s+(?!\S)|\s+`,
    String.raw`${contraction}|${wordAndPunctuation}|\s*[\r\n]+|\s+(?!\S)|\s+`,
  ),
  o200k: pattern(cased(`${anyCaseContraction}?`) + o200kTail, cased(`(?:${contraction})?`) + o200kTail),
};

/** The names of the known patterns. */
export const patternNames = Object.keys(patterns) as readonly PatternName[];

/**
 * Cuts text into chunks whose concatenation is the text (with a space before it for `words`).
 * Example: `pretokenize("I can't wait.", "gpt2")` is `["I", " can", "'t", " wait", "."]`.
 */
export function pretokenize(text: string, name: PatternName): readonly string[] {
  if (text === "") return [];
  if (name === "none") return [text];
  const { regex, prefixSpace } = patterns[name];
  return (prefixSpace ? ` ${text}` : text).match(regex) ?? [];
}

/** The distinct chunks of a text in order of first appearance, each with the number of times it appears. */
export function countWords(text: string, name: PatternName): Map<string, number> {
  const words = new Map<string, number>();
  for (const chunk of pretokenize(text, name)) words.set(chunk, (words.get(chunk) ?? 0) + 1);
  return words;
}
