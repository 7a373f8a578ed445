import { generate } from "../nn/generate.ts";
import type { Trainer } from "../nn/trainer.ts";
import { random } from "../random.ts";
import type { Run } from "./task.ts";
import { separatorText, type TrainingText, wordsOf } from "./trainingText.ts";

export interface Sample {
  readonly step: number;
  /** 60 tokens drawn at temperature 0.8; ¶ where the model ended a text and began another. */
  readonly text: string;
  /** How many of its words stand in the corpus. */
  readonly known: number;
  readonly words: number;
  /** The others, in lower case. */
  readonly invented: readonly string[];
}

const sampling = { maxTokens: 60, temperature: 0.8, topK: 0, topP: 1 } as const;

/** Lets a model in training write, from the start of a document on. The same seed and step draw the same random numbers. */
export async function drawSample(
  { model, step }: Trainer, text: TrainingText, seed: number, run: Pick<Run<unknown>, "breathe">,
): Promise<Sample> {
  const ids: number[] = [];
  // Far above the streams of batches.
  for await (const { id } of generate(model, [text.separator], sampling, random(seed, 1e9 + step))) {
    ids.push(id);
    await run.breathe();
  }
  const written = text.tokenizer.decode(ids).replaceAll(separatorText, " ¶ ").trim();
  const words = wordsOf(written);
  const invented = words.filter((word) => !text.words.has(word));
  return { step, text: written, words: words.length, known: words.length - invented.length, invented };
}
