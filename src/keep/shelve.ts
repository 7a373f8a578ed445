import { openModel } from "../../engine/checkpoint/modelDirectory.ts";
import { readSafetensors } from "../../engine/checkpoint/safetensors.ts";
import { readTokenizerJson } from "../../engine/tokenizer/tokenizerJson.ts";
import type { Made, Shape } from "./item.ts";
import { type MadeKind, type Shelved, shelf } from "./shelf.ts";

const file = (bytes: Uint8Array | string): Blob => new Blob([bytes as BlobPart]);

/**
 * Keeps what a task has handed out: a model as one safetensors file with its config.json and tokenizer.json inside, or a tokenizer.json.
 * Throws: ModelFileError when it is not sound; nothing is kept then.
 */
export async function shelve(
  kind: MadeKind, bytes: Uint8Array, about: Pick<Made, "name" | "where" | "read">,
): Promise<{ readonly shelved: Shelved; readonly saved: boolean }> {
  if (kind === "tokenizer") {
    const { vocabSize } = readTokenizerJson(bytes);
    return shelf().keep(kind, { ...about, shape: { vocabSize } }, new Map([["tokenizer.json", file(bytes)]]));
  }
  const { metadata } = readSafetensors(bytes);
  const config = metadata.get("config.json"), tokenizer = metadata.get("tokenizer.json");
  if (config === undefined || tokenizer === undefined) throw new Error("this file does not say its config.json and tokenizer.json");
  const shape = shapeOf(new TextEncoder().encode(config), bytes);
  return shelf().keep(kind, { ...about, shape }, new Map([
    ["config.json", file(config)], ["model.safetensors", file(bytes)], ["tokenizer.json", file(tokenizer)],
  ]));
}

/** Opens a model to the last tensor and says how large it is. Throws: ModelFileError. */
function shapeOf(config: Uint8Array, weights: Uint8Array): Shape {
  const { config: { vocabSize, nLayers, nHeads, contextLength }, parameters } = openModel({ config, weights });
  const count = [...parameters.values()].reduce((sum, { length }) => sum + length, 0);
  return { vocabSize, layers: nLayers, heads: nHeads, context: contextLength, parameters: count };
}
