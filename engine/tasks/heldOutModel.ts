import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { tokenStream, windows } from "../data/batches.ts";
import { generate } from "../nn/generate.ts";
import { meanLoss } from "../nn/meanLoss.ts";
import type { Batch } from "../nn/trainer.ts";
import { random } from "../random.ts";
import { greedy } from "../sampling/sample.ts";
import { read as readTensor } from "../tensor.ts";
import type { LanguageModel } from "./languageModel.ts";

/** Held-out stories: 1,024 tokens. The seed is that of the shipped model's recipe, whose training drew from another stream. */
const stories = { seed: 20, count: 60, rows: 8, time: 128 };

/** A matrix of a model by its name, as the model was opened with it. */
export interface NamedMatrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** A language model whose matrices can be exchanged, and which is then measured on the same stories. */
export interface HeldOutModel {
  readonly matrices: readonly NamedMatrix[];
  /** Numbers that are no matrix: gains and biases. They are never rounded. */
  readonly otherParameters: number;
  /** How many tokens the loss is the mean of. */
  readonly tokens: number;
  /** Puts these in place of their matrices, and all others back to what they were. */
  write(changed: ReadonlyMap<string, Float32Array>): void;
  /** Nats a token on stories that training never saw. */
  loss(): Promise<number>;
  /** The likeliest token again and again, as texts; it ends where the model ends its text. */
  greedyTokens(prompt: string, length: number): Promise<string[]>;
}

/** Reads the matrices of an opened model. It stays the caller's to close. */
export async function openHeldOutModel({ model, tokenizer, start }: LanguageModel): Promise<HeldOutModel> {
  const { backend, tensors } = model.parameters;
  const time = Math.min(stories.time, model.config.contextLength);
  const rows = Math.round((stories.rows * stories.time) / time);
  // The grammar is large, and a first picture does without it: it comes when a loss is asked for.
  const readStories = async (): Promise<(Batch & { readonly rows: number })[]> => {
    const { corpus, HELD_OUT_STREAM } = await import("../data/storyGrammar.ts");
    const texts = corpus(stories.seed, stories.count, HELD_OUT_STREAM).map((text) => tokenizer.encode(text));
    return [...windows(tokenStream(texts, start), rows, time, 1)];
  };
  let held: ReturnType<typeof readStories> | null = null;
  const shapes = [...parameterShapes(model.config)];
  const matrices: NamedMatrix[] = [];
  for (const [name, shape] of shapes) {
    if (shape.length !== 2) continue;
    matrices.push({ name, rows: shape[0]!, columns: shape[1]!, values: Float32Array.from(await readTensor(tensors.get(name)!)) });
  }
  const otherParameters = shapes.filter(([, shape]) => shape.length !== 2).reduce((sum, [, [size = 0]]) => sum + size, 0);
  const exchanged = new Set<string>();
  return {
    matrices, otherParameters, tokens: rows * time,
    write(changed) {
      for (const { name, values } of matrices) {
        const now = changed.get(name);
        if (now) backend.write(tensors.get(name)!.buffer, now);
        else if (exchanged.delete(name)) backend.write(tensors.get(name)!.buffer, values);
        if (now) exchanged.add(name);
      }
    },
    loss: async () => meanLoss(model, await (held ??= readStories())),
    async greedyTokens(prompt, length) {
      const ids = [start, ...tokenizer.encode(prompt).slice(1 - model.config.contextLength + length)];
      const texts: string[] = [];
      for await (const { id } of generate(model, ids, { ...greedy, maxTokens: length, stop: start }, random(1))) texts.push(tokenizer.decode([id]));
      return texts;
    },
  };
}
