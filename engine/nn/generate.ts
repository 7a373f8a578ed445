import { type Random, random } from "../random.ts";
import { applyLogitRules, type LogitRules } from "../sampling/logitRules.ts";
import { sample, type SamplingOptions } from "../sampling/sample.ts";
import type { TokenGrammar } from "../sampling/tokenGrammar.ts";
import { decoder, type DecoderOptions } from "./decoder.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import type { Transformer } from "./transformer.ts";

export interface GenerateOptions extends SamplingOptions, Omit<LogitRules, "allowed"> {
  readonly maxTokens: number;
  /** Generation ends before this id. */
  readonly stop?: number;
  /** The continuation is a text of this grammar; it ends where nothing can follow. */
  readonly grammar?: TokenGrammar;
  /** How keys and values are kept. */
  readonly cache?: DecoderOptions;
}

/**
 * Continues a prompt, id by id, until `maxTokens`, the stop id, the end of the grammar, or of the context. `logits` are the model's own,
 * before penalties and masks.
 * Throws: RangeError when the prompt is empty or longer than the context.
 */
export async function* generate(
  model: Transformer, prompt: readonly number[], options: GenerateOptions, draw: Random,
): AsyncGenerator<{ id: number; logits: Float32Array }> {
  const { contextLength } = model.config;
  const { repetitionPenalty, frequencyPenalty, presencePenalty, grammar } = options;
  if (prompt.length === 0) throw new RangeError("generate: the prompt is empty");
  if (prompt.length > contextLength) {
    throw new RangeError(`generate: the prompt has ${prompt.length} ids, the context holds ${contextLength}`);
  }
  const isRuled = grammar !== undefined || (repetitionPenalty ?? 1) !== 1 || Boolean(frequencyPenalty) || Boolean(presencePenalty);
  const history = [...prompt];
  const cache = decoder(model, options.cache ?? {});
  let state = grammar?.start ?? "";
  try {
    for (let made = 0; made < options.maxTokens && cache.length < contextLength; made++) {
      const logits = await (made === 0 ? cache.prefill(prompt) : cache.push(history[history.length - 1]!));
      const allowed = grammar?.allowed(state);
      if (allowed && !allowed.includes(1)) return;
      const rules = {
        repetitionPenalty: repetitionPenalty ?? 1, frequencyPenalty: frequencyPenalty ?? 0, presencePenalty: presencePenalty ?? 0,
      };
      const id = sample(isRuled ? applyLogitRules(logits, history, allowed ? { ...rules, allowed } : rules) : logits, options, draw);
      if (id === options.stop) return;
      if (grammar) state = grammar.next(state, id)!;
      history.push(id);
      yield { id, logits };
    }
  } finally {
    cache.close();
  }
}

/** The text of one continuation, without the prompt; the last token of the vocabulary ends it. */
export async function continueText(
  model: Transformer, tokenizer: Tokenizer, prompt: readonly number[], options: GenerateOptions, seed: number,
): Promise<string> {
  const ids: number[] = [];
  for await (const { id } of generate(model, prompt, { stop: tokenizer.vocabSize - 1, ...options }, random(seed))) ids.push(id);
  return tokenizer.decode(ids);
}
