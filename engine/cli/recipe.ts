import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { filterChildrenBooks } from "../data/childrenBooks.ts";
import { type MixtureOptions, type TokenStream, tokenStream } from "../data/batches.ts";
import { corpus, HELD_OUT_STREAM, vocabulary } from "../data/storyGrammar.ts";
import { type DecoderConfig, decoderConfigFault } from "../nn/decoderConfig.ts";
import type { HeadTarget } from "../nn/trainer.ts";
import type { AdamWOptions } from "../optim/adamW.ts";
import type { Schedule } from "../optim/schedule.ts";
import { tokenizerFromMerges, type Tokenizer } from "../tokenizer/bpe.ts";
import { trainBpe } from "../tokenizer/trainBpe.ts";
import { Refusal } from "./command.ts";
import { readInput } from "./files.ts";
import { shown } from "./words.ts";

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

/** The numbers of a recipe with the ranges they must lie in; `whole` where only whole numbers do. */
const ranges: readonly (readonly [path: string, least: number, most: number, whole: boolean])[] = [
  ["seed", 0, 2 ** 32 - 1, true], ["rows", 1, 4096, true], ["time", 2, 131_072, true], ["shards", 1, 64, true],
  ["initialisation.matrices", 0, 10, false], ["initialisation.embedding", 0, 10, false],
  ["data.stories", 0, 1e7, true], ["data.storyShare", 0, 1, false], ["data.repeats", 0, 1, false],
  ["schedule.peak", 0, 10, false], ["schedule.steps", 1, 1e8, true], ["schedule.warmup", 0, 1e8, true], ["schedule.final", 0, 1, false],
  ["optimizer.beta1", 0, 1, false], ["optimizer.beta2", 0, 1, false], ["optimizer.epsilon", 0, 1, false],
  ["optimizer.weightDecay", 0, 10, false], ["optimizer.maxNorm", 0, 1e6, false],
  ["every.evaluate", 1, 1e8, true], ["every.sample", 1, 1e8, true], ["every.checkpoint", 1, 1e8, true],
];

/**
 * A recipe from the bytes of its file.
 * Throws: Refusal naming the first fault.
 */
export function readRecipe(bytes: Uint8Array): Recipe {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal("--config: the file is not valid JSON");
  }
  const at = (path: string): unknown => path.split(".").reduce<unknown>((value, key) => (typeof value === "object" && value !== null && Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined), parsed);
  for (const [path, least, most, whole] of ranges) {
    const value = at(path);
    if (typeof value === "number" && value >= least && value <= most && (!whole || Number.isInteger(value))) continue;
    throw new Refusal(`--config: ${path} is ${shown(JSON.stringify(value) ?? "missing")}, expected a ${whole ? "whole number" : "number"} from ${least} to ${most}`);
  }
  if (typeof at("name") !== "string") throw new Refusal("--config: name is missing");
  if (!["linear", "cosine", "none"].includes(at("schedule.decay") as string)) throw new Refusal("--config: schedule.decay is not linear, cosine or none");
  if (typeof at("model") !== "object" || at("model") === null) throw new Refusal("--config: model is missing");
  const recipe = parsed as Recipe;
  const { model, rows, shards, time, heads } = recipe;
  const fault = decoderConfigFault(model);
  if (fault) throw new Refusal(`--config: model.${fault}`);
  if (rows % shards !== 0) throw new Refusal(`--config: ${rows} rows do not divide among ${shards} shards`);
  if (time > model.contextLength) throw new Refusal(`--config: time ${time} is longer than the context of ${model.contextLength}`);
  if (model.vocabSize < 258) throw new Refusal(`--config: vocabSize is ${model.vocabSize}, the 256 bytes, a separator and one merge need 258`);
  const targets: unknown = heads?.targets ?? [];
  const known = Array.isArray(targets) && targets.length <= 2 && targets.every(({ layer, head }) => layer in Array(model.nLayers).fill(0) && head in Array(model.nHeads).fill(0));
  if (!known) throw new Refusal(`--config: heads.targets names at most two heads of ${model.nLayers} layers with ${model.nHeads} heads`);
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
 * Throws: Refusal when a data file is missing or too short for the vocabulary.
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
  if (merges.length < model.vocabSize - 257) throw new Refusal(`--config: the text yields ${merges.length + 257} tokens, vocabSize is ${model.vocabSize}`);
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
  const bytes = readInput(file, "--config: data");
  if (file.endsWith(".br")) return brotliDecompressSync(bytes).toString("utf8");
  return new TextDecoder().decode(file.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

const splitDocuments = (text: string): string[] => text.split(/\n\s*\n/).filter((part) => part.trim() !== "");
