import { readJson } from "../checkpoint/json.ts";
import type { JsonValue } from "../checkpoint/json.ts";
import { ModelFileError, quoted } from "../checkpoint/modelFileError.ts";
import { createTokenizer } from "./bpe.ts";
import type { Merge, Tokenizer, TokenizerTable } from "./bpe.ts";
import { fromByteAlphabet, toByteAlphabet } from "./byteAlphabet.ts";
import { pairTable } from "./pairTable.ts";
import { type AddedToken, characterSteps, characterTokenizer } from "./characterTokenizer.ts";
import type { PatternName } from "./chunkEnd.ts";
import { patternOf, pipelineOf } from "./tokenizerPipeline.ts";

/** The largest known tables of this kind are a third of this. */
const largestFile = 32 * 2 ** 20;

/**
 * Writes a Hugging Face tokenizer.json (byte-level BPE) that gives the same ids there.
 *
 * Throws: RangeError when a special token spells an ordinary one: the file names tokens by their text.
 */
export function writeTokenizerJson({ table }: Tokenizer): string {
  const special = new Map(Array.from(table.specials, ([text, id]) => [id, text]));
  const names = table.pieces.map((piece, id) => special.get(id) ?? toByteAlphabet(piece));
  const vocab = new Map(names.map((name, id) => [name, id]));
  if (vocab.size !== names.length) throw new RangeError("writeTokenizerJson: two tokens have the same text");
  return JSON.stringify({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: Array.from(special, ([id, content]) => ({
      id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true,
    })),
    ...pipelineOf(table.pattern),
    post_processor: null,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: table.wholeChunks === true,
      vocab: Object.fromEntries(vocab),
      // One string a merge: every version of the library reads this form.
      merges: table.merges.map(({ left, right }) => `${names[left]} ${names[right]}`),
    },
  }, null, 1);
}

/**
 * Reads a Hugging Face tokenizer.json with BPE over bytes, or over characters as Llama's first ones have it. Ids may be in any order but must be 0 … n − 1. `encode` gives
 * the ids that the library gives without the tokens of a post-processor (`add_special_tokens=False`); truncation and
 * padding are ignored.
 *
 * Throws: ModelFileError, and nothing else: `limit`, `json`, `utf8`, `duplicate` (from reading JSON), `field` (absent or of
 * the wrong type), `unsupported`, `ids`, `token`, `merge`.
 */
export function readTokenizerJson(bytes: Uint8Array): Tokenizer {
  if (bytes.length > largestFile) refuse("limit", `${bytes.length} bytes are more than the ${largestFile} allowed`);
  const root = objectOf(readJson(bytes, "tokenizer.json"), "the file");
  const model = objectOf(root.get("model"), "model");
  checkModel(model);
  const vocab = objectOf(model.get("vocab"), "model.vocab");
  const steps = { normalizer: root.get("normalizer"), preTokenizer: root.get("pre_tokenizer"), decoder: root.get("decoder") };
  const added = readAddedTokens(root.get("added_tokens"), vocab);
  const characters = characterSteps(steps);
  if (characters) return characterTokenizer({ model, vocab, added, steps: characters });
  if (model.get("byte_fallback") === true) refuse("unsupported", "model.byte_fallback is true, which needs spaces written as ▁");
  return byteTokenizer({
    vocab, added: new Map([...added].map(([text, { id }]) => [text, id])), merges: model.get("merges"),
    pattern: patternOf(steps.normalizer, steps.preTokenizer, steps.decoder), wholeChunks: model.get("ignore_merges") === true,
  });
}

/**
 * A byte-level tokenizer of a vocabulary and merges in the byte alphabet; `added` are the special tokens with their ids.
 *
 * Throws: ModelFileError `field`, `ids`, `token`, `merge`, `limit`.
 */
export function byteTokenizer({ vocab, added, merges, pattern, wholeChunks }: {
  readonly vocab: ReadonlyMap<string, JsonValue>;
  readonly added: ReadonlyMap<string, JsonValue>;
  readonly merges: JsonValue | undefined;
  readonly pattern: PatternName;
  readonly wholeChunks: boolean;
}): Tokenizer {
  const { pieces, ids, specials } = readTokens(vocab, added);
  const table: TokenizerTable = { pieces, merges: readMerges(merges, ids), pattern, specials, wholeChunks };
  try {
    return createTokenizer(table);
  } catch (error) {
    if (error instanceof RangeError) refuse("token", error.message);
    throw error;
  }
}

