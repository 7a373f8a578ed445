import type { Tokenizer } from "../tokenizer/bpe.ts";
import { publishedTokenizer, type VocabularyName, vocabularyNames, vocabularyPack } from "../tokenizer/vocabulary.ts";
import type { Run } from "./task.ts";

/** The tokenizers of the published tables: fetched, unpacked and made once in a worker's life, whichever figure asks. */
const opened = new Map<VocabularyName, Tokenizer>();

/** Opens the published tables, oldest first: each a second of work or less, with room for others between. */
export async function openVocabularies(run: Pick<Run<unknown>, "artefact" | "breathe">): Promise<ReadonlyMap<VocabularyName, Tokenizer>> {
  for (const name of vocabularyNames) {
    if (!opened.has(name)) opened.set(name, publishedTokenizer(name, await run.artefact(vocabularyPack(name))));
    await run.breathe();
  }
  return new Map(vocabularyNames.map((name) => [name, opened.get(name)!]));
}
