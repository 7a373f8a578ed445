import { candidates } from "../sampling/sample.ts";
import { read, scope, tensor } from "../tensor.ts";
import { pieceText } from "../tokenizer/pieceText.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import type { Task } from "./task.ts";

export interface PredictBlankParams {
  /** The reader's own text. */
  readonly text: string;
  /** Which prediction is looked at: 0 the one after the last token, k the one in place of the k-th token shown. */
  readonly at: number;
}

/** A token that stands in the text, as the model saw it coming. */
export interface ForeseenToken {
  /** For the eye, with visible spaces. */
  readonly piece: string;
  readonly probability: number;
  /** −log p(token | those before it), in nats. */
  readonly surprise: number;
  /** 1 for the token that was held most likely. */
  readonly rank: number;
  /** −Σ p log p of the whole distribution in this place, in nats: the surprise that the model itself expected. */
  readonly entropy: number;
}

export interface PredictBlankFrame {
  readonly tokens: readonly ForeseenToken[];
  /** The text was longer than what is looked at, and its beginning is left out. */
  readonly clipped: boolean;
  /** Like the param, but never beyond the tokens there are. */
  readonly at: number;
  /** The text up to the place that is looked at. */
  readonly before: string;
  /** The 20 likeliest tokens in that place. */
  readonly top: readonly { readonly piece: string; readonly text: string; readonly probability: number }[];
  readonly entropy: number;
  readonly vocabSize: number;
  /** What the model has read, in one sentence. */
  readonly read: string;
}

/** Tokens of a text that are looked at: at most this many, the last ones. */
export const blankLimit = 64;
const shown = 20;

/** The shipped model before the reader's text: what it expects in a place, and how much each token that did come surprised it. */
export const predictBlank: Task<PredictBlankParams, PredictBlankFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  try {
    for (;;) {
      yield await foresee(language, run.params);
      await run.changed();
    }
  } finally {
    language.close();
  }
};

/** One forward pass over the text; every position is a prediction of the next token. */
export async function foresee({ model, tokenizer, card, start }: LanguageModel, params: PredictBlankParams): Promise<PredictBlankFrame> {
  const { vocabSize, contextLength } = model.config;
  const { backend } = model.parameters;
  const encoded = tokenizer.encode(params.text);
  const text = encoded.slice(-Math.min(blankLimit, contextLength - 1));
  const ids = [start, ...text];
  const kept = scope(() => model.forward(tensor(backend, [1, ids.length], ids, "i32")));
  const logits = await read(kept);
  backend.free(kept.buffer);
  // Subtle: row t is the prediction of what stands at place t of `text`, because `ids` begins with the start.
  const rows = ids.map((_, t) => candidates(logits.subarray(t * vocabSize, (t + 1) * vocabSize), { temperature: 1, topK: 0, topP: 1 }));
  const entropies = rows.map((row) => row.reduce((sum, { probability }) =>
    sum - (probability > 0 ? probability * Math.log(probability) : 0), 0));
  const tokens = text.map((id, t): ForeseenToken => {
    const rank = rows[t]!.findIndex((one) => one.id === id);
    const { probability } = rows[t]![rank]!;
    return { piece: tokenizer.display(id), probability, surprise: -Math.log(probability), rank: rank + 1, entropy: entropies[t]! };
  });
  const at = Math.min(params.at, text.length);
  const place = at === 0 ? text.length : at - 1;
  return {
    tokens, clipped: encoded.length > text.length, at,
    before: tokenizer.decode(encoded.slice(0, encoded.length - text.length + place)),
    top: rows[place]!.slice(0, shown).map(({ id, probability }) =>
      ({ probability, piece: id === start ? "end" : tokenizer.display(id), text: id === start ? "" : pieceText(tokenizer, id) })),
    entropy: entropies[place]!, vocabSize, read: card.read,
  };
}
