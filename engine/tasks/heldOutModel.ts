import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { generate } from "../nn/generate.ts";
import { random } from "../random.ts";
import { greedy } from "../sampling/sample.ts";
import { read } from "../tensor.ts";
import { pieceText } from "../tokenizer/pieceText.ts";
import type { heldOutLoss } from "./heldOutStories.ts";
import type { LanguageModel } from "./languageModel.ts";

/** The loss is the mean of 1,024 tokens, in as long rows as the context allows up to this. */
const held = { tokens: 1024, time: 128 };

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
  loss(breathe: () => Promise<void>): Promise<number>;
  /** The likeliest token again and again, as texts; it ends where the model ends its text. */
  greedyTokens(prompt: string, length: number): Promise<string[]>;
}

/** Reads the matrices of an opened model. It stays the caller's to close. */
export async function openHeldOutModel(language: LanguageModel): Promise<HeldOutModel> {
  const { model, tokenizer, start } = language;
  const { backend, tensors } = model.parameters;
  const time = Math.min(held.time, model.config.contextLength);
  const rows = Math.round(held.tokens / time);
  // The grammar is large, and a first picture does without it: it comes when a loss is asked for.
  let measure: Promise<ReturnType<typeof heldOutLoss>> | null = null;
  const shapes = [...parameterShapes(model.config)];
  const matrices: NamedMatrix[] = [];
  for (const [name, shape] of shapes) {
    if (shape.length !== 2) continue;
    matrices.push({ name, rows: shape[0]!, columns: shape[1]!, values: Float32Array.from(await read(tensors.get(name)!)) });
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
    loss: async (breathe) => (await (measure ??= import("./heldOutStories.ts").then((told) => told.heldOutLoss(language, rows, time))))(breathe),
    async greedyTokens(prompt, most) {
      // A small model keeps half of its context for the text that it is to go on with.
      const length = Math.min(most, model.config.contextLength >> 1);
      const ids = [start, ...tokenizer.encode(prompt).slice(1 - model.config.contextLength + length)];
      const texts: string[] = [];
      for await (const { id } of generate(model, ids, { ...greedy, maxTokens: length, stop: start }, random(1))) texts.push(pieceText(tokenizer, id));
      return texts;
    },
  };
}
