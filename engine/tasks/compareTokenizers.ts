import type { Tokenizer } from "../tokenizer/bpe.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { vocabularies } from "../tokenizer/vocabulary.ts";
import { openVocabularies } from "./openVocabularies.ts";
import type { Task } from "./task.ts";

export interface CompareTokenizersParams {
  readonly text: string;
  /** The fourth tokenizer: `shipped`, that of the book's own model, or one that the reader trained and kept. */
  readonly tokenizer: string;
}

/** One text as one tokenizer cuts it. */
export interface Cut {
  readonly title: string;
  readonly vocabSize: number;
  readonly ids: readonly number[];
  /** How many there are. */
  readonly length: number;
  /** Each token as it is shown, and its length in bytes. */
  readonly pieces: readonly string[];
  readonly bytes: readonly number[];
  /** Bytes of the text a token, and tokens a byte. */
  readonly bytesPerToken: number;
  readonly tokensPerByte: number;
}

export interface CompareTokenizersFrame {
  readonly cuts: readonly Cut[];
  readonly bytes: number;
  readonly characters: number;
  readonly words: number;
}

/** The name of the book's own tokenizer among the packs. */
export const storyTokenizerPack = "models/story/tokenizer.json";

/** One text, cut by three published tables and by one of the book's or the reader's own. Every param is live. */
export const compareTokenizers: Task<CompareTokenizersParams, CompareTokenizersFrame> = async function* (run) {
  const published = await openVocabularies(run);
  const openOwn = async (name: string): Promise<Tokenizer> =>
    readTokenizerJson(await run.artefact(name === "shipped" ? storyTokenizerPack : `${name}/tokenizer.json`));
  let owned = run.params.tokenizer;
  let own = await openOwn(owned);
  for (;;) {
    const { text, tokenizer } = run.params;
    if (owned !== tokenizer) {
      own = await openOwn(tokenizer);
      owned = tokenizer;
    }
    const cuts = [...published].map(([name, one]) => cutOf(text, vocabularies[name].title, one));
    yield {
      cuts: [...cuts, cutOf(text, tokenizer === "shipped" ? "this book’s story model" : "your own", own)],
      bytes: new TextEncoder().encode(text).length,
      characters: [...text].length,
      words: text.trim() === "" ? 0 : text.trim().split(/\s+/u).length,
    };
    if (run.params.text === text && run.params.tokenizer === tokenizer) await run.changed();
  }
};

/** A text as a tokenizer cuts it. */
export function cutOf(text: string, title: string, tokenizer: Tokenizer): Cut {
  const ids = tokenizer.encode(text);
  const size = new TextEncoder().encode(text).length;
  return {
    title, vocabSize: tokenizer.vocabSize, ids, length: ids.length,
    pieces: ids.map((id) => tokenizer.display(id)),
    bytes: ids.map((id) => tokenizer.piece(id).length),
    bytesPerToken: ids.length === 0 ? 0 : size / ids.length,
    tokensPerByte: size === 0 ? 0 : ids.length / size,
  };
}
