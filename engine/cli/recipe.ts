import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { filterChildrenBooks } from "../data/childrenBooks.ts";
import { type MixtureOptions, type TokenStream, tokenStream } from "../data/batches.ts";
import { corpus, HELD_OUT_STREAM, vocabulary } from "../data/storyGrammar.ts";
import { checkDecoderConfig, type DecoderConfig } from "../nn/decoderConfig.ts";
import type { HeadTarget } from "../nn/trainer.ts";
import type { AdamWOptions } from "../optim/adamW.ts";
import type { Schedule } from "../optim/schedule.ts";
import { tokenizerFromMerges, type Tokenizer } from "../tokenizer/bpe.ts";
import { trainBpe } from "../tokenizer/trainBpe.ts";

/** All that determines a trained model, as committed: the same recipe and data give bit-equal weights on every machine. */
export interface Recipe {
  readonly name: string;
  readonly seed: number;
  readonly model: DecoderConfig;
  readonly initialisation: { readonly matrices: number; readonly embedding: number };
  readonly data: {
    /** Stories of the grammar to train on, and the share of rows they fill. */
    readonly stories: number;
    readonly storyShare: number;
    /** A text file (also .br or .gz) of children's books, filtered to short sentences in a closed vocabulary; null trains on stories alone. */
    readonly books: { readonly file: string; readonly frequentWords: number; readonly share: number } | null;
    /** Share of rows that repeat a segment. */
    readonly repeats: number;
    /** Another text to train on instead of stories (documents separated by blank lines); null for the grammar. */
    readonly text: string | null;
  };
  readonly rows: number;
  readonly time: number;
  readonly shards: number;
  readonly schedule: Schedule;
  readonly optimizer: AdamWOptions;
  /** Heads supervised for the first `steps`: the first looks at the previous token, the second behaves as an induction head. */
  readonly heads: { readonly targets: readonly HeadTarget[]; readonly weight: number; readonly steps: number } | null;
  readonly every: { readonly evaluate: number; readonly sample: number; readonly checkpoint: number };
}

export const separatorText = "<|endoftext|>";

/** How sample texts are drawn. */
export const storySampling = { temperature: 0.7, topK: 0, topP: 0.95, maxTokens: 160 } as const;

/** A recipe from its file. Throws: Error in one clause. */
export function readRecipe(text: string): Recipe {
  const recipe = JSON.parse(text) as Recipe;
  const missing = ["name", "seed", "model", "initialisation", "data", "rows", "time", "shards", "schedule", "optimizer", "every"].filter((key) => !(key in recipe));
  if (missing.length > 0) throw new RangeError(`config: ${missing.join(", ")} missing`);
  checkDecoderConfig(recipe.model);
  for (const key of ["rows", "time", "shards"] as const) {
    if (!Number.isInteger(recipe[key]) || recipe[key] < 1) throw new RangeError(`config: ${key} is ${recipe[key]}, expected a whole number from 1`);
  }
  if (recipe.rows % recipe.shards !== 0) throw new RangeError(`config: ${recipe.rows} rows do not divide among ${recipe.shards} shards`);
  if (recipe.time > recipe.model.contextLength) throw new RangeError(`config: time ${recipe.time} is longer than the context of ${recipe.model.contextLength}`);
  return recipe;
}

export const recipeHash = (recipe: Recipe): string => createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);

/** What a recipe trains on, read and encoded. */
export interface Prepared {
  readonly tokenizer: Tokenizer;
  readonly mixture: MixtureOptions;
  readonly heldOut: TokenStream;
}

/** The weight of the heads' loss: constant for the first half of the supervised steps, then down to 0 on a line. */
export function headWeight({ heads }: Recipe, step: number): number {
  if (!heads) return 0;
  return heads.weight * Math.max(0, Math.min(1, 2 - (2 * step) / heads.steps));
}

/**
 * Makes the corpus, trains the tokenizer on a part of it and encodes everything.
 * Throws: Error when a data file is missing.
 */
export function prepare(recipe: Recipe): Prepared {
  const { data, seed, model } = recipe;
  const stories = data.text ? splitDocuments(readText(data.text)) : corpus(seed, data.stories);
  // Every twentieth document of a foreign text is held out; the grammar holds out a whole stream.
  const heldOutTexts = data.text ? stories.filter((_, i) => i % 20 === 19) : corpus(seed, 500, HELD_OUT_STREAM);
  const training = data.text ? stories.filter((_, i) => i % 20 !== 19) : stories;
  const books = data.books ? filterChildrenBooks(readText(data.books.file), { allowed: vocabulary(), frequent: data.books.frequentWords, minWords: 15, maxGap: 1 }).documents : [];
  const sampleText = [...training.slice(0, 4000), ...books.slice(0, 500)].join("\n");
  const merges = trainBpe(sampleText, { merges: model.vocabSize - 257, pattern: "gpt2" });
  if (merges.length < model.vocabSize - 257) throw new RangeError(`config: the text yields ${merges.length + 257} tokens, vocabSize is ${model.vocabSize}`);
  const tokenizer = tokenizerFromMerges(merges, { pattern: "gpt2", specials: [separatorText] });
  const separator = model.vocabSize - 1;
  const encode = (texts: readonly string[]): TokenStream => tokenStream(texts.map((text) => Int32Array.from(tokenizer.encode(text))), separator);
  const streams = [{ ids: encode(training), share: data.storyShare }, ...(data.books ? [{ ids: encode(books), share: data.books.share }] : [])];
  return {
    tokenizer,
    mixture: { rows: recipe.rows, time: recipe.time, seed, streams, repeats: data.repeats, randomIds: separator, attend: false },
    heldOut: encode(heldOutTexts),
  };
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  if (file.endsWith(".br")) return brotliDecompressSync(bytes).toString("utf8");
  return (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
}

const splitDocuments = (text: string): string[] => text.split(/\n\s*\n/).filter((part) => part.trim() !== "");
