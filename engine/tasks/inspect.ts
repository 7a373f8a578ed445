import { candidates } from "../sampling/sample.ts";
import { read, scope, type Tensor, tensor } from "../tensor.ts";
import { pieceText } from "../tokenizer/pieceText.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { type LanguageModel, type ModelCard, openLanguageModel } from "./languageModel.ts";
import { untaughtFolder } from "./shippedModel.ts";
import type { Task } from "./task.ts";

export interface InspectParams {
  /** The reader's own text. */
  readonly text: string;
  readonly layer: number;
  readonly head: number;
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
  /** What stands beside the first picture: another sentence in the same model, or the same sentence in the model whose heads nobody taught. */
  readonly beside?: "nothing" | "sentence" | "untaught";
  readonly other?: string;
}

export interface InspectFrame extends Look {
  /** The second picture; null where there is one alone. */
  readonly beside: Look | null;
}

/** One text in one model. */
export interface Look {
  /** The first id stands for the start of a text; it is in every sequence the model was trained on. */
  readonly ids: readonly number[];
  /** A token for the eye, with visible spaces; "start" for the first. */
  readonly pieces: readonly string[];
  /** Tokens seen fewer than 20 times in training. */
  readonly rare: readonly boolean[];
  /** −log p(token | those before it) in nats; null for the start, which nothing predicts. */
  readonly surprise: readonly (number | null)[];
  /** The text was longer than the context and only its end is shown. */
  readonly clipped: boolean;
  readonly layers: number;
  readonly heads: number;
  readonly dHead: number;
  /** Layer and head that `scores` belong to: the params, clamped to the model. */
  readonly layer: number;
  readonly head: number;
  /** Attention after the softmax, [layers,heads,query,key]; masked cells are 0. */
  readonly patterns: Float32Array;
  /** q·k / √dHead of the chosen head before mask and softmax, [query,key]. */
  readonly scores: Float32Array;
  /** The 20 likeliest next tokens. */
  readonly next: readonly { readonly id: number; readonly piece: string; readonly text: string; readonly probability: number }[];
  /** What the model has read, in one sentence, how long and to which loss it was trained if that is known, and which heads were taught. */
  readonly read: string;
  readonly training: ModelCard["training"] | null;
  readonly taught: readonly { readonly layer: number; readonly head: number; readonly as: string }[];
}

/** Tokens that a figure of attention shows at most: more cells than that cannot be told apart. */
export const inspectLimit = 64;
const rareBelow = 20;

/**
 * The shipped model on the reader's text: attention of every head, surprise of every token, and the distribution of the next; beside
 * it, if asked for, another text or the same text in the untaught model. One frame for each change of the params.
 */
export const inspect: Task<InspectParams, InspectFrame> = async function* (run) {
  const backend = await run.backend();
  const language = await openLanguageModel(run, backend, { stepByStep: attentionWithPattern });
  // Fetched when it is asked for: most readers never do.
  let untaught: LanguageModel | null = null;
  try {
    for (;;) {
      if (run.params.beside === "untaught") untaught ??= await openLanguageModel({ artefact: run.artefact }, backend, { folder: untaughtFolder, stepByStep: attentionWithPattern });
      yield await inspectOnce(language, untaught, run.params);
      await run.changed();
    }
  } finally {
    untaught?.close();
    language.close();
  }
};

/** The one or two looks that the params ask for. */
export async function inspectOnce(language: LanguageModel, untaught: LanguageModel | null, params: InspectParams): Promise<InspectFrame> {
  const { beside = "nothing", other = "" } = params;
  const first = await look(language, params);
  if (beside === "sentence") return { ...first, beside: await look(language, { ...params, text: other }) };
  return { ...first, beside: beside === "untaught" && untaught ? await look(untaught, params) : null };
}

/** One forward pass, looked into. */
export async function look({ model, tokenizer, card, start }: LanguageModel, params: InspectParams): Promise<Look> {
  const { nLayers, nHeads, dHead, vocabSize } = model.config;
  const encoded = tokenizer.encode(params.text);
  const limit = Math.min(inspectLimit, model.config.contextLength) - 1;
  const ids = [start, ...encoded.slice(-limit)];
  const time = ids.length;
  const layer = Math.min(params.layer, nLayers - 1), head = Math.min(params.head, nHeads - 1);
  const { backend } = model.parameters;
  const kept = scope(() => {
    const probed: Record<string, Tensor> = {};
    const logits = model.forward(tensor(backend, [1, time], ids, "i32"), { probe: (name, x) => { probed[name] = x; } });
    const patterns = Array.from({ length: nLayers }, (_, n) => probed[`blocks.${n}.attn.pattern`]!);
    return { logits, patterns, scores: probed[`blocks.${layer}.attn.scores`]! };
  });
  const cells = time * time;
  const patterns = new Float32Array(nLayers * nHeads * cells);
  for (const [n, pattern] of kept.patterns.entries()) patterns.set(await read(pattern), n * nHeads * cells);
  const scores = Float32Array.from(await read(kept.scores)).slice(head * cells, (head + 1) * cells);
  const logits = await read(kept.logits);
  for (const x of [kept.logits, kept.scores, ...kept.patterns]) backend.free(x.buffer);
  const row = (t: number) => logits.subarray(t * vocabSize, (t + 1) * vocabSize);
  return {
    ids,
    pieces: ids.map((id, t) => (t === 0 ? "start" : tokenizer.display(id))),
    rare: ids.map((id, t) => t > 0 && card.counts.length > 0 && (card.counts[id] ?? 0) < rareBelow),
    surprise: ids.map((id, t) => (t === 0 ? null : surpriseOf(row(t - 1), id))),
    clipped: encoded.length > limit,
    layers: nLayers, heads: nHeads, dHead, layer, head, patterns, scores,
    next: candidates(row(time - 1), { temperature: 1, topK: 0, topP: 1 }).slice(0, 20)
      .map(({ id, probability }) => ({ id, probability, piece: id === start ? "end" : tokenizer.display(id), text: id === start ? "" : pieceText(tokenizer, id) })),
    read: card.read, training: card.training ?? null, taught: card.taught,
  };
}

function surpriseOf(logits: ArrayLike<number>, id: number): number {
  let max = -Infinity, sum = 0;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i]!);
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - max);
  return max + Math.log(sum) - logits[id]!;
}
