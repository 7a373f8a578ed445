import type { Tokenizer } from "../tokenizer/bpe.ts";
import type { PatternName } from "../tokenizer/chunkEnd.ts";
import { createSentencePiece, kinds, type SentencePiece } from "../tokenizer/sentencePiece.ts";
import { byteTokenizer } from "../tokenizer/tokenizerJson.ts";
import { type Gguf, type GgufValue, shownGguf } from "./gguf.ts";
import { ModelFileError } from "./modelFileError.ts";

/** How `tokenizer.ggml.pre` calls the patterns known here. */
const patternsByName = new Map<GgufValue, PatternName>([
  ["gpt-2", "gpt2"], ["llama-bpe", "llama3"], ["llama3", "llama3"], ["llama-v3", "llama3"], ["gpt-4o", "o200k"],
]);

/**
 * The tokenizer of a GGUF file, of the kind `llama` (SentencePiece) or `gpt2` (merges of bytes); null for others, and for a cut of the
 * text that is not known here.
 *
 * Throws: ModelFileError `config`, and those of `createSentencePiece` and `byteTokenizer`.
 */
export function readGgufTokenizer({ metadata }: Pick<Gguf, "metadata">): Tokenizer | null {
  const list = (key: string): readonly GgufValue[] => {
    const value = metadata.get(key);
    return Array.isArray(value) ? value : refuse(`${key} is ${shownGguf(value)}, expected a list`);
  };
  const kind = metadata.get("tokenizer.ggml.model");
  if (kind !== "llama" && kind !== "gpt2") return null;
  // Files of the first years, GPT-2's own among them, do not name the cut.
  const isGpt2 = metadata.get("general.architecture") === "gpt2";
  const pattern = patternsByName.get(metadata.get("tokenizer.ggml.pre") ?? (isGpt2 ? "gpt-2" : ""));
  if (kind === "gpt2" && !pattern) return null;
  const tokens = list("tokenizer.ggml.tokens"), types = list("tokenizer.ggml.token_type");
  if (types.length !== tokens.length) refuse(`the tokenizer has ${tokens.length} tokens and ${types.length} types`);
  if (kind === "llama") {
    const scores = list("tokenizer.ggml.scores");
    if (scores.length !== tokens.length) refuse(`the tokenizer has ${tokens.length} tokens and ${scores.length} scores`);
    const pieces = tokens.map((text, id): SentencePiece => {
      const score = scores[id], type = types[id];
      if (typeof text !== "string" || typeof score !== "number" || typeof type !== "number") {
        return refuse(`token ${id} is not text with a score and a type`);
      }
      return { text, score, type };
    });
    return createSentencePiece(pieces, { addPrefix: metadata.get("tokenizer.ggml.add_space_prefix") !== false });
  }
  const vocab = new Map<string, number>(), added = new Map<string, number>();
  for (const [id, text] of tokens.entries()) {
    if (typeof text !== "string") return refuse(`token ${id} is ${shownGguf(text)}, expected text`);
    if (vocab.has(text)) refuse(`token ${id} is the same as token ${vocab.get(text)}`);
    vocab.set(text, id);
    // Padding of the vocabulary has a type of its own and may spell anything.
    if (types[id] !== kinds.normal) added.set(text, id);
  }
  const merges = [...list("tokenizer.ggml.merges")] as string[];
  return byteTokenizer({ vocab, added, merges, pattern: pattern!, wholeChunks: pattern === "llama3" });
}

function refuse(message: string): never {
  throw new ModelFileError("config", `gguf: ${message}`);
}
