import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, type Grammar, grammarMask, masked } from "./grammar.ts";
import { jsonGrammar } from "./jsonGrammar.ts";
import { regexGrammar } from "./regexGrammar.ts";
import { candidates } from "./sample.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const matches = (grammar: Grammar, text: string): boolean => {
  const state = advance(grammar, grammar.start, bytes(text));
  return state !== null && grammar.accepts(state);
};

describe("regexGrammar", () => {
  it.each([
    "", "a", "abc", "a|b", "(a|bc)*", "a+b?", "[a-c]{2}", "[a-c]{1,3}d", "(ab){0,2}c", "a{2,}", "[^ab]c", "\\d+(\\.\\d+)?", "a\\.b",
      "(a*)*b",
    "((a|b)c?){1,2}", "[-a]+", "(|a)b", "x*y*z*", "\\w\\s\\w",
  ])("accepts what the regular expressions of JavaScript match as a whole: %s", (pattern) => {
    const grammar = regexGrammar(pattern);
    const theirs = new RegExp(`^(?:${pattern})$`);
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(..."abcdxyz01. -"), maxLength: 7 }), (text) => {
      expect(matches(grammar, text), text).toBe(theirs.test(text));
    }), { numRuns: 400, seed: 1 });
  });

  it.each([
    ["(a", "a closing ) is missing at character 3"], ["a)", "a ) without its ( at character 2"],
      ["*a", "nothing to repeat before * at character 1"],
    ["[a", "a closing ] is missing at character 3"], ["a{3,1}", "a count from large to small at character 7"],
      ["[z-a]", "a range from large to small"],
    ["a\\", "nothing follows the last \\"], ["a{1000}", "more than 99 repetitions"], ["a{x}", "a count like {2} or {2,5} is missing"],
  ])("says what is wrong with %s", (pattern, message) => {
    expect(() => regexGrammar(pattern)).toThrow(message);
  });

  it("refuses a pattern that would grow without end, at once", () => {
    expect(() => regexGrammar("((((a{99}){99}){99}){99}){99}")).toThrow("repeats too much");
  });

  it("reads letters of several bytes", () => {
    expect(matches(regexGrammar("é+|🙂"), "éé")).toBe(true);
    expect(matches(regexGrammar("é+|🙂"), "🙂")).toBe(true);
    expect(matches(regexGrammar("é"), "e")).toBe(false);
  });
});

describe("jsonGrammar", () => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  /** Compact, with or without a space after commas and colons of the structure. */
  const written = (value: unknown): string => JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) =>
    `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

  it("accepts every value that JSON can write, and each beginning of it can go on", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = written(value);
      expect(matches(jsonGrammar, text), text).toBe(true);
      expect(advance(jsonGrammar, jsonGrammar.start, bytes(text.slice(0, text.length / 2)))).not.toBeNull();
    }), { numRuns: 500, seed: 1 });
  });

  it("accepts nothing that JSON.parse refuses, after any change of a character", () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.constantFrom(...'{}[]",:0-.eE+tn\\ a'), fc.boolean(),
      (value, place, other, insert) => {
      const text = written(value);
      const at = place % (text.length + 1);
      const changed = text.slice(0, at) + other + text.slice(insert ? at : at + 1);
      if (matches(jsonGrammar, changed)) expect(parses(changed), changed).toBe(true);
      // The other way round for what has no idle space and is not nested too deep.
      else if (parses(changed)) expect(/\s/.test(changed), changed).toBe(true);
    }), { numRuns: 3000, seed: 2 });
  });

  it("stops at eight brackets within brackets", () => {
    expect(matches(jsonGrammar, `${"[".repeat(8)}${"]".repeat(8)}`)).toBe(true);
    expect(advance(jsonGrammar, jsonGrammar.start, bytes("[".repeat(9)))).toBeNull();
  });
});

describe("grammarMask", () => {
  const pieces = ["1", "12", "a", "2a", "", "9"].map(bytes);
  const tokenizer = { vocabSize: 7, piece: (id: number) => pieces[id] ?? bytes("<end>") };

  it("allows a token when every byte of it can follow, and the end where the text is whole", () => {
    const grammar = regexGrammar("\\d+");
    expect([...grammarMask(grammar, grammar.start, tokenizer, 6)]).toEqual([1, 1, 0, 0, 0, 1, 0]);
    expect([...grammarMask(grammar, advance(grammar, grammar.start, bytes("7"))!, tokenizer, 6)]).toEqual([1, 1, 0, 0, 0, 1, 1]);
  });

  it("leaves the proportions of what is allowed as they were", () => {
    const free = candidates([1, 2, 3, 4], { temperature: 1, topK: 0, topP: 1 });
    const kept = candidates(masked([1, 2, 3, 4], [1, 0, 1, 0]), { temperature: 1, topK: 0, topP: 1 });
    const of = (list: typeof free, id: number): number => list.find((one) => one.id === id)!.probability;
    expect(of(kept, 2) / of(kept, 0)).toBeCloseTo(of(free, 2) / of(free, 0), 12);
    expect(kept.map(({ id }) => id)).toEqual([2, 0]);
  });
});
