import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countWords, patternNames, pretokenize } from "./pretokenize.ts";
import type { PatternName } from "./chunkEnd.ts";

test("gpt2 cuts off contractions, numbers and punctuation, and a space goes with the word after it", () => {
  expect(pretokenize("I can't wait.  It's 1984!\n\n ok", "gpt2")).toEqual(
    ["I", " can", "'t", " wait", ".", " ", " It", "'s", " 1984", "!", "\n\n", " ok"]);
});

test("cl100k keeps at most three digits together and cuts contractions in capitals, gpt2 does neither", () => {
  expect(pretokenize("DON'T 12345", "cl100k")).toEqual(["DON", "'T", " ", "123", "45"]);
  expect(pretokenize("DON'T 12345", "gpt2")).toEqual(["DON", "'", "T", " 12345"]);
});

test("o200k cuts before a capital inside a word and keeps a contraction with its word", () => {
  expect(pretokenize("camelCase don't", "o200k")).toEqual(["camel", "Case", " don't"]);
});

test("white space is Unicode's: U+0085 is, U+FEFF is not", () => {
  expect(pretokenize("a\u0085b\ufeffc", "gpt2")).toEqual(["a", "\u0085", "b", "\ufeff", "c"]);
});

test("the chunks of every pattern join to the text, whatever it is", () => {
  const awkward = fc.string({ unit: fc.constantFrom(" ", "\n", "\r", "a", "A", "'s", "1", "\ud800") });
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), awkward), (text) => {
    for (const name of patternNames) {
      const joined = pretokenize(text, name).join("");
      expect(name === "words" && text !== "" ? joined.slice(1) : joined).toBe(text);
    }
  }), { numRuns: 500 });
});

/**
 * The published regular expressions in JavaScript's spelling. Subtle: its `\\s` is not Unicode's White_Space (it has U+FEFF and lacks
 * U+0085), and its `i` flag would blur the categories, so both are spelt out.
 */
const contraction = "'(?:[sSſtTdDmM]|[rR][eE]|[vV][eE]|[lL][lL])";
const wordAndPunctuation = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`, lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const published = {
  words: String.raw` ?\S+|\s`,
  gpt2: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
  cl100k: String.raw`${contraction}|${wordAndPunctuation}|\s+$|\s*[\r\n]|\s+(?!\S)|\s`,
  llama3: String.raw`${contraction}|${wordAndPunctuation}|\s*[\r\n]+|\s+(?!\S)|\s+`,
  o200k: [
    String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+(?:${contraction})?`, String.raw`[^\r\n\p{L}\p{N}]?${upper}+${lower}*(?:${contraction})?`,
    String.raw`\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
  ].join("|"),
} as const;

describe.each(Object.entries(published))("%s cuts as its regular expression does", (name, source) => {
  const spelt = source.replaceAll("[^\\s", "[^\\p{White_Space}").replaceAll("\\s", "\\p{White_Space}").replaceAll("\\S", "\\P{White_Space}");
  const regex = new RegExp(spelt, "gu");
  const byRegex = (text: string): string[] => (name === "words" && text !== "" ? ` ${text}` : text).match(regex) ?? [];
  const same = (text: string): void => {
    expect(pretokenize(text, name as PatternName)).toEqual(byRegex(text));
  };

  test("on characters of each class in every order", () => {
    // Capital, titlecase, small, modifier and other letters, marks, numbers, symbols, white space, pairs of these and lone halves.
    const unit = fc.constantFrom(
      ..."aAsStTrReEvVlLdDmM'' \n\r\t1/.", "ſ", "ǅ", "ʰ", "ª", "א", "字", "\u0301", "\u0903", "Ⅷ", "½", "٣", "€", "\u0085", "\ufeff", "\u00a0", "\u3000",
      "\u2028", "\u200d", "𝐀", "𝐚", "𠀀", "𝟏", "😀", "\u{1d165}", "\u{e0100}", "\ud800", "\udc00", "'ll", "'S", "\r\n",
    );
    fc.assert(fc.property(fc.array(unit, { maxLength: 14 }), (parts) => same(parts.join(""))), { numRuns: 20_000 });
  });

  test("on any string of code points, and of halves", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 30 }), same), { numRuns: 3000 });
    const halves = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units));
    fc.assert(fc.property(halves, same), { numRuns: 3000 });
  });

  test("on every code point, before and after a letter", () => {
    const step = 0x400;
    for (let first = 0; first < 0x11_0000; first += step) {
      const characters = Array.from({ length: step }, (_, i) => String.fromCodePoint(first + i));
      same(characters.map((character) => `a${character}b${character} `).join(""));
    }
  });
});

test("distinct words come in the order in which they were first seen", () => {
  expect([...countWords("b a b", "words")]).toEqual([[" b", 2], [" a", 1]]);
});
