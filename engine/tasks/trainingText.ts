import { type TokenStream, tokenStream } from "../data/batches.ts";
import { corpusOneByOne, HELD_OUT_STREAM, TRAINING_STREAM } from "../data/storyGrammar.ts";
import { type Tokenizer, tokenizerFromMerges } from "../tokenizer/bpe.ts";
import { bpeTrainer } from "../tokenizer/bpeTrainer.ts";
import { countWords } from "../tokenizer/pretokenize.ts";
import type { Run } from "./task.ts";

export type CorpusName = "stories" | "book" | "own";

/** A corpus made ready for training: its tokenizer, and both parts of it as ids. */
export interface TrainingText {
  readonly tokenizer: Tokenizer;
  readonly training: TokenStream;
  readonly heldOut: TokenStream;
  /** Stands before every document. */
  readonly separator: number;
  readonly documents: number;
  /** UTF-16 units of the training part. */
  readonly characters: number;
  /** Every word of the corpus in lower case: what "a real word" is measured by. */
  readonly words: ReadonlySet<string>;
}

/** The pack of the choice `book`. */
export const bookPack = "data/moby-dick.txt";
export const separatorText = "<|endoftext|>";
const stories = { seed: 1, training: 3000, heldOut: 200 };
/** Share of a book or of the reader's own text that is held out: its end. */
const heldOutShare = 0.1;

/** Where documents may end: at an empty line, at any line, at the end of a sentence. */
const cuts = [/\n\s*\n/u, /\n/u, /(?<=[.!?。！？])\s+/u];

type Source = Pick<Run<unknown>, "artefact" | "breathe">;
const remembered = new Map<CorpusName, { key: string; text: TrainingText }>();

/**
 * Makes a corpus, trains its tokenizer (at most `vocabSize` tokens: 256 bytes, merges of pairs seen twice or more, the separator) or
 * takes one of the reader's (`mine:<hash>`), and encodes both parts. The last one of each kind is remembered, so that a reset starts at
 * once.
 * Throws: what `run.artefact` throws when the book does not arrive, ModelFileError when the reader's tokenizer is not sound, RangeError
 * when it has no token to stand between documents.
 */
export async function trainingText(
  run: Source, name: CorpusName, own: string, vocabSize: number, mine = "shipped",
): Promise<TrainingText> {
  const key = `${vocabSize} ${mine} ${name === "own" ? own : ""}`;
  const known = remembered.get(name);
  if (known?.key === key) return known.text;
  const { training, heldOut } = await documents(run, name, own);
  const tokenizer = mine === "shipped" ? await trainTokenizer(run, training.join("\n"), vocabSize) : await readersTokenizer(run, mine);
  const separator = [...tokenizer.specials.values()][0];
  if (separator === undefined) throw new RangeError("trainingText: this tokenizer has no special token to stand between documents");
  const encode = async (texts: readonly string[]): Promise<TokenStream> => {
    const parts: number[][] = [];
    for (const text of texts) {
      parts.push(tokenizer.encode(text));
      await run.breathe();
    }
    return tokenStream(parts, separator);
  };
  const words = new Set<string>();
  for (const one of [...training, ...heldOut]) {
    for (const word of wordsOf(one)) words.add(word);
    await run.breathe();
  }
  const text: TrainingText = {
    tokenizer, separator, training: await encode(training), heldOut: await encode(heldOut),
    documents: training.length, characters: training.reduce((sum, { length }) => sum + length, 0),
    words,
  };
  remembered.set(name, { key, text });
  return text;
}

/** Runs of letters with inner apostrophes, in lower case. */
export const wordsOf = (text: string): string[] => text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*/gu) ?? [];

async function documents(run: Source, name: CorpusName, own: string): Promise<{ training: string[]; heldOut: string[] }> {
  if (name !== "stories") {
    const text = name === "book" ? new TextDecoder().decode(await run.artefact(bookPack)) : own;
    return split(text);
  }
  const told = (count: number, stream: number): Promise<string[]> => corpusOneByOne(stories.seed, count, stream, (text) => text, () => run.breathe());
  return { training: await told(stories.training, TRAINING_STREAM), heldOut: await told(stories.heldOut, HELD_OUT_STREAM) };
}

/** Paragraphs, or lines where there are few paragraphs, or sentences; the last tenth of the characters is held out. */
export function split(text: string): { training: string[]; heldOut: string[] } {
  const ways = cuts.map((cut) => text.split(cut).map((part) => part.trim()).filter((part) => part !== ""));
  const parts = ways.find(({ length }) => length >= 10) ?? [text.trim()];
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  if (parts.length === 1) {
    const at = Math.floor(total * (1 - heldOutShare));
    return { training: [parts[0]!.slice(0, at)], heldOut: [parts[0]!.slice(at)] };
  }
  let length = 0;
  const first = parts.findIndex((part) => (length += part.length) > total * (1 - heldOutShare));
  return { training: parts.slice(0, Math.max(1, first)), heldOut: parts.slice(Math.max(1, first)) };
}

/** Reading the file is needed by few: its code is loaded then. */
async function readersTokenizer(run: Source, mine: string): Promise<Tokenizer> {
  const { readTokenizerJson } = await import("../tokenizer/tokenizerJson.ts");
  return readTokenizerJson(await run.artefact(`${mine}/tokenizer.json`));
}

/** Byte-pair merges of pairs that occur at least twice: a pair seen once says nothing about the language. */
async function trainTokenizer(run: Pick<Run<unknown>, "breathe">, text: string, vocabSize: number): Promise<Tokenizer> {
  const trainer = bpeTrainer(countWords(text, "gpt2"));
  const merges: { left: number; right: number }[] = [];
  while (merges.length < vocabSize - 257) {
    const merge = trainer.step();
    if (!merge || merge.count < 2) break;
    merges.push(merge);
    await run.breathe();
  }
  return tokenizerFromMerges(merges, { pattern: "gpt2", specials: [separatorText] });
}
