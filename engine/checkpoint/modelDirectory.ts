import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { readConfig, writeConfig } from "./huggingFace.ts";
import { checkpointPrefix, fromCheckpoint, toCheckpoint } from "./names.ts";
import { pack, unpack } from "./packed.ts";
import { readSafetensors, type Safetensors, writeSafetensors } from "./safetensors.ts";
import { readShardIndex, readShards } from "./shards.ts";

/** A model as the engine takes it: a configuration and its parameters by name, each a row-major float32 array. */
export interface OpenedModel {
  readonly config: DecoderConfig;
  readonly parameters: Map<string, Float32Array>;
  readonly metadata: Map<string, string>;
  /** What precedes the tensor names in the file, to be kept on output. */
  readonly prefix: string;
}

/**
 * Opens a model directory from the bytes of its two files, packed or plain; either all of it is sound or nothing is returned.
 *
 * Throws: ModelFileError.
 */
export function openModel(files: { readonly config: Uint8Array; readonly weights: Uint8Array }): OpenedModel {
  return opened(readConfig(files.config), readSafetensors(files.weights));
}

/**
 * Opens a model directory whose weights lie in several files, named by `model.safetensors.index.json`; `open` gives their bytes.
 *
 * Throws: ModelFileError.
 */
export function openShardedModel(files: { readonly config: Uint8Array; readonly index: Uint8Array }, open: (file: string) => Uint8Array): OpenedModel {
  const config = readConfig(files.config);
  return opened(config, readShards(readShardIndex(files.index), open));
}

function opened(config: DecoderConfig, file: Safetensors): OpenedModel {
  const tensors = unpack(file);
  return { config, parameters: fromCheckpoint(tensors, config), metadata: file.metadata, prefix: checkpointPrefix(tensors, config) };
}

/**
 * The files of a model directory that `transformers` and `openModel` read; with `packed`, weights of 8 bits that only the latter reads.
 *
 * Throws: ModelFileError `config` when neither gpt2 nor llama has this combination of layers.
 */
export function saveModel(model: {
  readonly config: DecoderConfig;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  readonly metadata?: ReadonlyMap<string, string>;
  readonly prefix?: string;
  readonly packed?: boolean;
}): { "config.json": Uint8Array; "model.safetensors": Uint8Array } {
  const plain = toCheckpoint(model.parameters, model.config, model.prefix === undefined ? {} : { prefix: model.prefix });
  const { tensors, metadata } = model.packed === true ? pack(plain) : { tensors: plain, metadata: new Map<string, string>() };
  // `transformers` opens only files that name their framework. Metadata of an opened packed file must not mark a plain one as packed.
  const kept = [...(model.metadata ?? [])].filter(([key]) => key !== "quantization" && key !== "group");
  return {
    "config.json": writeConfig(model.config),
    "model.safetensors": writeSafetensors(tensors, new Map([["format", "pt"], ...kept, ...metadata])),
  };
}
