import { decoderConfigFault, type DecoderConfig } from "../nn/decoderConfig.ts";
import type { PackedModel } from "../nn/packedParameters.ts";
import type { RopeScaling } from "../ops/rope.ts";
import { packCodes, type PackedMatrix } from "../quantize/packedMatrix.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { type Gguf, readGguf, shownGguf as shown } from "./gguf.ts";
import type { GgufCodes } from "./ggufBlocks.ts";
import { elementCount, type HostTensor } from "./hostTensor.ts";
import type { OpenedModel } from "./modelDirectory.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import { ggufParts } from "./ggufNames.ts";
import { readGgufTokenizer } from "./ggufTokenizer.ts";
import { fromCheckpoint, placeRows } from "./names.ts";
import type { Part } from "./nameTable.ts";
import { parameterShapes } from "./parameterShapes.ts";

export interface OpenedGguf extends OpenedModel {
  /** Null when the file has no tokenizer of a kind that is read here. */
  readonly tokenizer: Tokenizer | null;
}

/**
 * Opens a GGUF file of the `llama` or `gpt2` architecture with F32, F16, BF16, Q8_0 or Q4_0 tensors.
 *
 * Such files keep the rows of query and key so that the two numbers of a rotary pair are neighbours; they are put back into two halves.
 *
 * Throws: ModelFileError, those of `readGguf`, `config`, and those of `fromCheckpoint`.
 */
export function openGguf(bytes: Uint8Array): OpenedGguf {
  return openFile(readGguf(bytes));
}

/**
 * Opens a GGUF file for `uploadPackedModel`: Q8_0 and Q4_0 matrices keep their codes and scales, the rest is float32. Where the parts
 * of a joint matrix have different bits, 4-bit codes are stored in 8, which changes no number.
 *
 * Throws: ModelFileError, under all the rules of `openGguf`.
 */
export function openPackedGguf(
  bytes: Uint8Array,
): { readonly config: DecoderConfig; readonly model: PackedModel; readonly tokenizer: Tokenizer | null } {
  const file = readGguf(bytes);
  const { config, parameters, tokenizer } = openFile(file);
  const parts = ggufParts(config);
  const matrices = new Map<string, PackedMatrix>(), rest = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(config)) {
    const own = parts.filter((part) => part.parameter === name);
    const codes = own.map((part) => (shape.length === 2 ? file.codes(part.name) : null));
    const joined = joinCodes(own, codes, shape);
    if (joined) matrices.set(name, joined);
    else rest.set(name, parameters.get(name)!);
  }
  return { config, model: { matrices, rest }, tokenizer };
}

/** The packed matrix whose parts have these codes; null when one of them has none. */
export function joinCodes(
  parts: readonly Part[], codes: readonly (GgufCodes | null)[], shape: readonly number[],
): PackedMatrix | null {
  const all = codes.filter((part) => part !== null);
  if (all.length < codes.length) return null;
  const size = elementCount(shape);
  const q = new Int8Array(size), scales = new Float32Array(size / 32);
  for (const [i, part] of parts.entries()) {
    placeRows(all[i]!.q, q, part);
    // A row is a whole number of blocks, so scales lie as codes do.
    placeRows(all[i]!.scales, scales, { ...part, columns: part.columns / 32 });
  }
  return packCodes(q, scales, shape, { bits: all.every((part) => part.bits === 4) ? 4 : 8, group: 32 });
}

function openFile(file: Gguf): OpenedGguf {
  const isThere = file.tensors.has("rope_freqs.weight");
  const config = readGgufConfig(file, { ropeFactors: isThere ? file.read("rope_freqs.weight") : null, isTied: hasTiedHead(file) });
  const tensors = new Map<string, HostTensor>();
  for (const [name, { shape }] of file.tensors) {
    if (name === "rope_freqs.weight" || (config.tied && name === "output.weight")) continue;
    tensors.set(name, { dtype: "F32", shape, data: file.read(name) });
  }
  const tokenizer = readGgufTokenizer(file);
  expectTokenizer(tokenizer, config);
  const parameters = fromCheckpoint(tensors, config, ggufParts(config));
  return { config, parameters, metadata: new Map([["format", "pt"]]), prefix: "", tokenizer };
}

/** Throws: ModelFileError `config` for a tokenizer with more tokens than the model has rows. */
export function expectTokenizer(tokenizer: Tokenizer | null, config: DecoderConfig): void {
  if (!tokenizer || tokenizer.vocabSize <= config.vocabSize) return;
  throw new ModelFileError("config", `tokenizer: it has ${tokenizer.vocabSize} tokens, the model's embedding ${config.vocabSize} rows`);
}

