import { decoder } from "../nn/decoder.ts";
import { cachedStep, uncachedStep } from "../nn/multiplyAdds.ts";
import { scope, tensor } from "../tensor.ts";
import { type LanguageModel, openLanguageModel } from "./languageModel.ts";
import { clockStep, type Timing, timeWork } from "./stopwatch.ts";
import type { Run, Task } from "./task.ts";

export interface TimePhasesParams {
  /** Tokens of the prompt and of the answer. */
  readonly prompt: number;
  readonly answer: number;
  /** `shipped`, or a model of the reader's. */
  readonly model?: string;
}

/** Reading a prompt, or writing an answer. */
export interface Phase {
  readonly tokens: number;
  /** Times that every weight is fetched: once for a whole prompt, once for each token of an answer. */
  readonly passes: number;
  readonly work: number;
  /** Bytes of weights that all passes fetch together. */
  readonly fetched: number;
  /** Of the whole phase; null while it was not timed. */
  readonly time: Timing | null;
}

export interface TimePhasesFrame {
  readonly read: Phase;
  readonly write: Phase;
  /** The clock's step in ms. */
  readonly clock: number | null;
  readonly contextLength: number;
}

/**
 * One request to the shipped model: a prompt that is read in one pass, and an answer written over the cache. Multiply–adds are counted
 * for the first frame; then both phases are timed whole, as medians over blocks of at least 20 ms.
 */
export const timePhases: Task<TimePhasesParams, TimePhasesFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  try {
    for (;;) {
      const before = JSON.stringify(run.params);
      for await (const frame of phasesOf(language, { ...run.params }, run)) {
        yield frame;
        if (JSON.stringify(run.params) !== before) break;
      }
      if (JSON.stringify(run.params) === before) await run.changed();
    }
  } finally {
    language.close();
  }
};

export async function* phasesOf(
  { model, tokenizer, start }: LanguageModel, params: TimePhasesParams, run: Pick<Run<unknown>, "breathe">,
): AsyncGenerator<TimePhasesFrame> {
  const { config, parameters: { backend, tensors } } = model;
  const { contextLength } = config;
  const prompt = Math.min(params.prompt, contextLength - 2), answer = Math.min(params.answer, contextLength - prompt);
  const weights = 4 * [...tensors.values()].reduce((sum, { size }) => sum + size, 0);
  const story = [start, ...tokenizer.encode("Once upon a time there was a little bear who lived in the forest.")];
  const ids = Array.from({ length: prompt + answer }, (_, i) => story[i % story.length]!);
  // The pass over the prompt gives the answer's first token, so that the phases overlap in it: it is counted where it is computed.
  const read = { tokens: prompt, passes: 1, work: uncachedStep(config, prompt), fetched: weights };
  const steps = Array.from({ length: answer }, (_, i) => cachedStep(config, prompt + i + 1));
  const write = { tokens: answer, passes: answer, work: steps.reduce((a, b) => a + b, 0), fetched: answer * weights };
  yield { read: { ...read, time: null }, write: { ...write, time: null }, clock: null, contextLength };

  const clock = clockStep();
  const readTime = await timeWork(backend, () => scope(() => {
    const row = tensor(backend, [1, 1], [prompt - 1], "i32");
    model.forward(tensor(backend, [1, prompt], ids.slice(0, prompt), "i32"), { row });
  }), run);
  yield { read: { ...read, time: readTime }, write: { ...write, time: null }, clock, contextLength };
  const cache = decoder(model);
  try {
    await cache.prefill(ids.slice(0, prompt));
    const writeTime = await timeWork(backend, () => {
      cache.rewind(prompt);
      for (let i = 0; i < answer; i++) cache.feed(ids[prompt + i]!);
    }, run);
    yield { read: { ...read, time: readTime }, write: { ...write, time: writeTime }, clock, contextLength };
  } finally {
    cache.close();
  }
}
