import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ModelFileError } from "../checkpoint/modelFileError.ts";
import { processTime } from "../testing/processTime.ts";
import { tokenizerFromMerges } from "./bpe.ts";
import type { Tokenizer } from "./bpe.ts";
import { patternNames } from "./pretokenize.ts";
import type { PatternName } from "./chunkEnd.ts";
import { readTokenizerJson, writeTokenizerJson } from "./tokenizerJson.ts";
import { trainBpe } from "./trainBpe.ts";

const folder = "engine/tokenizer/fixtures";
const samples = JSON.parse(readFileSync(`${folder}/samples.json`, "utf8")) as { corpus: string[]; texts: string[] };
const huggingFace = JSON.parse(readFileSync(`${folder}/huggingFace.json`, "utf8")) as Record<string, number[][]>;

function small(pattern: PatternName): Tokenizer {
  const merges = trainBpe(samples.corpus.join("\n"), { merges: 60, pattern });
  return tokenizerFromMerges(merges, { pattern, specials: ["<|endoftext|>", "<|pad|>"] });
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each(patternNames)("what is written for the pattern %s is the file that Hugging Face opened, with the same ids", async (pattern) => {
  const tokenizer = small(pattern);
  await expect(writeTokenizerJson(tokenizer)).toMatchFileSnapshot(`fixtures/written/${pattern}.json`);
  const again = readTokenizerJson(readFileSync(`${folder}/written/${pattern}.json`));
  for (const [index, text] of samples.texts.entries()) {
    const expected = huggingFace[`written/${pattern}.json`]![index]!;
    expect(tokenizer.encode(text, { specials: true }), text).toEqual(expected);
    expect(again.encode(text, { specials: true }), text).toEqual(expected);
    // The file's normalizer puts a space before every stretch between special tokens, and only the first is taken off.
    if (pattern !== "words" || !text.includes("<|")) expect(again.decode(expected)).toBe(text);
  }
});

test("a tokenizer that Hugging Face trained opens here and gives the same ids", () => {
  const tokenizer = readTokenizerJson(readFileSync(`${folder}/trained.json`));
  expect(tokenizer.vocabSize).toBe(340);
  expect(Object.fromEntries(tokenizer.specials)).toEqual({ "<|endoftext|>": 0, "<|pad|>": 1 });
  for (const [index, text] of samples.texts.entries()) {
    expect(tokenizer.encode(text, { specials: true }), text).toEqual(huggingFace["trained.json"]![index]);
  }
});

test("writing and reading any trained tokenizer keeps its table, with merges as strings or as pairs", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.constantFrom(...patternNames), (text, pattern) => {
    const tokenizer = tokenizerFromMerges(trainBpe(text, { merges: 20, pattern }), { pattern, specials: ["__proto__", "constructor"] });
    const written = writeTokenizerJson(tokenizer);
    expect(readTokenizerJson(utf8(written)).table).toEqual({ ...tokenizer.table, wholeChunks: false });
    const file = JSON.parse(written) as { model: { merges: unknown[] } };
    file.model.merges = file.model.merges.map((merge) => String(merge).split(" "));
    expect(readTokenizerJson(utf8(JSON.stringify(file))).table).toEqual({ ...tokenizer.table, wholeChunks: false });
  }), { numRuns: 60 });
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

/** A valid file, changed by `edit` on its parsed form or on its text. */
type File = Record<string, unknown> & { model: { vocab: Record<string, unknown>; merges: unknown[] } & Record<string, unknown> };
const valid = writeTokenizerJson(small("gpt2"));
function edited(edit: (file: File) => void): string {
  const file = JSON.parse(valid) as File;
  edit(file);
  return JSON.stringify(file);
}