/** Whether the embedding is the unembedding: there is no head, or one that repeats it number for number. */
function hasTiedHead({ tensors, read }: Gguf): boolean {
  const head = tensors.get("output.weight"), table = tensors.get("token_embd.weight");
  if (!head || !table || head.type !== table.type || head.shape.join() !== table.shape.join()) return !head;
  const other = read("token_embd.weight");
  return read("output.weight").every((value, i) => value === other[i]);
}

/**
 * The configuration that the metadata and the shapes of the tensors state, `gpt2` or `llama`.
 *
 * Throws: ModelFileError `config`.
 */
export function readGgufConfig(
  { metadata, tensors }: Pick<Gguf, "metadata" | "tensors">,
  { ropeFactors, isTied }: { readonly ropeFactors: Float32Array | null; readonly isTied: boolean },
): DecoderConfig {
  const text = (key: string): string | undefined => {
    const value = metadata.get(key);
    return value === undefined || typeof value === "string" ? value : refuse(`${key} is ${shown(value)}, expected text`);
  };
  const architecture = text("general.architecture");
  if (architecture !== "llama" && architecture !== "gpt2") {
    return refuse(`general.architecture is ${shown(architecture)}, read are "llama" and "gpt2"`);
  }
  const keyOf = (key: string): string => `${architecture}.${key}`;
  const number = (name: string, absent?: number): number => {
    const value = metadata.get(keyOf(name)) ?? absent;
    return typeof value === "number" ? value : refuse(`${keyOf(name)} is ${shown(value)}, expected a number`);
  };
  const dModel = number("embedding_length"), nHeads = number("attention.head_count");
  const vocabSize = tensors.get("token_embd.weight")?.shape[0] ?? number("vocab_size");
  if (number("vocab_size", vocabSize) !== vocabSize) {
    refuse(`${keyOf("vocab_size")} is ${number("vocab_size")}, the embedding has ${vocabSize} rows`);
  }
  const shared = {
    vocabSize, contextLength: number("context_length"), dModel, nLayers: number("block_count"), nHeads,
    dMlp: number("feed_forward_length"), tied: isTied,
  };
  // Kept as float32 in the file: 1e-5 would come back as 0.000009999999747.
  const epsilon = (name: string): number => Number(number(name, 1e-5).toPrecision(6));
  if (architecture === "gpt2") {
    return sound({
      ...shared, nKvHeads: number("attention.head_count_kv", nHeads), dHead: dModel / nHeads, position: "learned", ropeBase: 10_000,
      norm: "layer", normEpsilon: epsilon("attention.layer_norm_epsilon"), activation: "gelu", bias: true,
    });
  }
  const dHead = number("attention.key_length", number("rope.dimension_count", dModel / nHeads));
  for (const key of ["rope.dimension_count", "attention.value_length"]) {
    if (number(key, dHead) !== dHead) refuse(`${keyOf(key)} is ${number(key)}, the heads are ${dHead} wide`);
  }
  if (number("expert_count", 0) > 0) refuse(`llama.expert_count is ${number("expert_count")}, mixtures of experts are not read`);
  const type = text("llama.rope.scaling.type") ?? "none";
  let scaling: RopeScaling | undefined;
  if (ropeFactors) scaling = { type: "factors", factors: Array.from(ropeFactors) };
  else if (type === "linear") scaling = { type: "linear", factor: number("rope.scaling.factor") };
  else if (type !== "none") refuse(`llama.rope.scaling.type is ${quoted(type)}, read are "none" and "linear"`);
  return sound({
    ...shared, nKvHeads: number("attention.head_count_kv", nHeads), dHead, position: "rope", ropeBase: number("rope.freq_base", 10_000),
    norm: "rms", normEpsilon: epsilon("attention.layer_norm_rms_epsilon"), activation: "swiglu", bias: false,
    ...(scaling ? { ropeScaling: scaling } : {}), ...(tensors.has("blk.0.attn_q.bias") ? { attentionBias: true } : {}),
    ...(tensors.has("blk.0.ffn_up.bias") ? { mlpBias: true } : {}),
  });
}

function sound(config: DecoderConfig): DecoderConfig {
  const fault = decoderConfigFault(config);
  return fault === undefined ? config : refuse(fault);
}

function refuse(message: string): never {
  throw new ModelFileError("config", `gguf: ${message}`);
}
