import type { Backend, Buffer } from "../backend.ts";
import { type Shape, sizeOf } from "../kernel.ts";
import { free, parameter, read, type Tensor, tensor } from "../tensor.ts";

/** Named parameters. When trained, they and their gradients lie in flat buffers, so that the optimizer is three launches. */
export interface Parameters {
  readonly backend: Backend;
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Null for a model that is only run. */
  readonly flat: FlatBuffers | null;
  /** Reads matrices that are not among `tensors` because they stay packed. Such a model is only run. */
  readonly packed?: PackedReader;
  close(): void;
}

export interface LearnedPositions {
  readonly positions: Tensor;
  readonly offset: Tensor;
}

/** `linear` and `embedding` for weights that are stored otherwise; undefined for a name that is not. */
export interface PackedReader {
  /** The matrices that stay packed, [out,in]. */
  readonly shapes: ReadonlyMap<string, Shape>;
  /** A matrix in float32, as a new tensor. */
  widen(name: string): Tensor;
  linear(x: Tensor, weight: string, bias?: Tensor | null, residual?: Tensor | null): Tensor | undefined;
  embedding(table: string, ids: Tensor, learned: LearnedPositions | null): Tensor | undefined;
}

export interface FlatBuffers {
  readonly values: Tensor;
  readonly gradients: Tensor;
  /** Matrices come first: numbers before this index are decayed. */
  readonly decayLength: number;
  readonly places: ReadonlyMap<string, { readonly offset: number; readonly size: number; readonly shape: Shape }>;
}

/** 128 MiB: the largest storage buffer that every WebGPU adapter can bind. */
const largestFlat = 32 * 2 ** 20;
/** Parameters start at multiples of 256 bytes, as WebGPU wants its bindings aligned. */
const alignment = 64;

/**
 * Lays parameters out in flat buffers for training, matrices first, each at a multiple of 64 numbers; the padding is zero.
 * Throws: RangeError when they exceed 128 MiB.
 */
export function trainable(backend: Backend, shapes: ReadonlyMap<string, Shape>, initial: ReadonlyMap<string, ArrayLike<number>>, decays: (name: string, shape: Shape) => boolean = isMatrix): Parameters {
  const names = [...shapes.keys()];
  const ordered = [...names.filter((name) => decays(name, shapes.get(name)!)), ...names.filter((name) => !decays(name, shapes.get(name)!))];
  const places = new Map<string, { offset: number; size: number; shape: Shape }>();
  let length = 0, decayLength = 0;
  for (const name of ordered) {
    const shape = shapes.get(name)!;
    places.set(name, { offset: length, size: sizeOf(shape), shape });
    length += Math.ceil(sizeOf(shape) / alignment) * alignment;
    if (decays(name, shape)) decayLength = length;
  }
  if (length > largestFlat) throw new RangeError(`trainable: ${length} parameters need ${length * 4} bytes, training ends at ${largestFlat * 4}`);
  const host = new Float64Array(length);
  for (const [name, { offset }] of places) host.set(initial.get(name)!, offset);
  const values = tensor(backend, [length], host);
  const gradients = tensor(backend, [length], new Float64Array(length));
  const tensors = new Map(names.map((name) => {
    const { offset, size, shape } = places.get(name)!;
    const part = (buffer: Buffer): Buffer => backend.slice(buffer, offset, size);
    return [name, parameter(backend, shape, part(values.buffer), part(gradients.buffer))];
  }));
  const close = (): void => [values, gradients].forEach(free);
  return { backend, tensors, flat: { values, gradients, decayLength, places }, close };
}

/** Numbers in the flat buffer, padding included. */
export const flatLength = ({ flat }: Parameters): number => flat?.values.size ?? 0;

/** Parameters that are only run: one buffer each. Throws: what the backend throws when one does not fit; those made before it are freed. */
export function frozen(backend: Backend, shapes: ReadonlyMap<string, Shape>, values: ReadonlyMap<string, ArrayLike<number>>): Parameters {
  const tensors = new Map<string, Tensor>();
  try {
    for (const [name, shape] of shapes) tensors.set(name, tensor(backend, shape, values.get(name)!));
  } catch (error) {
    tensors.forEach(free);
    throw error;
  }
  return { backend, tensors, flat: null, close: () => tensors.forEach(free) };
}

/** Matrices are decayed, gains and biases are not: the default of every recipe here. */
export const isMatrix = (_name: string, shape: Shape): boolean => shape.length >= 2;

/** The parameters (or, with `gradients`, their gradients) as plain arrays by name. */
export async function readParameters({ tensors, flat }: Parameters, which: "values" | "gradients" = "values"): Promise<Map<string, Float32Array>> {
  if (!flat) {
    const entries = await Promise.all([...tensors].map(async ([name, x]) => [name, Float32Array.from(await read(x))] as const));
    return new Map(entries);
  }
  const host = await read(flat[which]);
  return new Map([...flat.places].map(([name, { offset, size }]) => [name, Float32Array.from(host.subarray(offset, offset + size))]));
}
