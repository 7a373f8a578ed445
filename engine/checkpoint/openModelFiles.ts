import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { int8Recipe, type PackedModel } from "../nn/packedParameters.ts";
import { isPackable, type PackedMatrix, packMatrix } from "../quantize/packedMatrix.ts";
import type { Tokenizer } from "../tokenizer/bpe.ts";
import { openTokenizerFiles } from "../tokenizer/openTokenizerFiles.ts";
import { type ByteSource, type ModelFile, readWhole } from "./byteSource.ts";
import { chooseFiles, type ChosenFiles } from "./chooseFiles.ts";
import { generationIds, type GenerationIds, ggufGenerationIds } from "./generationIds.ts";
import type { GgufCodes } from "./ggufBlocks.ts";
import { expectTokenizer, joinCodes, readGgufConfig } from "./ggufModel.ts";
import { ggufParts } from "./ggufNames.ts";
import { readGgufTokenizer } from "./ggufTokenizer.ts";
import { elementCount } from "./hostTensor.ts";
import { readConfig } from "./huggingFace.ts";
import { openModel } from "./modelDirectory.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import { checkNames, checkpointPrefix, placeRows } from "./names.ts";
import { checkpointParts, type Part } from "./nameTable.ts";
import { openPackedModel } from "./packedModel.ts";
import { parameterShapes } from "./parameterShapes.ts";
import { readShardIndex } from "./shards.ts";
import { finiteCheck, slicesOf, type StoredTensor, storedGguf, storedSafetensors, storedShards } from "./storedTensor.ts";

/** A model from the reader's disk, checked whole, on no backend yet. */
export interface OpenedModelFiles extends GenerationIds {
  readonly config: DecoderConfig;
  /** For `uploadPackedModel(backend, config, model)`, whose result `transformer(config, …)` runs. */
  readonly model: PackedModel;
  /** Null when the files bring none of a kind that is read; never larger than the model's vocabulary. */
  readonly tokenizer: Tokenizer | null;
  /** How many numbers the model has learnt. */
  readonly parameterCount: number;
  /** How the weights were stored: the dtypes in the files, "F32" or "F16 + Q8_0". */
  readonly stored: string;
}

