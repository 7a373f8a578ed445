import { transformer, type Transformer } from "../nn/transformer.ts";
import { read, scope, type Tensor, tensor } from "../tensor.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import type { Task } from "./task.ts";

export interface ShuffleTestParams {
  readonly text: string;
  /** Whether the model is told positions, and whether words are kept from seeing later ones. */
  readonly positions: boolean;
  readonly mask: boolean;
  /** After how many blocks the outputs are compared; 0 is the embedding itself. */
  readonly depth: number;
  /** Where each word goes: the word with the smallest number comes first, equals in the order of the text. */
  readonly order: readonly number[];
}

export interface ShuffleTestFrame {
  /** The words as typed. */
  readonly words: readonly string[];
  /** Which word stands at each place of the second order. */
  readonly order: readonly number[];
  /** The first numbers of each word's vector: in the order as typed, and in the second order, by word. [words,shown] */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** How far the vector of each word moved: ‖after − before‖ / ‖before‖ over all numbers of it. */
  readonly moved: readonly number[];
  /** Numbers of a whole vector. */
  readonly width: number;
  readonly depth: number;
  readonly layers: number;
  /** Words that found no room. */
  readonly leftOut: number;
}

export const shuffledWords = 8;
export const shownNumbers = 24;
/** Below this a difference is the rounding of float32. */
export const unmoved = 1e-3;

/**
 * The shipped model reads the same words in two orders, with or without positions and the causal mask. Without both, each word's output
 * is the same in either order: attention is permutation-equivariant.
 */
export const shuffleTest: Task<ShuffleTestParams, ShuffleTestFrame> = async function* (run) {
  const backend = await run.backend();
  const language = await openLanguageModel(run, backend, { stepByStep: attentionWithPattern });
  const { config, parameters } = language.model;
  const placeless = transformer({ ...config, position: "none" }, parameters);
  try {
    for (;;) {
      yield await shuffle(language, placeless, run.params);
      await run.changed();
    }
  } finally {
    placeless.close();
    language.close();
  }
};

export async function shuffle(
  { model, tokenizer, start }: LanguageModel, placeless: Transformer, { text, positions, mask, depth, order: wanted }: ShuffleTestParams,
): Promise<ShuffleTestFrame> {
  const { dModel, nLayers, contextLength } = model.config;
  const all = text.split(/\s+/).filter(Boolean);
  const words = all.length === 0 ? ["…"] : all.slice(0, shuffledWords);
  const pieces = words.map((word, i) => tokenizer.encode(i === 0 ? word : ` ${word}`).slice(0, Math.floor((contextLength - 1) / words.length)));
  // A word keeps its tokens wherever it goes, so that nothing but its place changes.
  const order = words.map((_, i) => i).sort((a, b) => (wanted[a] ?? a) - (wanted[b] ?? b) || a - b);
  const at = Math.min(depth, nLayers);
  const inOrder = words.map((_, i) => i);
  const run = async (places: readonly number[]): Promise<Map<number, Float32Array>> =>
    vectorsOf(positions ? model : placeless, [start], places.map((i) => ({ word: i, ids: pieces[i]! })), mask, at);
  const [before, after] = [await run(inOrder), await run(order)];
  const shown = Math.min(shownNumbers, dModel);
  const first = (vectors: Map<number, Float32Array>): number[] => inOrder.flatMap((i) => [...vectors.get(i)!.subarray(0, shown)]);
  return {
    words, order, before: first(before), after: first(after),
    moved: inOrder.map((i) => {
      const [x, y] = [before.get(i)!, after.get(i)!];
      return Math.hypot(...x.map((value, j) => y[j]! - value)) / Math.hypot(...x);
    }),
    width: dModel, depth: at, layers: nLayers, leftOut: Math.max(0, all.length - shuffledWords),
  };
}

/** The vector of each word's last token after `depth` blocks. */
async function vectorsOf(
  model: Transformer, before: readonly number[], words: readonly { readonly word: number; readonly ids: readonly number[] }[], causal: boolean,
  depth: number,
): Promise<Map<number, Float32Array>> {
  const { backend } = model.parameters;
  const ids = [...before, ...words.flatMap((one) => one.ids)];
  const time = ids.length, d = model.config.dModel;
  const kept = scope(() => {
    let found: Tensor | null = null;
    const open = causal ? {} : { mask: tensor(backend, [time, time], new Int32Array(time * time).fill(1), "i32") };
    model.forward(tensor(backend, [1, time], ids, "i32"), { ...open, probe: (name, x) => { if (name === `residual.${depth}`) found = x; } });
    return found!;
  });
  const values = await read(kept);
  backend.free(kept.buffer);
  let at = before.length - 1;
  return new Map(words.map(({ word, ids: own }) => {
    at += own.length;
    return [word, Float32Array.from(values.slice(at * d, (at + 1) * d))];
  }));
}
