import { checkDecoderConfig, decoderConfigFault, type DecoderConfig } from "../nn/decoderConfig.ts";
import type { PackedModel } from "../nn/packedParameters.ts";
import type { RopeScaling } from "../ops/rope.ts";
import { packCodes, type PackedMatrix } from "../quantize/packedMatrix.ts";
import { createSentencePiece, type SentencePiece } from "../tokenizer/sentencePiece.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { type Gguf, type GgufValue, readGguf } from "./gguf.ts";
import type { GgufCodes } from "./ggufBlocks.ts";
import type { HostTensor } from "./hostTensor.ts";
import type { OpenedModel } from "./modelDirectory.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import { fromCheckpoint } from "./names.ts";
import { checkpointParts } from "./nameTable.ts";
import { parameterShapes } from "./parameterShapes.ts";

export interface OpenedGguf extends OpenedModel {
  /** Null when the file has no tokenizer of a kind that is read here. */
  readonly tokenizer: Tokenizer | null;
}

/**
 * Opens a GGUF file of the `llama` architecture with F32, F16, BF16, Q8_0 or Q4_0 tensors.
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
  const names = new Map([...file.tensors.keys()].map((name) => [huggingFaceName(name), name]));
  const parts = checkpointParts(config, "");
  const matrices = new Map<string, PackedMatrix>(), rest = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(config)) {
    const codes = parts.filter((part) => part.parameter === name).map((part) => {
      const own = names.get(part.name)!;
      const found = shape.length === 2 ? file.codes(own) : null;
      return found && turned(found, headsOf(own, config), part.rows, part.columns);
    });
    const all = codes.filter((part) => part !== null);
    if (all.length < codes.length) {
      rest.set(name, parameters.get(name)!);
      continue;
    }
    const bits = all.every((part) => part.bits === 4) ? 4 : 8;
    matrices.set(name, packCodes(
      joined(Int8Array, all.map(({ q }) => q)), joined(Float32Array, all.map(({ scales }) => scales)), shape, { bits, group: 32 }
    ));
  }
  return { config, model: { matrices, rest }, tokenizer };
}

function joined<T extends Int8Array | Float32Array>(make: new (length: number) => T, parts: readonly T[]): T {
  const whole = new make(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Codes and scales in the engine's order of rows: a row is a whole number of blocks. */
function turned(codes: GgufCodes, heads: number, rows: number, columns: number): GgufCodes {
  if (heads === 0) return codes;
  return { ...codes, q: halfSplit(codes.q, heads, [rows, columns]), scales: halfSplit(codes.scales, heads, [rows, columns / 32]) };
}

/** How many heads share the rows that the file keeps in its own order: none but queries and keys do. */
const headsOf = (name: string, { nHeads, nKvHeads }: DecoderConfig): number =>
  name.includes(".attn_q.") ? nHeads : name.includes(".attn_k.") ? nKvHeads : 0;

function openFile(file: Gguf): OpenedGguf {
  const config = readGgufConfig(file);
  const tensors = new Map<string, HostTensor>();
  for (const [name, { shape }] of file.tensors) {
    if (name === "rope_freqs.weight") continue;
    const theirs = huggingFaceName(name);
    if (theirs === undefined) {
      throw new ModelFileError("surplus", `gguf: ${quoted(name)} is surplus, a llama model has no place for it`, { tensor: name });
    }
    const heads = headsOf(name, config);
    const values = file.read(name);
    tensors.set(theirs, { dtype: "F32", shape, data: heads > 0 ? halfSplit(values, heads, shape) : values });
  }
  const tokenizer = readGgufTokenizer(file);
  if (tokenizer && tokenizer.vocabSize > config.vocabSize) {
    throw new ModelFileError("config", `gguf: the tokenizer has ${tokenizer.vocabSize} tokens, the embedding ${config.vocabSize} rows`);
  }
  return { config, parameters: fromCheckpoint(tensors, config), metadata: new Map([["format", "pt"]]), prefix: "", tokenizer };
}

