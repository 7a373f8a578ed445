import { type Random, random } from "../random.ts";
import { sample, type SamplingOptions } from "../sampling/sample.ts";
import { decoder } from "./decoder.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import type { Transformer } from "./transformer.ts";

export interface GenerateOptions extends SamplingOptions {
  readonly maxTokens: number;
  /** Generation ends before this id. */
  readonly stop?: number;
}

/**
 * Continues a prompt, id by id, until `maxTokens`, the stop id, or the end of the context.
 * Throws: RangeError when the prompt is empty or longer than the context.
 */
export async function* generate(model: Transformer, prompt: readonly number[], options: GenerateOptions, draw: Random): AsyncGenerator<{ id: number; logits: Float32Array }> {
  const { contextLength } = model.config;
  if (prompt.length === 0) throw new RangeError("generate: the prompt is empty");
  if (prompt.length > contextLength) throw new RangeError(`generate: the prompt has ${prompt.length} ids, the context holds ${contextLength}`);
  const cache = decoder(model);
  try {
    for (const id of prompt.slice(0, -1)) cache.feed(id);
    let last = prompt[prompt.length - 1]!;
    for (let made = 0; made < options.maxTokens && cache.length < contextLength; made++) {
      const logits = await cache.push(last);
      last = sample(logits, options, draw);
      if (last === options.stop) return;
      yield { id: last, logits };
    }
  } finally {
    cache.close();
  }
}

/** The text of one continuation, without the prompt; the last token of the vocabulary ends it. */
export async function continueText(model: Transformer, tokenizer: Tokenizer, prompt: readonly number[], options: GenerateOptions, seed: number): Promise<string> {
  const ids: number[] = [];
  for await (const { id } of generate(model, prompt, { stop: tokenizer.vocabSize - 1, ...options }, random(seed))) ids.push(id);
  return tokenizer.decode(ids);
}
