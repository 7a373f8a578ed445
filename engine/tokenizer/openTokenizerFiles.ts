import { type ByteSource, readWhole } from "../checkpoint/byteSource.ts";
import type { Tokenizer } from "./bpe.ts";
import { readSentencePieceModel } from "./sentencePieceModel.ts";
import { readTokenizerJson } from "./tokenizerJson.ts";
import { readVocabAndMerges } from "./vocabAndMerges.ts";

const most = 32 * 2 ** 20;

/**
 * The tokenizer of a model's folder: tokenizer.json, else tokenizer.model, else vocab.json with merges.txt; null when it has none.
 *
 * Throws: ModelFileError.
 */
export async function openTokenizerFiles(files: ReadonlyMap<string, ByteSource>): Promise<Tokenizer | null> {
  const read = async (name: string): Promise<Uint8Array | null> => {
    const source = files.get(name);
    return source ? readWhole(source, most) : null;
  };
  const json = await read("tokenizer.json");
  if (json) return readTokenizerJson(json);
  const model = await read("tokenizer.model");
  if (model) return readSentencePieceModel(model);
  const [vocab, merges] = [await read("vocab.json"), await read("merges.txt")];
  return vocab && merges ? readVocabAndMerges(vocab, merges) : null;
}
