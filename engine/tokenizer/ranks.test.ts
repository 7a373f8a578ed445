import { readFileSync } from "node:fs";
import * as cl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as o200k from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { parseRanks, publishedSpecials, tokenizerFromRanks } from "./ranks.ts";

const table = (file: string): Uint8Array[] => parseRanks(readFileSync(`node_modules/gpt-tokenizer/data/${file}.tiktoken`, "utf8"));

describe("published tables", () => {
  const tables = [["cl100k", "cl100k_base", cl100k], ["o200k", "o200k_base", o200k]] as const;
  it.each(tables)("%s has its special tokens at their published ids", (pattern, file, theirs) => {
    const specials = publishedSpecials[pattern];
    const pieces = table(file);
    const tokenizer = tokenizerFromRanks(pieces, { pattern, specials });
    const text = `One${[...specials.keys()].join(" two ")} end`;
    // The other library does not know o200k's <|endofprompt|>.
    for (const [word, id] of specials) if (id !== 200_018) expect(theirs.decode([id])).toBe(word);
    const ids = tokenizer.encode(text, { specials: true });
    expect(ids.filter((id) => id >= pieces.length)).toEqual([...specials.values()]);
    expect(theirs.decode(ids.filter((id) => id !== 200_018))).toBe(text.replace(pattern === "o200k" ? "<|endofprompt|>" : "\u0000", ""));
    expect(tokenizer.decode(tokenizer.encode(text, { specials: true }))).toBe(text);
    // Text that spells one is ordinary text.
    expect(tokenizer.encode(text).some((id) => id > pieces.length)).toBe(false);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });

  it("refuse a special token in the place of a rank, and lines out of order", () => {
    const specials = new Map([["<|x|>", 5]]);
    expect(() => tokenizerFromRanks(table("r50k_base").slice(0, 300), { pattern: "gpt2", specials })).toThrow("has the id 5, the ranks end at 299");
    expect(() => parseRanks("IQ== 0\nIg== 2")).toThrow("parseRanks: line 2 has rank 2, expected 1");
  });
});
