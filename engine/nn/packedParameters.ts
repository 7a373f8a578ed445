import type { Backend } from "../backend.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { packedEmbedding, packedLinear, widenPacked } from "../ops/packedLinear.ts";
import {
  freePacked, isPackable, packedBytes, type PackedMatrix, packMatrix, unpackMatrix, uploadPacked,
} from "../quantize/packedMatrix.ts";
import { free, tensor } from "../tensor.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import type { PackedReader, Parameters } from "./parameters.ts";

/** Parameters of a model by name, matrices packed, the rest plain. */
export interface PackedModel {
  readonly matrices: ReadonlyMap<string, PackedMatrix>;
  readonly rest: ReadonlyMap<string, Float32Array>;
}

/** How many bits each matrix gets; null leaves it in float32. */
export type PackingRecipe = (name: string) => { readonly bits: 4 | 8; readonly group: number } | null;

/** 8 bits in groups of 64: what the shipped model is packed with. */
export const int8Recipe: PackingRecipe = () => ({ bits: 8, group: 64 });

/** 4 bits in groups of 32, but the embedding, which both ends of the model read, in 8. */
export const int4Recipe: PackingRecipe = (name) => (name.startsWith("blocks.") ? { bits: 4, group: 32 } : { bits: 8, group: 64 });

/**
 * Packs the matrices of a model. Learned positions, and matrices whose rows are no multiple of 8, stay in float32.
 * Throws: RangeError when a weight is too large for half-float scales.
 */
export function packModel(config: DecoderConfig, parameters: ReadonlyMap<string, Float32Array>, recipe: PackingRecipe): PackedModel {
  const matrices = new Map<string, PackedMatrix>(), rest = new Map<string, Float32Array>();
  for (const [name, shape] of parameterShapes(config)) {
    const options = isPackable(shape) && name !== "positions.weight" ? recipe(name) : null;
    if (options) matrices.set(name, packMatrix(parameters.get(name)!, shape, options));
    else rest.set(name, parameters.get(name)!);
  }
  return { matrices, rest };
}

/** The weights that a packed model stands for, in float32. */
export function unpackModel({ matrices, rest }: PackedModel): Map<string, Float32Array> {
  return new Map([...rest, ...[...matrices].map(([name, matrix]) => [name, unpackMatrix(matrix)] as const)]);
}

/** Bytes of a packed model with half-float scales; what stays in float32 counts four bytes a number. */
export function packedModelBytes({ matrices, rest }: PackedModel): number {
  const plain = [...rest.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return [...matrices.values()].reduce((sum, matrix) => sum + packedBytes(matrix), plain);
}

/** A packed model on a backend, to be run by `transformer` and `decoder` as it is. */
export function uploadPackedModel(backend: Backend, config: DecoderConfig, { matrices, rest }: PackedModel): Parameters {
  const shapes = parameterShapes(config);
  const tensors = new Map([...rest].map(([name, values]) => [name, tensor(backend, shapes.get(name)!, values)]));
  const packed = new Map([...matrices].map(([name, matrix]) => [name, uploadPacked(backend, matrix)]));
  const close = (): void => {
    tensors.forEach(free);
    packed.forEach(freePacked);
  };
  const reader: PackedReader = {
    shapes: new Map([...matrices].map(([name, { shape }]) => [name, shape])),
    widen: (name) => widenPacked(packed.get(name)!),
    linear: (x, weight, bias, residual) => {
      const matrix = packed.get(weight);
      return matrix && packedLinear(x, matrix, bias, residual);
    },
    embedding: (name, ids, learned) => {
      const table = packed.get(name);
      return table && packedEmbedding(table, ids, learned);
    },
  };
  return { backend, tensors, flat: null, packed: reader, close };
}
