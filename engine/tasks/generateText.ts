import { generate } from "../nn/generate.ts";
import { random } from "../random.ts";
import { openLanguageModel } from "./languageModel.ts";
import type { Task } from "./task.ts";

export interface GenerateParams {
  readonly text: string;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly seed: number;
}

export interface GenerateFrame {
  /** Tokens made so far. */
  readonly step: number;
  readonly prompt: string;
  readonly continuation: string;
  readonly pieces: readonly string[];
  readonly finished: boolean;
}

/** The shipped model continues the reader's text, one token a frame, over a key–value cache. A change of the params starts afresh. */
export const generateText: Task<GenerateParams, GenerateFrame> = async function* (run) {
  const language = await openLanguageModel(run, await run.backend());
  const { model, tokenizer, start } = language;
  try {
    for (;;) {
      const { text, maxTokens, seed, ...sampling } = run.params;
      const before = JSON.stringify(run.params);
      const prompt = [start, ...tokenizer.encode(text)].slice(-Math.floor(model.config.contextLength / 2));
      const made: number[] = [];
      const frame = (finished: boolean): GenerateFrame => ({
        step: made.length, prompt: text, continuation: tokenizer.decode(made), pieces: made.map((id) => tokenizer.display(id)), finished,
      });
      for await (const { id } of generate(model, prompt, { ...sampling, maxTokens, stop: start }, random(seed))) {
        made.push(id);
        yield frame(false);
        if (JSON.stringify(run.params) !== before) break;
      }
      if (JSON.stringify(run.params) !== before) continue;
      yield frame(true);
      await run.changed();
    }
  } finally {
    language.close();
  }
};
