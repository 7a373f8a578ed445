import type { Backend } from "../backend.ts";
import { openModel } from "../checkpoint/modelDirectory.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { frozen } from "../nn/parameters.ts";
import { plainTransformer, type Transformer } from "../nn/plainTransformer.ts";
import type { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { shippedFolder } from "./shippedModel.ts";
import type { Run } from "./task.ts";

/** What the book knows of a shipped model beside its weights; written by the command that packs it. */
export interface ModelCard {
  /** What the model has read, in one sentence. */
  readonly read: string;
  /** How often each id occurred in the training text; empty where nobody knows. */
  readonly counts: readonly number[];
  /** Heads whose pattern was supervised in training. */
  readonly taught: readonly { readonly layer: number; readonly head: number; readonly as: string }[];
  /** How long it was trained and to which loss on held-out text, in nats a token; absent where nobody measured. */
  readonly training?: { readonly steps: number; readonly heldOutLoss: number };
}

export interface LanguageModel {
  readonly model: Transformer;
  readonly tokenizer: Tokenizer;
  readonly card: ModelCard;
  /** The id that stands before every text in training. */
  readonly start: number;
  close(): void;
}

/** Where a model comes from, and the params of the task: one of them may name a model of the reader's. */
export type ModelSource = Pick<Run<unknown>, "artefact" | "files"> & Partial<Pick<Run<unknown>, "breathe">> & { readonly params?: object };

export interface OpenOptions {
  readonly folder?: string;
  /** The attention that probes of patterns and masks need: its code is only for tasks that look so closely. */
  readonly stepByStep?: typeof attentionWithPattern;
}

/**
 * Opens a model: the reader's own where a param of the task says `mine:<hash>`, else the shipped one from its packs in `folder`.
 * Throws: ModelFileError when a file is not sound, Error when one does not arrive.
 */
export async function openLanguageModel(
  run: ModelSource, backend: Backend, { folder = shippedFolder, stepByStep }: OpenOptions = {},
): Promise<LanguageModel> {
  const asked = Object.values(run.params ?? {}).find((value): value is string =>
    typeof value === "string" && value.startsWith("mine:") && (run.files?.(value) ?? []).length > 0);
  if (asked !== undefined) {
    // Files of every kind that a reader may bring: their code is not for those who bring none.
    const { openReadersModel } = await import("./readersModel.ts");
    return openReadersModel(run, backend, asked);
  }
  const [config, weights, tokenizerBytes, cardBytes] = await Promise.all(
    ["config.json", "model.safetensors", "tokenizer.json", "card.json"].map((file) => run.artefact(`${folder}/${file}`)),
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const opened = openModel({ config, weights });
  await run.breathe?.();
  const tokenizer = readTokenizerJson(tokenizerBytes);
  if (tokenizer.vocabSize !== opened.config.vocabSize) {
    throw new RangeError(`openLanguageModel: the tokenizer has ${tokenizer.vocabSize} tokens and the model ${opened.config.vocabSize}`);
  }
  await run.breathe?.();
  const parameters = frozen(backend, parameterShapes(opened.config), opened.parameters);
  const model = plainTransformer(opened.config, parameters, stepByStep);
  const start = [...tokenizer.specials.values()][0] ?? 0;
  return {
    model, tokenizer, card: JSON.parse(new TextDecoder().decode(cardBytes)) as ModelCard, start,
    close() {
      model.close();
      parameters.close();
    },
  };
}
