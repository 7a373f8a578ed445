import fc from "fast-check";
import { expect, test } from "vitest";
import { countWords, patternNames, pretokenize } from "./pretokenize.ts";

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

test("distinct words come in the order in which they were first seen", () => {
  expect([...countWords("b a b", "words")]).toEqual([[" b", 2], [" a", 1]]);
});
