import { join } from "node:path";
import { type OpenedModel, openModel } from "../checkpoint/modelDirectory.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { type Option, Refusal } from "./command.ts";
import { expectDirectory, readInput } from "./files.ts";

export const modelOption: Option = {
  kind: "text",
  value: "DIR",
  summary: "a Hugging Face directory: config.json (gpt2 or llama) and model.safetensors",
  required: true,
};

/** Opens the model of a directory, plain or packed in 8 bits. Throws: Refusal, ModelFileError. */
export function openModelFolder(path: string): OpenedModel & { readonly configBytes: Uint8Array } {
  expectDirectory(path, "--model");
  const configBytes = readInput(join(path, "config.json"), "--model", 2 ** 20);
  const weights = readInput(join(path, "model.safetensors"), "--model");
  return { ...openModel({ config: configBytes, weights }), configBytes };
}

/** Opens tokenizer.json and nothing else of the directory. Throws: Refusal, ModelFileError. */
export function openTokenizer(path: string, otherwise = ""): Tokenizer {
  expectDirectory(path, "--model");
  try {
    return readTokenizerJson(readInput(join(path, "tokenizer.json"), "--model", 32 * 2 ** 20));
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`${error.message}${otherwise}`) : error;
  }
}