describe("a hostile file is refused with its reason", () => {
  test.each<[string, string, string]>([
    ["nothing at all", "", "json"],
    ["an HTML page", "<!doctype html><title>404</title>", "json"],
    ["truncated JSON", valid.slice(0, 900), "json"],
    ["an array at the top", "[]", "field"],
    ["null at the top", "null", "field"],
    ["100,000 levels of nesting", "[".repeat(100_000), "limit"],
    ["nesting inside the vocabulary", valid.replace('"vocab": {', `"vocab": {"x": ${"[".repeat(50)}${"]".repeat(50)},`), "limit"],
    ["a string of a megabyte", valid.replace('"vocab": {', `"vocab": {"${"x".repeat(1_000_000)}": 1,`), "limit"],
    ["a token named twice", valid.replace('"vocab": {', '"vocab": {"a": 5,'), "duplicate"],
    ["no model", edited((file) => { delete (file as Record<string, unknown>)["model"]; }), "field"],
    ["vocab null", edited((file) => { (file.model as Record<string, unknown>)["vocab"] = null; }), "field"],
    ["vocab a list", edited((file) => { (file.model as Record<string, unknown>)["vocab"] = []; }), "field"],
    ["an empty vocab", edited((file) => { file.model.vocab = {}; }), "ids"],
    ["merges null", edited((file) => { (file.model as Record<string, unknown>)["merges"] = null; }), "field"],
    ["a negative id", edited((file) => { file.model.vocab["a"] = -1; }), "ids"],
    ["an id of 4·10⁹", edited((file) => { file.model.vocab["a"] = 4e9; }), "ids"],
    ["a fractional id", edited((file) => { file.model.vocab["a"] = 1.5; }), "ids"],
    ["an id as text", edited((file) => { file.model.vocab["a"] = "97"; }), "ids"],
    ["an id given twice", edited((file) => { file.model.vocab["a"] = 98; }), "ids"],
    ["a hole in the ids", edited((file) => { delete file.model.vocab["ĠĠ"]; delete file.model.vocab["a"]; }), "ids"],
    ["a byte without a token", edited((file) => { delete file.model.vocab["a"]; file.model.vocab["zzzz"] = 97; }), "merge"],
    ["a byte without a token nor merge", edited((file) => { delete file.model.vocab["ÿ"]; file.model.vocab["zzzz"] = 255; }), "token"],
    ["a token outside the byte alphabet", edited((file) => { file.model.vocab["我"] = Object.keys(file.model.vocab).length; }), "token"],
    ["an empty token", edited((file) => { file.model.vocab[""] = Object.keys(file.model.vocab).length; }), "token"],
    ["a merge of missing tokens", edited((file) => { file.model.merges.push("xx yy"); }), "merge"],
    ["a merge into a missing token", edited((file) => { file.model.merges.push("X X"); }), "merge"],
    ["a merge named __proto__", edited((file) => { file.model.merges.push("__proto__ a"); }), "merge"],
    ["a merge of three", edited((file) => { file.model.merges.push("a b c"); }), "merge"],
    ["a merge of one", edited((file) => { file.model.merges.push(["a"]); }), "merge"],
    ["a merge of numbers", edited((file) => { file.model.merges.push([1, 2]); }), "merge"],
    ["a merge that is null", edited((file) => { file.model.merges.push(null); }), "merge"],
    ["a merge that stands twice", edited((file) => { file.model.merges.push(file.model.merges[0]); }), "merge"],
    ["a model of another type", edited((file) => { file.model["type"] = "Unigram"; }), "unsupported"],
    ["dropout", edited((file) => { file.model["dropout"] = 0.1; }), "unsupported"],
    ["a normalizer", edited((file) => { file["normalizer"] = { type: "NFC" }; }), "unsupported"],
    ["no pre_tokenizer", edited((file) => { file["pre_tokenizer"] = null; }), "unsupported"],
    ["a space put before", edited((file) => { file["pre_tokenizer"] = { type: "ByteLevel", add_prefix_space: true }; }), "unsupported"],
    ["another decoder", edited((file) => { file["decoder"] = { type: "WordPiece" }; }), "unsupported"],
    ["a regular expression that never ends", edited((file) => {
      file["pre_tokenizer"] = { type: "Sequence", pretokenizers: [
        { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, use_regex: false },
      ] };
    }), "unsupported"],
    ["an added token without text", edited((file) => { file["added_tokens"] = [{ id: 316 }]; }), "field"],
    ["an added token with a second id", edited((file) => { file["added_tokens"] = [{ id: 3, content: "<|pad|>" }]; }), "ids"],
    ["an added token far away", edited((file) => { file["added_tokens"] = [{ id: 4e9, content: "<|far|>" }]; }), "ids"],
    ["an added token that strips", edited((file) => {
      file["added_tokens"] = [{ id: 317, content: "<|pad|>", lstrip: true }];
    }), "unsupported"],
  ])("%s", (_, text, code) => {
    let refusal: unknown;
    const time = processTime(() => {
      try {
        readTokenizerJson(utf8(text));
      } catch (error) {
        refusal = error;
      }
    });
    expect(refusal).toBeInstanceOf(ModelFileError);
    expect(refusal).toMatchObject({ code });
    expect((refusal as Error).message).toMatch(/^tokenizer\.json: [^\n]{1,300}$/);
    // The promise is 50 ms on a quiet machine.
    expect(time).toBeLessThan(500);
  });

  test("a file larger than any honest one is refused unread", () => {
    expect(() => readTokenizerJson(new Uint8Array(33 * 2 ** 20))).toThrow(/33554432 allowed/);
  });
});

test("a file with flipped bytes opens or is refused, and nothing else happens", () => {
  const bytes = utf8(valid);
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (flips) => {
    const broken = bytes.slice();
    for (const [at, value] of flips) broken[at] = value;
    try {
      const tokenizer = readTokenizerJson(broken);
      expect(tokenizer.decode(tokenizer.encode("the lamp 😀"))).toBe("the lamp 😀");
    } catch (error) {
      if (!(error instanceof ModelFileError)) throw error;
    }
  }), { numRuns: 400 });
});
