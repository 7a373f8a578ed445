import { decoder } from "../nn/decoder.ts";
import { random } from "../random.ts";
import { logProbabilities } from "../sampling/logProbabilities.ts";
import { applyLogitRules } from "../sampling/logitRules.ts";
import { type Candidate, candidates, sample, type SamplingOptions } from "../sampling/sample.ts";
import { pieceText } from "../tokenizer/pieceText.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import { lanes } from "./lanes.ts";
import type { Run, Task } from "./task.ts";

export interface SampleBenchParams extends SamplingOptions {
  /** The reader's own text, to be continued. */
  readonly text: string;
  readonly minP: number;
  /** 1 is none. */
  readonly repetitionPenalty: number;
  /** Tokens of a continuation at most. */
  readonly length: number;
  readonly seed: number;
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
}

/** A token that could come next. */
export interface Choice {
  readonly piece: string;
  readonly text: string;
  /** Its probability as the model gives it. */
  readonly before: number;
  /** Its probability of being drawn; null when a rule has taken it away. */
  readonly after: number | null;
}

export interface Continuation {
  /** The text of each token. */
  readonly tokens: readonly string[];
  /** Whether a token is part of a sequence of `repeatLength` tokens that this continuation had before. */
  readonly repeated: readonly boolean[];
  /** Mean −log p of its tokens under the model itself, in nats: without temperature and rules. Null for none. */
  readonly surprise: number | null;
  /** The model ended the text. */
  readonly ended: boolean;
}

export interface SampleBenchFrame {
  /** The reader's text, of which a longer one loses its beginning. */
  readonly prompt: string;
  readonly clipped: boolean;
  /** The likeliest next tokens, as the model has them, largest first. */
  readonly choices: readonly Choice[];
  /** How many tokens can be drawn, and the probability that the model had given to them together. */
  readonly kept: number;
  readonly keptMass: number;
  readonly vocabSize: number;
  /** In nats, before and after the rules. */
  readonly entropyBefore: number;
  readonly entropyAfter: number;
  readonly continuations: readonly Continuation[];
  /** Continuations are still being written. */
  readonly writing: boolean;
}

/** A sequence of this many tokens that comes again counts as repeated. */
export const repeatLength = 6;
const shown = 12;
/** Where each token has to be read back from a GPU, a frame is shown this often while texts are written, in ms. */
const patience = 250;

/**
 * The shipped model's distribution before and after the rules of sampling, and five continuations drawn under them, each from a stream of
 * its own of one seed. The order of the rules is: repetition penalty, temperature, top-k, top-p, min-p.
 */
export const sampleBench: Task<SampleBenchParams, SampleBenchFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  try {
    for (;;) {
      const before = JSON.stringify(run.params);
      for await (const frame of bench(language, { ...run.params }, run)) {
        yield frame;
        if (JSON.stringify(run.params) !== before) break;
      }
      if (JSON.stringify(run.params) === before) await run.changed();
    }
  } finally {
    language.close();
  }
};

/** Draws all continuations; a frame now and then while that takes long, and the last with all of them. */
export async function* bench(
  { model, tokenizer, start }: LanguageModel, params: SampleBenchParams, { breathe }: Pick<Run<unknown>, "breathe">,
): AsyncGenerator<SampleBenchFrame> {
  const { vocabSize, contextLength } = model.config;
  const { text, seed } = params;
  // A small model of the reader's keeps half of its context for the text that it is to go on with.
  const length = Math.min(params.length, contextLength >> 1);
  const encoded = tokenizer.encode(text);
  const room = contextLength - 1 - length;
  const prompt = [start, ...encoded.slice(-room)];
  const cache = decoder(model);
  const drawn: { readonly ids: number[]; surprise: number; ended: boolean }[] = [];
  try {
    for (const id of prompt.slice(0, -1)) {
      cache.feed(id);
      await breathe();
    }
    const first = await cache.push(prompt.at(-1)!);
    const facts = distribution(first, prompt, params, (id) => (id === start ? { piece: "end", text: "" }
      : { piece: tokenizer.display(id), text: pieceText(tokenizer, id) }));
    const frame = (writing: boolean): SampleBenchFrame => ({
      prompt: tokenizer.decode(prompt.slice(1)), clipped: encoded.length > room, vocabSize, ...facts, writing,
      continuations: drawn.map(({ ids, surprise, ended }) => ({
        tokens: ids.map((id) => pieceText(tokenizer, id)), repeated: repeats(ids),
        surprise: ids.length > 0 ? surprise / ids.length : null, ended,
      })),
    });
    // On the CPU all texts together take a tenth of a second; one whole frame is then the same on every machine.
    const piecemeal = model.parameters.backend.kind === "webgpu";
    let shownAt = performance.now();
    for (let lane = 0; lane < lanes; lane++) {
      const draw = random(seed, lane);
      const one = { ids: [] as number[], surprise: 0, ended: false };
      drawn.push(one);
      cache.rewind(prompt.length);
      let logits = first;
      while (one.ids.length < length && !one.ended) {
        const id = sample(applyLogitRules(logits, [...prompt.slice(1), ...one.ids], params), params, draw);
        if (id === start) {
          one.ended = true;
        } else {
          one.ids.push(id);
          one.surprise -= logProbabilities(logits)[id]!;
          if (one.ids.length < length) logits = await cache.push(id);
          await breathe();
        }
        if (piecemeal && performance.now() - shownAt > patience) {
          yield frame(true);
          shownAt = performance.now();
        }
      }
      await breathe();
    }
    yield frame(false);
  } finally {
    cache.close();
  }
}

/** The distribution before and after the rules. The start token has no penalty: it is no word that could be repeated. */
export function distribution(
  logits: ArrayLike<number>, prompt: readonly number[], params: SampleBenchParams, nameOf: (id: number) => { piece: string; text: string },
): Pick<SampleBenchFrame, "choices" | "kept" | "keptMass" | "entropyBefore" | "entropyAfter"> {
  const before = candidates(logits, { temperature: 1, topK: 0, topP: 1 });
  const after = candidates(applyLogitRules(logits, prompt.slice(1), params), params);
  const left = new Map(after.map(({ id, probability }) => [id, probability]));
  return {
    choices: before.slice(0, shown).map(({ id, probability }) => ({ ...nameOf(id), before: probability, after: left.get(id) ?? null })),
    kept: after.length,
    keptMass: before.reduce((sum, { id, probability }) => (left.has(id) ? sum + probability : sum), 0),
    entropyBefore: entropy(before), entropyAfter: entropy(after),
  };
}

const entropy = (choices: readonly Candidate[]): number =>
  choices.reduce((sum, { probability }) => (probability > 0 ? sum - probability * Math.log(probability) : sum), 0);

/** Marks the tokens of every sequence of `repeatLength` that stood in the text before. */
export function repeats(ids: readonly number[]): boolean[] {
  const marked = ids.map(() => false);
  const seen = new Set<string>();
  for (let i = 0; i + repeatLength <= ids.length; i++) {
    const key = ids.slice(i, i + repeatLength).join();
    if (seen.has(key)) marked.fill(true, i, i + repeatLength);
    seen.add(key);
  }
  return marked;
}
