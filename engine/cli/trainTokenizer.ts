import { join } from "node:path";
import { tokenizerFromMerges } from "../tokenizer/bpe.ts";
import { bpeTrainer, type PairCount } from "../tokenizer/bpeTrainer.ts";
import type { PatternName } from "../tokenizer/chunkEnd.ts";
import { countWords, patternNames } from "../tokenizer/pretokenize.ts";
import { writeTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { type Command, Refusal } from "./command.ts";
import { expectWritableDirectory, readInput, writeDirectory } from "./files.ts";
import { choice, integer, optionalText, text } from "./flags.ts";

export const trainTokenizerCommand: Command = {
  name: "train-tokenizer",
  summary: "learns byte-pair merges from a text",
  options: {
    input: { kind: "text", value: "FILE", summary: "the text, UTF-8", required: true },
    "vocab-size": { kind: "text", value: "N", summary: "tokens in all: 256 bytes, merges, the special token if any", required: true },
    pattern: { kind: "text", value: "NAME", summary: `how text is cut before merging: ${patternNames.join(", ")}`, default: "gpt2" },
    special: { kind: "text", value: "WORD", summary: "one special token, the last id; the text is cut where it stands" },
    out: { kind: "text", value: "DIR", summary: "where tokenizer.json is written", required: true },
  },
  details: `Ids 0-255 are the bytes, 256 + k is the token of merge k. The most frequent pair is merged first, of equals the one seen first.
--json prints { vocabSize, merges, bytes, tokens }: the size of the text before and after.`,
  run(flags, io) {
    const pattern = choice(flags, "pattern", patternNames);
    const special = optionalText(flags, "special");
    const least = 256 + (special === undefined ? 0 : 1);
    const vocabSize = integer(flags, "vocab-size", { least, most: 1_000_000 });
    const out = text(flags, "out");
    expectWritableDirectory(out, "--out");
    const bytes = readInput(text(flags, "input"), "--input", 256 * 2 ** 20);
    const words = countParts(decode(bytes), special, pattern);
    const merges = learn(words, vocabSize - least);
    if (merges.length < vocabSize - least) {
      const most = `this text has no pair left after ${merges.length} merges: ask for at most ${least + merges.length}`;
      throw new Refusal(`--vocab-size is ${vocabSize}, ${most}`);
    }
    const tokenizer = tokenizerFromMerges(merges, { pattern, specials: special === undefined ? [] : [special] });
    const json = spell(() => writeTokenizerJson(tokenizer), special);
    writeDirectory(out, { "tokenizer.json": json }, "--out");
    let tokens = 0;
    for (const [word, count] of words) tokens += count * tokenizer.encode(word).length;
    const summary = { vocabSize, merges: merges.length, bytes: bytes.length, tokens };
    if (flags.has("json")) io.out(`${JSON.stringify(summary)}\n`);
    else {
      const each = (bytes.length / tokens).toFixed(2);
      const file = join(out, "tokenizer.json");
      io.out(`${merges.length} merges: ${bytes.length} bytes are ${tokens} tokens, ${each} bytes each; written to ${file}\n`);
    }
    return Promise.resolve();
  },
};

function decode(bytes: Uint8Array): string {
  let decoded: string;
  try {
    decoded = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal("--input: the file is not UTF-8 text");
  }
  if (decoded === "") throw new Refusal("--input: the file is empty");
  return decoded;
}

/** No pair is counted across a special token. */
function countParts(corpus: string, special: string | undefined, pattern: PatternName): Map<string, number> {
  const words = new Map<string, number>();
  for (const part of special === undefined ? [corpus] : corpus.split(special)) {
    for (const [word, count] of countWords(part, pattern)) words.set(word, (words.get(word) ?? 0) + count);
  }
  return words;
}

function learn(words: ReadonlyMap<string, number>, most: number): PairCount[] {
  const trainer = bpeTrainer(words);
  const merges: PairCount[] = [];
  while (merges.length < most) {
    const merge = trainer.step();
    if (!merge) break;
    merges.push(merge);
  }
  return merges;
}

function spell<T>(body: () => T, special: string | undefined): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal(`--special: ${special} is an ordinary token of this vocabulary too`);
    throw error;
  }
}
