import { existsSync } from "node:fs";
import { join } from "node:path";
import { readGguf } from "../checkpoint/gguf.ts";
import { openGguf } from "../checkpoint/ggufModel.ts";
import { readGgufTokenizer } from "../checkpoint/ggufTokenizer.ts";
import { writeConfig } from "../checkpoint/huggingFace.ts";
import { type OpenedModel, openModel, openShardedModel } from "../checkpoint/modelDirectory.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { readSentencePieceModel } from "../tokenizer/sentencePieceModel.ts";
import { readTokenizerJson } from "../tokenizer/tokenizerJson.ts";
import { type Option, Refusal } from "./command.ts";
import { expectDirectory, readInput } from "./files.ts";

export const modelOption: Option = {
  kind: "text",
  value: "DIR",
  summary: "a Hugging Face directory: config.json (gpt2 or llama) and model.safetensors; or a .gguf file (gpt2 or llama)",
  required: true,
};

const isGguf = (path: string): boolean => path.toLowerCase().endsWith(".gguf");

/**
 * Opens the model of a directory, plain or packed in 8 bits, in one file or in those that an index names; or of a GGUF file.
 * Throws: Refusal, ModelFileError.
 */
export function openModelFolder(path: string): OpenedModel & { readonly configBytes: Uint8Array } {
  if (isGguf(path)) {
    const { tokenizer: _, ...model } = openGguf(readInput(path, "--model"));
    // A stretch given pair by pair has no word in config.json; all else has.
    return { ...model, configBytes: model.config.ropeScaling?.type === "factors" ? new Uint8Array() : writeConfig(model.config) };
  }
  expectDirectory(path, "--model");
  const configBytes = readInput(join(path, "config.json"), "--model", 2 ** 20);
  const indexPath = join(path, "model.safetensors.index.json");
  if (!existsSync(join(path, "model.safetensors")) && existsSync(indexPath)) {
    const index = readInput(indexPath, "--model", 2 ** 24);
    return { ...openShardedModel({ config: configBytes, index }, (file) => readInput(join(path, file), "--model")), configBytes };
  }
  const weights = readInput(join(path, "model.safetensors"), "--model");
  return { ...openModel({ config: configBytes, weights }), configBytes };
}

/** Opens tokenizer.json (or, without it, tokenizer.model, or that of a GGUF file) and nothing else. Throws: Refusal, ModelFileError. */
export function openTokenizer(path: string, otherwise = ""): Tokenizer {
  if (isGguf(path)) {
    const tokenizer = readGgufTokenizer(readGguf(readInput(path, "--model")));
    if (!tokenizer) throw new Refusal(`--model: the file has no tokenizer of a kind that is read here${otherwise}`);
    return tokenizer;
  }
  expectDirectory(path, "--model");
  try {
    const model = join(path, "tokenizer.model");
    if (!existsSync(join(path, "tokenizer.json")) && existsSync(model)) {
      return readSentencePieceModel(readInput(model, "--model", 32 * 2 ** 20));
    }
    return readTokenizerJson(readInput(join(path, "tokenizer.json"), "--model", 32 * 2 ** 20));
  } catch (error) {
    throw error instanceof Refusal ? new Refusal(`${error.message}${otherwise}`) : error;
  }
}
