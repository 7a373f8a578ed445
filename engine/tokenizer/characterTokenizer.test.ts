import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelFileError } from "../checkpoint/modelFileError.ts";
import { readSentencePieceModel } from "./sentencePieceModel.ts";
import { readTokenizerJson } from "./tokenizerJson.ts";

// What the `tokenizers` library makes of it: makeLlama.py.
const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, "fixtures", name));
type File = Record<string, unknown> & { model: Record<string, unknown> };
const file = JSON.parse(fixture("llama.json").toString()) as File;
interface Variant {
  readonly steps: Readonly<Record<string, unknown>>;
  readonly ids: Readonly<Record<string, number[]>>;
  readonly decoded: Readonly<Record<string, string>>;
}
const variants = JSON.parse(fixture("llamaIds.json").toString()) as Record<string, Variant>;
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

describe.each(Object.entries(variants))("a tokenizer.json of Llama's kind, %s", (name, { steps, ids, decoded }) => {
  const tokenizer = readTokenizerJson(bytesOf({ ...file, ...steps }));

  it.each(Object.keys(ids))("gives the ids that tokenizers gives: %j", (text) => {
    expect(tokenizer.encode(text, { specials: true })).toEqual(ids[text]);
    // Unknown characters do not occur, all bytes are there.
    if (!text.includes("<")) expect(tokenizer.decode(ids[text]!)).toBe(decoded[text]);
  });

  it("is the tokenizer.model it was made of", () => {
    const model = readSentencePieceModel(new Uint8Array(readFileSync(join(import.meta.dirname, "..", "fixtures", "gguf-tiny", "tokenizer.model"))));
    if (name === "without a prefix") return;
    fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/^[ ▁]/.test(text)), (text) => {
      expect(tokenizer.encode(text)).toEqual(model.encode(text));
    }), { seed: 11 });
  });
});

describe("a hostile one is refused with its reason", () => {
  const legacy = { ...file, ...variants["legacy"]!.steps };
  const { normalizers } = variants["legacy"]!.steps["normalizer"] as { normalizers: unknown[] };
  it.each<[string, unknown, string]>([
    ["a merge that names a missing token", { ...legacy, model: { ...file.model, merges: [["zz", "q"]] } }, "merge"],
    ["a merge twice", { ...legacy, model: { ...file.model, merges: [["▁", "t"], ["▁", "t"]] } }, "merge"],
    ["a merge of three", { ...legacy, model: { ...file.model, merges: [["a", "b", "c"]] } }, "merge"],
    ["merges null", { ...legacy, model: { ...file.model, merges: null } }, "field"],
    ["vocab null", { ...legacy, model: { ...file.model, vocab: null } }, "field"],
    ["a negative id", { ...legacy, model: { ...file.model, vocab: { ...(file.model["vocab"] as object), zz: -1 } } }, "ids"],
    ["a duplicate id", { ...legacy, model: { ...file.model, vocab: { ...(file.model["vocab"] as object), zz: 5 } } }, "ids"],
    ["an id of 4 billion", { ...legacy, model: { ...file.model, vocab: { ...(file.model["vocab"] as object), zz: 4e9 } } }, "ids"],
    ["half of the bytes", { ...legacy, model: { ...file.model, vocab: { a: 0, "<0x00>": 1 }, merges: [] }, added_tokens: [] }, "token"],
    ["a normalizer that folds case", { ...legacy, normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, ...normalizers] } }, "unsupported"],
    ["a Replace by a pattern", { ...legacy, normalizer: { type: "Replace", pattern: { Regex: "(a+)+$" }, content: "▁" } }, "unsupported"],
    ["a Metaspace of another sign", { ...legacy, normalizer: null, pre_tokenizer: { type: "Metaspace", replacement: "_", prepend_scheme: "always" } }, "unsupported"],
    ["a scheme unknown", { ...legacy, normalizer: null, pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "often" } }, "unsupported"],
    ["a second cut", { ...legacy, pre_tokenizer: { type: "Whitespace" } }, "unsupported"],
    ["a decoder of another kind", { ...legacy, decoder: { type: "WordPiece" } }, "unsupported"],
  ])("%s", (_, value, code) => {
    const error = (() => {
      try {
        readTokenizerJson(bytesOf(value));
      } catch (reason) {
        return reason;
      }
      return null;
    })();
    expect(error).toBeInstanceOf(ModelFileError);
    expect((error as ModelFileError).code).toBe(code);
  });
});