/** The configuration that the metadata and the shapes of the tensors state. Throws: ModelFileError `config`. */
export function readGgufConfig({ metadata, tensors, read }: Gguf): DecoderConfig {
  const text = (key: string): string | undefined => {
    const value = metadata.get(key);
    return value === undefined || typeof value === "string" ? value : refuse(`${key} is ${shown(value)}, expected text`);
  };
  const number = (key: string, absent?: number): number => {
    const value = metadata.get(key) ?? absent;
    return typeof value === "number" ? value : refuse(`${key} is ${shown(value)}, expected a number`);
  };
  const architecture = text("general.architecture");
  if (architecture !== "llama") refuse(`general.architecture is ${shown(architecture)}, read is "llama"`);
  const dModel = number("llama.embedding_length"), nHeads = number("llama.attention.head_count");
  const dHead = number("llama.attention.key_length", number("llama.rope.dimension_count", dModel / nHeads));
  for (const key of ["llama.rope.dimension_count", "llama.attention.value_length"]) {
    if (number(key, dHead) !== dHead) refuse(`${key} is ${number(key)}, the heads are ${dHead} wide`);
  }
  if (number("llama.expert_count", 0) > 0) {
    refuse(`llama.expert_count is ${number("llama.expert_count")}, mixtures of experts are not read`);
  }
  const vocabSize = tensors.get("token_embd.weight")?.shape[0] ?? number("llama.vocab_size");
  if (number("llama.vocab_size", vocabSize) !== vocabSize) {
    refuse(`llama.vocab_size is ${number("llama.vocab_size")}, the embedding has ${vocabSize} rows`);
  }
  const config: DecoderConfig = {
    vocabSize, contextLength: number("llama.context_length"), dModel, nLayers: number("llama.block_count"), nHeads,
    nKvHeads: number("llama.attention.head_count_kv", nHeads), dHead, dMlp: number("llama.feed_forward_length"),
    position: "rope", ropeBase: number("llama.rope.freq_base", 10_000), norm: "rms",
    // Kept as float32 in the file: 1e-5 would come back as 0.000009999999747.
    normEpsilon: Number(number("llama.attention.layer_norm_rms_epsilon", 1e-5).toPrecision(6)),
    activation: "swiglu", bias: false, tied: !tensors.has("output.weight"),
  };
  const type = text("llama.rope.scaling.type") ?? "none";
  let scaling: RopeScaling | undefined;
  if (tensors.has("rope_freqs.weight")) scaling = { type: "factors", factors: Array.from(read("rope_freqs.weight")) };
  else if (type === "linear") scaling = { type: "linear", factor: number("llama.rope.scaling.factor") };
  else if (type !== "none") refuse(`llama.rope.scaling.type is ${quoted(type)}, read are "none" and "linear"`);
  const whole: DecoderConfig = {
    ...config, ...(scaling ? { ropeScaling: scaling } : {}), ...(tensors.has("blk.0.attn_q.bias") ? { attentionBias: true } : {}),
  };
  const fault = decoderConfigFault(whole);
  return fault === undefined ? checkDecoderConfig(whole) : refuse(fault);
}

/** The tokenizer of a file, when it is of the SentencePiece kind; null for others. Throws: ModelFileError. */
export function readGgufTokenizer({ metadata }: Gguf): Tokenizer | null {
  if (metadata.get("tokenizer.ggml.model") !== "llama") return null;
  const list = (key: string): readonly GgufValue[] => {
    const value = metadata.get(key);
    return Array.isArray(value) ? value : refuse(`${key} is ${shown(value)}, expected a list`);
  };
  const tokens = list("tokenizer.ggml.tokens"), scores = list("tokenizer.ggml.scores"), types = list("tokenizer.ggml.token_type");
  if (scores.length !== tokens.length || types.length !== tokens.length) {
    refuse(`the tokenizer has ${tokens.length} tokens, ${scores.length} scores and ${types.length} types`);
  }
  const pieces = tokens.map((text, id): SentencePiece => {
    const score = scores[id], type = types[id];
    if (typeof text !== "string" || typeof score !== "number" || typeof type !== "number") {
      return refuse(`token ${id} is not text with a score and a type`);
    }
    return { text, score, type };
  });
  return createSentencePiece(pieces, { addPrefix: metadata.get("tokenizer.ggml.add_space_prefix") !== false });
}

const blockNames = new Map([
  ["attn_norm", "input_layernorm"], ["attn_q", "self_attn.q_proj"], ["attn_k", "self_attn.k_proj"], ["attn_v", "self_attn.v_proj"],
  ["attn_output", "self_attn.o_proj"], ["ffn_norm", "post_attention_layernorm"], ["ffn_gate", "mlp.gate_proj"], ["ffn_up", "mlp.up_proj"],
  ["ffn_down", "mlp.down_proj"],
]);
const outerNames = new Map([
  ["token_embd.weight", "model.embed_tokens.weight"], ["output_norm.weight", "model.norm.weight"], ["output.weight", "lm_head.weight"],
]);

function huggingFaceName(name: string): string | undefined {
  const [, layer, module, kind] = /^blk\.(0|[1-9][0-9]{0,3})\.([a-z_]+)\.(weight|bias)$/.exec(name) ?? [];
  const known = module === undefined ? undefined : blockNames.get(module);
  return known === undefined ? outerNames.get(name) : `model.layers.${layer}.${known}.${kind}`;
}

/** Rows 2j and 2j + 1 of each head become rows j and j + dHead/2. */
function halfSplit<T extends Float32Array | Int8Array>(values: T, heads: number, [rows = 1, columns = 1]: readonly number[]): T {
  const dHead = rows / heads;
  // Odd heads are refused with the shape by fromCheckpoint; here they must only not be mistaken for a way to read past the end.
  if (!Number.isInteger(dHead / 2)) return values;
  const sorted = values.slice() as T;
  for (let row = 0; row < rows; row++) {
    const inHead = row % dHead;
    const to = row - inHead + Math.floor(inHead / 2) + (inHead % 2) * (dHead / 2);
    sorted.set(values.subarray(row * columns, (row + 1) * columns), to * columns);
  }
  return sorted;
}

function shown(value: GgufValue | undefined): string {
  if (value === undefined) return "missing";
  return typeof value === "string" ? quoted(value) : Array.isArray(value) ? "a list" : String(value);
}

function refuse(message: string): never {
  throw new ModelFileError("config", `gguf: ${message}`);
}
