import { tokenStream, windows } from "../data/batches.ts";
import { corpusOneByOne, HELD_OUT_STREAM } from "../data/storyGrammar.ts";
import { meanLoss } from "../nn/meanLoss.ts";
import type { LanguageModel } from "./languageModel.ts";

/** Which stories: the seed is that of the shipped model's recipe, whose training drew from another stream. */
const stories = { seed: 20, count: 60 };

/** Measures a model on stories that training never saw: `rows` windows of `time` tokens, the same at every call. Returns nats a token. */
export function heldOutLoss({ model, tokenizer, start }: LanguageModel, rows: number, time: number): (breathe?: () => Promise<void>) => Promise<number> {
  let held: Parameters<typeof meanLoss>[1] | null = null;
  return async (breathe) => {
    if (!held) {
      const texts = await corpusOneByOne(stories.seed, stories.count, HELD_OUT_STREAM, (text) => tokenizer.encode(text), breathe);
      held = [...windows(tokenStream(texts, start), rows, time, 1)];
    }
    return meanLoss(model, held, breathe);
  };
}
