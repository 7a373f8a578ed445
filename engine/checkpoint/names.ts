import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { widenBfloat, widenHalf } from "./halfFloat.ts";
import { elementCount, type HostTensor } from "./hostTensor.ts";
import { modelTypeOf } from "./huggingFace.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";
import { checkpointParts, type Part } from "./nameTable.ts";
import { parameterShapes } from "./parameterShapes.ts";

/**
 * The prefix that the names of a checkpoint carry: `transformer.` or none for gpt2, none to choose for llama.
 *
 * GPT-2 on the hub was saved without its head and has none; what `transformers` saves today has one.
 */
export function checkpointPrefix(tensors: ReadonlyMap<string, unknown>, config: DecoderConfig): string {
  const isPrefixed = [...tensors.keys()].some((name) => name.startsWith("transformer."));
  return modelTypeOf(config) === "gpt2" && isPrefixed ? "transformer." : "";
}

/**
 * Turns the tensors of a gpt2 or llama checkpoint into the engine's parameters: every weight [out, in], query, key and value (and gate
 * and up) stacked by rows. GPT-2 stores its weights [in, out] and is transposed. F16 and BF16 are widened.
 *
 * Every tensor must have a place and every place a tensor; nothing is allocated before all names, shapes and dtypes are checked.
 * Passed over: causal masks and RoPE tables that old files carry, and an `lm_head.weight` equal to the tied embedding.
 *
 * Throws: ModelFileError `missing`, `surplus`, `shape`, `dtype`, `tied`.
 */
export function fromCheckpoint(
  tensors: ReadonlyMap<string, HostTensor>, config: DecoderConfig, parts = checkpointParts(config, checkpointPrefix(tensors, config)),
): Map<string, Float32Array> {
  checkNames(tensors, parts, config);
  const parameters = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(config)) parameters.set(name, new Float32Array(elementCount(shape)));
  for (const part of parts) {
    const values = widen(tensorNamed(tensors, part.name), part.name);
    placeRows(values, parameterNamed(parameters, part), part);
  }
  checkTiedHead(tensors, parts, config);
  return parameters;
}

/**
 * The inverse of `fromCheckpoint`: engine parameters, or gradients laid out like them, as the F32 tensors of a checkpoint.
 *
 * `prefix` is what `checkpointPrefix` found, by default what `transformers` writes; `label` precedes every name, as `grad.` does for
 * gradients.
 *
 * Throws: Error when a parameter is missing or has another length than the configuration says.
 */
export function toCheckpoint(
  parameters: ReadonlyMap<string, Float32Array>,
  config: DecoderConfig,
  options: { prefix?: string; label?: string } = {},
): Map<string, HostTensor> {
  const type = modelTypeOf(config);
  const tensors = new Map<string, HostTensor>();
  for (const [name, shape] of parameterShapes(config)) {
    const length = parameters.get(name)?.length;
    const wanted = elementCount(shape);
    if (length !== wanted) throw new Error(`toCheckpoint: ${name} has ${length} numbers, [${shape.join(",")}] needs ${wanted}`);
  }
  for (const part of checkpointParts(config, options.prefix ?? (type === "gpt2" ? "transformer." : ""))) {
    const data = new Float32Array(elementCount(part.shape));
    takeRows(data, parameterNamed(parameters, part), part);
    tensors.set((options.label ?? "") + part.name, { dtype: "F32", shape: part.shape, data });
  }
  return tensors;
}

/**
 * Holds what a file says of its tensors against what the configuration asks for.
 *
 * Throws: ModelFileError `missing`, `surplus`, `shape`, `dtype`.
 */
export function checkNames(
  tensors: ReadonlyMap<string, Pick<HostTensor, "shape"> & { readonly dtype: string }>, parts: readonly Part[], config: DecoderConfig,
): void {
  const type = modelTypeOf(config);
  const expected = new Set<string>();
  for (const { name, shape, transposable } of parts) {
    expected.add(name);
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      const missing = parts.filter((part) => !tensors.has(part.name)).length;
      const others = missing > 1 ? ` and ${missing - 1} more are` : " is";
      const message = `checkpoint: ${quoted(name)}${others} missing, the ${type} config.json asks for it`;
      throw new ModelFileError("missing", message, { tensor: name });
    }
    if (tensor.shape.join() !== shape.join()) {
      const isTransposed = transposable && tensor.shape.toReversed().join() === shape.join();
      const hint = isTransposed ? ", it is transposed" : "";
      const message = `checkpoint: ${quoted(name)} has shape [${tensor.shape.join(",")}], config.json asks for [${shape.join(",")}]${hint}`;
      throw new ModelFileError("shape", message, { tensor: name });
    }
    if (!["F32", "F16", "BF16", "Q8_0", "Q4_0"].includes(tensor.dtype)) refuseDtype(name, tensor.dtype);
  }
  for (const name of tensors.keys()) {
    if (expected.has(name) || ignored.some((end) => name.endsWith(end)) || (config.tied && name === "lm_head.weight")) continue;
    const message = `checkpoint: ${quoted(name)} is surplus, a ${type} model of ${config.nLayers} layers has no place for it`;
    throw new ModelFileError("surplus", message, { tensor: name });
  }
}

