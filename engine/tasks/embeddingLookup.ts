import { cosineOfRows } from "../nn/skipGram.ts";
import { gatherRows } from "../ops/gatherRows.ts";
import { matmul } from "../ops/matmul.ts";
import { read, scope, type Tensor, tensor } from "../tensor.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import type { Task } from "./task.ts";

export interface EmbeddingLookupParams {
  readonly text: string;
  /** Which token of the text is looked at. */
  readonly chosen: number;
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
}

export interface EmbeddingLookupFrame {
  readonly ids: readonly number[];
  /** Tokens for the eye, with visible spaces. */
  readonly pieces: readonly string[];
  readonly chosen: number;
  readonly vocabSize: number;
  readonly width: number;
  /** The first numbers of each token's row, [tokens,shown], as gathered. */
  readonly rows: readonly number[];
  readonly shown: number;
  /** The largest difference between gathering rows and multiplying by one-hot vectors. */
  readonly difference: number;
  /** Numbers that gathering copies, and multiply–adds of the product. */
  readonly copied: number;
  readonly multiplyAdds: number;
  /** Tokens whose rows point most nearly the same way as the chosen one's. */
  readonly nearest: readonly { readonly id: number; readonly piece: string; readonly cosine: number }[];
  /** The text was longer than the picture. */
  readonly clipped: boolean;
  readonly read: string;
}

export const lookupTokens = 10;
export const lookupNumbers = 32;
const neighbours = 6;

/** Looks tokens up in a model's embedding in both ways, by picking rows and by multiplying with one-hot vectors. */
export const embeddingLookup: Task<EmbeddingLookupParams, EmbeddingLookupFrame> = async function* (run) {
  const backend = await run.backend();
  const language = await openLanguageModel(run, backend);
  const { parameters } = language.model;
  const widened = parameters.packed?.shapes.has("embedding.weight") ? parameters.packed.widen("embedding.weight") : null;
  const table = widened ?? parameters.tensors.get("embedding.weight")!;
  try {
    const values = Float32Array.from(await read(table));
    for (;;) {
      yield await lookUp(language, table, values, run.params);
      await run.changed();
    }
  } finally {
    if (widened) backend.free(widened.buffer);
    language.close();
  }
};

/** `values` are the numbers of `table`. */
export async function lookUp(
  { model, tokenizer, card, start }: LanguageModel, table: Tensor, values: Float32Array, { text, chosen: wanted }: EmbeddingLookupParams,
): Promise<EmbeddingLookupFrame> {
  const [vocabSize, width] = table.shape as [number, number];
  const encoded = tokenizer.encode(text);
  const ids = encoded.length === 0 ? [start] : encoded.slice(0, lookupTokens);
  const { backend } = model.parameters;
  const kept = scope(() => {
    const oneHot = new Float32Array(ids.length * vocabSize);
    ids.forEach((id, t) => { oneHot[t * vocabSize + id] = 1; });
    return [
      gatherRows(table, tensor(backend, [ids.length], ids, "i32")),
      matmul(tensor(backend, [ids.length, vocabSize], oneHot), table),
    ];
  });
  const [gathered, product] = await Promise.all(kept.map(async (x) => Float32Array.from(await read(x)))) as [Float32Array, Float32Array];
  for (const x of kept) backend.free(x.buffer);
  const chosen = Math.min(wanted, ids.length - 1);
  const shown = Math.min(lookupNumbers, width);
  const pieceOf = (id: number): string => (id === start ? "start" : tokenizer.display(id));
  const nearest = Array.from({ length: vocabSize }, (_, id) => ({ id, cosine: cosineOfRows(values, width, ids[chosen]!, id) }))
    .filter(({ id, cosine }) => id !== ids[chosen] && Number.isFinite(cosine)).sort((a, b) => b.cosine - a.cosine).slice(0, neighbours);
  return {
    ids, pieces: ids.map(pieceOf), chosen, vocabSize, width, shown,
    rows: ids.flatMap((_, t) => [...gathered.subarray(t * width, t * width + shown)]),
    difference: gathered.reduce((most, x, i) => Math.max(most, Math.abs(x - product[i]!)), 0),
    copied: ids.length * width, multiplyAdds: ids.length * vocabSize * width,
    nearest: nearest.map((one) => ({ ...one, piece: pieceOf(one.id) })),
    clipped: encoded.length > lookupTokens, read: card.read,
  };
}
