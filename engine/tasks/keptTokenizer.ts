import { tokenizerFromMerges } from "../tokenizer/bpe.ts";
import type { PatternName } from "../tokenizer/chunkEnd.ts";
import { writeTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { separatorText } from "./trainingText.ts";

/** Merges as a tokenizer.json that a training can use: with the token that stands between documents. */
export function keptTokenizer(merges: readonly { readonly left: number; readonly right: number }[], pattern: PatternName): Uint8Array {
  return new TextEncoder().encode(writeTokenizerJson(tokenizerFromMerges(merges, { pattern, specials: [separatorText] })));
}