/** Refuses settings that would change the ids. */
function checkModel(model: ReadonlyMap<string, JsonValue>): void {
  // Files of the first years, GPT-2's own among them, do not name the type.
  const type = model.get("type") ?? "BPE";
  if (type !== "BPE") refuse("unsupported", `model.type must be "BPE", got ${shown(type)}`);
  for (const name of ["dropout", "continuing_subword_prefix", "end_of_word_suffix"]) {
    const value = model.get(name) ?? null;
    if (value !== null && value !== "" && value !== 0) refuse("unsupported", `model.${name} must be null, got ${shown(value)}`);
  }
}

function readAddedTokens(value: JsonValue | undefined, vocab: ReadonlyMap<string, JsonValue>): Map<string, AddedToken> {
  const added = new Map<string, AddedToken>();
  if (value === undefined || value === null) return added;
  for (const item of arrayOf(value, "added_tokens")) {
    const token = objectOf(item, "an added token");
    const content = token.get("content"), id = token.get("id") ?? null;
    if (typeof content !== "string" || content === "") refuse("field", `an added token's content must be text, got ${shown(content)}`);
    for (const flag of ["single_word", "lstrip", "rstrip"]) {
      if (token.get(flag) === true) refuse("unsupported", `the added token ${quoted(content)} asks for ${flag}`);
    }
    if (added.has(content)) refuse("ids", `the added token ${quoted(content)} stands twice`);
    const inVocab = vocab.get(content);
    if (inVocab !== undefined && inVocab !== id) {
      refuse("ids", `the token ${quoted(content)} has two ids, ${shown(inVocab)} and ${shown(id)}`);
    }
    added.set(content, { id, isSpecial: token.get("special") !== false });
  }
  return added;
}

/** Gives each id its bytes. `ids` names the ordinary tokens alone: no merge may make a special one. */
function readTokens(vocab: ReadonlyMap<string, JsonValue>, added: ReadonlyMap<string, JsonValue>) {
  const all = new Map([...vocab, ...added]);
  const pieces: (Uint8Array | undefined)[] = Array.from({ length: all.size });
  const ids = new Map<string, number>();
  const specials = new Map<string, number>();
  const encoder = new TextEncoder();
  for (const [text, id] of all) {
    if (typeof id !== "number" || !Number.isInteger(id) || id < 0 || id >= all.size) {
      refuse("ids", `the token ${quoted(text)} has the id ${shown(id)}, expected a whole number below the number of tokens, ${all.size}`);
    }
    if (pieces[id] !== undefined) refuse("ids", `the id ${id} is given twice, the second time to ${quoted(text)}`);
    const isSpecial = added.has(text);
    const piece = isSpecial ? encoder.encode(text) : fromByteAlphabet(text);
    if (piece === undefined || piece.length === 0) refuse("token", `the token ${quoted(text)} is not written in the byte alphabet`);
    pieces[id] = piece;
    (isSpecial ? specials : ids).set(text, id);
  }
  // Every id below n is taken exactly once by now, so there is no hole.
  return { pieces: pieces as Uint8Array[], ids, specials };
}

function readMerges(value: JsonValue | undefined, ids: ReadonlyMap<string, number>): Merge[] {
  const items = arrayOf(value, "model.merges");
  const seen = pairTable(items.length);
  return items.map((item, rank) => {
    const parts = typeof item === "string" ? item.split(" ", 3) : item;
    const [first, second] = Array.isArray(parts) && parts.length === 2 ? parts : [];
    if (typeof first !== "string" || typeof second !== "string") refuse("merge", `merge ${rank} is not two tokens but ${shown(item)}`);
    const left = ids.get(first), right = ids.get(second), token = ids.get(first + second);
    if (left === undefined || right === undefined || token === undefined) {
      const missing = left === undefined ? first : right === undefined ? second : first + second;
      refuse("merge", `merge ${rank} names the token ${quoted(missing)}, which the vocabulary lacks`);
    }
    let known: number;
    try {
      known = seen.add(left, right, rank);
    } catch {
      refuse("limit", `merge ${rank}: too many pairs share one place in the table`);
    }
    if (known !== rank) refuse("merge", `merge ${rank} repeats merge ${known}, ${quoted(first)} and ${quoted(second)}`);
    return { left, right, token, rank };
  });
}

function objectOf(value: JsonValue | undefined, name: string): Map<string, JsonValue> {
  if (!(value instanceof Map)) refuse("field", `${name} must be an object, got ${shown(value)}`);
  return value;
}

function arrayOf(value: JsonValue | undefined, name: string): JsonValue[] {
  if (!Array.isArray(value)) refuse("field", `${name} must be a list, got ${shown(value)}`);
  return value;
}

function shown(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  if (value instanceof Map) return "an object";
  if (Array.isArray(value)) return "a list";
  return typeof value === "string" ? quoted(value) : String(value);
}

function refuse(code: string, message: string): never {
  throw new ModelFileError(code, `tokenizer.json: ${message}`);
}
