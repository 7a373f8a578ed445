import { readJson } from "../checkpoint/json.ts";
import { ModelFileError } from "../checkpoint/modelFileError.ts";
import type { Tokenizer } from "./bpe.ts";
import { byteTokenizer } from "./tokenizerJson.ts";

/**
 * GPT-2's tokenizer as it was first published: vocab.json, the id of every token in the byte alphabet, and merges.txt, a merge a line.
 * Tokens written like `<|endoftext|>` are special.
 *
 * Throws: ModelFileError, those of `readJson` and `byteTokenizer`.
 */
export function readVocabAndMerges(vocab: Uint8Array, merges: Uint8Array): Tokenizer {
  const tokens = readJson(vocab, "vocab.json");
  if (!(tokens instanceof Map)) throw new ModelFileError("field", "vocab.json: the top must be an object");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(merges);
  } catch {
    throw new ModelFileError("utf8", "merges.txt: the file is not UTF-8");
  }
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  return byteTokenizer({
    vocab: tokens, added: new Map([...tokens].filter(([token]) => /^<\|[a-z_]{1,40}\|>$/.test(token))),
    merges: lines.filter((line, i) => line !== "" && !(i === 0 && line.startsWith("#version"))), pattern: "gpt2", wholeChunks: false,
  });
}