export interface OpenModelOptions {
  /** `float32` (the default) widens all; `packed` keeps GGUF codes and packs all other matrices in 8 bits, a quarter of the memory. */
  readonly precision?: "float32" | "packed";
  /** Learned numbers that are too many; by default more than 2²⁷, which is a little above GPT-2 small. */
  readonly mostParameters?: number;
  /** Told after each slice, of about 4 MiB, and at the end. */
  readonly progress?: (bytesRead: number, bytes: number) => void;
  /** Ends the reading between two slices with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Opens a model from files that somebody chose: a Hugging Face folder (config.json with model.safetensors or its shards, gpt2 or
 * llama) or one GGUF file (gpt2 or llama; F32, F16, BF16, Q8_0, Q4_0). Names may carry folders; nothing is uploaded anywhere.
 *
 * The headers, the configuration and the tokenizer are checked before a number is read; the numbers come in slices of 4 MiB, so the
 * memory in use is the model's own (4 bytes a number, or about 1 with `packed`), one matrix, and one slice, never the file as well.
 * A model is returned whole or not at all.
 *
 *     const files = [...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, data: file }));
 *     const { config, model, tokenizer } = await openModelFiles(files);
 *     const parameters = uploadPackedModel(backend, config, model);
 *     const language = transformer(config, parameters);
 *
 * Throws: ModelFileError whose message is one sentence for the reader: `files` when there is no model among them, `parameters` when it is
 * too large, and those of every reader in this folder.
 */
export async function openModelFiles(files: readonly ModelFile[], options: OpenModelOptions = {}): Promise<OpenedModelFiles> {
  const chosen = chooseFiles(files);
  const headers = await readHeaders(chosen);
  const { config, parts, tensors, tokenizer, ids, packed } = headers;
  expectTokenizer(tokenizer, config);
  const shapes = parameterShapes(config);
  const parameterCount = [...shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const most = options.mostParameters ?? 2 ** 27;
  if (parameterCount > most) {
    const [own, cap] = [parameterCount, most].map((count) => `${Math.round(count / 1e6)} million`);
    throw new ModelFileError("parameters", `the model has ${own} parameters, a page opens at most ${cap}`);
  }
  const stored = [...new Set(parts.flatMap((part) => tensors.get(part.name)?.dtype ?? []))].join(" + ");
  const about = { config, tokenizer, parameterCount, stored, ...ids };
  if (packed) return { ...about, model: await readPacked(packed, options.precision === "packed") };
  checkNames(tensors, parts, config);
  await checkTied(headers);
  const bytes = parts.reduce((sum, part) => sum + storedBytes(tensors.get(part.name)!), 0);
  let done = 0;
  const step = (count: number): void => {
    options.signal?.throwIfAborted();
    done += count;
    options.progress?.(done, bytes);
  };
  const matrices = new Map<string, PackedMatrix>(), rest = new Map<string, Float32Array>();
  for (const [name, shape] of shapes) {
    const own = parts.filter((part) => part.parameter === name);
    const keeps = options.precision === "packed" && isPackable(shape) && name !== "positions.weight";
    const found = keeps && own.every((part) => tensors.get(part.name)!.codes) ? await readCodes(own, tensors, shape, step) : null;
    if (found) {
      matrices.set(name, found);
      continue;
    }
    const values = await readValues(own, tensors, shape, step);
    if (keeps) matrices.set(name, packMatrix(values, shape, int8Recipe(name)!));
    else rest.set(name, values);
  }
  return { ...about, model: { matrices, rest } };
}

interface Headers {
  readonly config: DecoderConfig;
  readonly parts: readonly Part[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly tokenizer: Tokenizer | null;
  readonly ids: GenerationIds;
  /** The two files of a directory in this engine's own packed form. */
  readonly packed: { readonly config: Uint8Array; readonly weights: ByteSource } | null;
}

async function readHeaders(chosen: ChosenFiles): Promise<Headers> {
  if (chosen.kind === "gguf") {
    const { header, stored } = await storedGguf(chosen.weights);
    const factors = stored.get("rope_freqs.weight");
    const config = readGgufConfig(header, {
      ropeFactors: factors ? await readValues([], new Map(), factors.shape, () => undefined, factors) : null,
      isTied: await hasTiedHead(stored),
    });
    stored.delete("rope_freqs.weight");
    if (config.tied) stored.delete("output.weight");
    const tokenizer = readGgufTokenizer(header) ?? await openTokenizerFiles(chosen.others);
    return { config, parts: ggufParts(config), tensors: stored, tokenizer, ids: ggufGenerationIds(header.metadata), packed: null };
  }
  const configBytes = await readWhole(chosen.config, 2 ** 20);
  const config = readConfig(configBytes);
  const { tensors, metadata } = chosen.kind === "safetensors"
    ? await storedSafetensors(chosen.weights)
    : await storedShards(readShardIndex(await readWhole(chosen.index, 2 ** 24)), (name) => chosen.others.get(name));
  const generation = chosen.others.get("generation_config.json");
  return {
    config, tensors, parts: checkpointParts(config, checkpointPrefix(tensors, config)),
    tokenizer: await openTokenizerFiles(chosen.others),
    ids: generationIds(configBytes, generation && await readWhole(generation, 2 ** 20)),
    packed: chosen.kind === "safetensors" && metadata.has("quantization") ? { config: configBytes, weights: chosen.weights } : null,
  };
}

/** The values of one parameter, or of a `lone` tensor as it lies. */
async function readValues(
  parts: readonly Part[], tensors: ReadonlyMap<string, StoredTensor>, shape: readonly number[], step: (bytes: number) => void,
  lone?: StoredTensor,
): Promise<Float32Array> {
  const all = new Float32Array(elementCount(shape));
  for (const [tensor, part] of lone ? [[lone, null] as const] : parts.map((own) => [tensors.get(own.name)!, own] as const)) {
    const check = finiteCheck(tensor);
    for await (const { first, bytes } of slicesOf(tensor)) {
      const values = tensor.widen(bytes);
      check.look(values, first);
      if (part) placeRows(values, all, part, first);
      else all.set(values, first);
      step(bytes.length);
    }
    check.end();
  }
  return all;
}

/** The packed matrix of parts that are all quantized in their file. */
async function readCodes(
  parts: readonly Part[], tensors: ReadonlyMap<string, StoredTensor>, shape: readonly number[], step: (bytes: number) => void,
): Promise<PackedMatrix | null> {
  const all: GgufCodes[] = [];
  for (const { name } of parts) {
    const tensor = tensors.get(name)!, size = elementCount(tensor.shape);
    const q = new Int8Array(size), scales = new Float32Array(size / 32);
    let bits: 4 | 8 = 8;
    const check = finiteCheck(tensor);
    for await (const { first, bytes } of slicesOf(tensor)) {
      const codes = tensor.codes!(bytes);
      check.look(codes.scales, first / 32);
      q.set(codes.q, first);
      scales.set(codes.scales, first / 32);
      bits = codes.bits;
      step(bytes.length);
    }
    check.end();
    all.push({ bits, q, scales });
  }
  return joinCodes(parts, all, shape);
}

/** A directory in the engine's own packed form is a quarter of the model: it is read whole. */
async function readPacked({ config, weights }: NonNullable<Headers["packed"]>, keeps: boolean): Promise<PackedModel> {
  const files = { config, weights: await readWhole(weights, 2 ** 28) };
  return keeps ? openPackedModel(files).model : { matrices: new Map(), rest: openModel(files).parameters };
}

/** Files whose head repeats the embedding, number for number, are of a tied model though they hold it twice. */
async function hasTiedHead(tensors: ReadonlyMap<string, StoredTensor>): Promise<boolean> {
  const head = tensors.get("output.weight"), table = tensors.get("token_embd.weight");
  return !head || (table !== undefined && head.dtype === table.dtype && await firstDifference(head, table) < 0);
}

/** The place of the first number that differs, −1 when all are equal. */
async function firstDifference(a: StoredTensor, b: StoredTensor): Promise<number> {
  if (a.shape.join() !== b.shape.join()) return 0;
  const others = slicesOf(b);
  for await (const { first, bytes } of slicesOf(a)) {
    const own = a.widen(bytes), other = b.widen((await others.next()).value!.bytes);
    const at = own.findIndex((value, i) => value !== other[i]);
    if (at >= 0) return first + at;
  }
  return -1;
}

/** A tied model may bring its head once more, but only the same. Throws: ModelFileError `tied`, `shape`. */
async function checkTied({ config, tensors, parts }: Headers): Promise<void> {
  const head = tensors.get("lm_head.weight");
  if (!config.tied || !head) return;
  const table = tensors.get(parts.find((part) => part.parameter === "embedding.weight")!.name)!;
  const at = await firstDifference(head, table);
  if (at < 0) return;
  const message = `checkpoint: "lm_head.weight" differs from ${quoted(table.name)} at index ${at}, config.json says that they are one`;
  throw new ModelFileError("tied", message, { tensor: "lm_head.weight" });
}

const storedBytes = ({ shape, block }: StoredTensor): number => (elementCount(shape) / block.numbers) * block.bytes;
