import { tokenStream, windows } from "../data/batches.ts";
import { HELD_OUT_STREAM, teller } from "../data/storyGrammar.ts";
import { meanLoss } from "../nn/meanLoss.ts";
import type { LanguageModel } from "./languageModel.ts";

/** Which stories: the seed is that of the shipped model's recipe, whose training drew from another stream. */
const stories = { seed: 20, count: 60 };

/** Measures a model on stories that training never saw: `rows` windows of `time` tokens, the same at every call. Returns nats a token. */
export function heldOutLoss({ model, tokenizer, start }: LanguageModel, rows: number, time: number): (breathe?: () => Promise<void>) => Promise<number> {
  let held: Parameters<typeof meanLoss>[1] | null = null;
  return async (breathe) => {
    if (!held) {
      const next = teller(stories.seed, HELD_OUT_STREAM), texts: number[][] = [];
      while (texts.length < stories.count) {
        texts.push(tokenizer.encode(next()));
        await breathe?.();
      }
      held = [...windows(tokenStream(texts, start), rows, time, 1)];
    }
    return meanLoss(model, held, breathe);
  };
}