/** Constants that old checkpoints carry among the weights: the causal mask, its fill value, and the RoPE frequencies. */
const ignored = [".attn.bias", ".attn.masked_bias", "rotary_emb.inv_freq"];

function checkTiedHead(tensors: ReadonlyMap<string, HostTensor>, parts: readonly Part[], config: DecoderConfig): void {
  const head = tensors.get("lm_head.weight");
  const table = parts.find((part) => part.parameter === "embedding.weight");
  if (!config.tied || head === undefined || table === undefined) return;
  const where = { tensor: "lm_head.weight" };
  if (head.shape.join() !== table.shape.join()) {
    const [own, tied] = [head.shape.join(","), table.shape.join(",")];
    const message = `checkpoint: "lm_head.weight" has shape [${own}], the tied "${table.name}" has [${tied}]`;
    throw new ModelFileError("shape", message, where);
  }
  const own = widen(head, "lm_head.weight");
  const tied = widen(tensorNamed(tensors, table.name), table.name);
  const index = own.findIndex((value, i) => value !== tied[i]);
  if (index < 0) return;
  const message = `checkpoint: "lm_head.weight" is ${own[index]} at index ${index}, the tied "${table.name}" is ${tied[index]}`;
  throw new ModelFileError("tied", message, where);
}

/** The values as float32; for F32 the tensor's own array. */
function widen({ dtype, data }: HostTensor, name: string): Float32Array {
  if (dtype === "F32" && data instanceof Float32Array) return data;
  if (dtype === "F16" && data instanceof Uint16Array) return widenHalf(data);
  if (dtype === "BF16" && data instanceof Uint16Array) return widenBfloat(data);
  return refuseDtype(name, dtype);
}

function refuseDtype(name: string, dtype: string): never {
  throw new ModelFileError("dtype", `checkpoint: ${quoted(name)} has dtype ${dtype}, weights are F32, F16 or BF16`, { tensor: name });
}

/**
 * Copies numbers of a file's tensor to their rows of a parameter, in the engine's order. `first` is the place of the first of them in the
 * tensor; they are whole rows of it.
 */
export function placeRows<T extends Float32Array | Int8Array>(values: T, parameter: T, part: Part, first = 0): void {
  const { firstRow, rows, columns, transposed, rotaryHeads } = part;
  const own = parameter.subarray(firstRow * columns, (firstRow + rows) * columns);
  if (transposed) {
    const from = first / rows, count = values.length / rows;
    for (let row = 0; row < rows; row++) {
      for (let c = 0, at = row * columns + from; c < count; c++) own[at + c] = values[c * rows + row]!;
    }
  } else if (rotaryHeads > 0) {
    const dHead = rows / rotaryHeads;
    for (let at = 0; at < values.length; at += columns) {
      // Rows 2j and 2j + 1 of each head become rows j and j + dHead/2.
      const row = (first + at) / columns, inHead = row % dHead;
      const to = row - inHead + (inHead >> 1) + (inHead & 1) * (dHead / 2);
      own.set(values.subarray(at, at + columns), to * columns);
    }
  } else own.set(values, first);
}

/** The inverse of `placeRows`, for a whole tensor of a Hugging Face checkpoint. */
function takeRows(file: Float32Array, parameter: Float32Array, { firstRow, rows, columns, transposed }: Part): void {
  const own = parameter.subarray(firstRow * columns, (firstRow + rows) * columns);
  if (!transposed) {
    file.set(own);
    return;
  }
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) file[column * rows + row] = own[row * columns + column]!;
  }
}

function tensorNamed(tensors: ReadonlyMap<string, HostTensor>, name: string): HostTensor {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new ModelFileError("missing", `checkpoint: ${quoted(name)} is missing`, { tensor: name });
  return tensor;
}

function parameterNamed(parameters: ReadonlyMap<string, Float32Array>, { parameter }: Part): Float32Array {
  const values = parameters.get(parameter);
  if (values === undefined) throw new Error(`checkpoint: no parameter ${parameter}`);
  return values;
}
