import { ModelFileError, quoted } from "./modelFileError.ts";

/** The element types of safetensors that have a typed array here; half floats stay as their bits. */
export type Dtype = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "I16" | "I8" | "U64" | "U32" | "U16" | "U8" | "BOOL";

export type HostData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** A tensor as it lies in a file: row-major, on no backend. */
export interface HostTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: HostData;
}

/** One row of `storages`. */
export interface Storage {
  readonly bytes: number;
  readonly make: (buffer: ArrayBufferLike, offset: number, length: number) => HostData;
  readonly holds: (data: HostData) => boolean;
}

const uint16: Storage = {
  bytes: 2,
  make: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  holds: (data) => data instanceof Uint16Array,
};

const uint8: Storage = {
  bytes: 1,
  make: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
  holds: (data) => data instanceof Uint8Array,
};

/** How each dtype is stored: the bytes of an element and the typed array. A Map, because it is asked with names out of files. */
export const storages: ReadonlyMap<string, Storage> = new Map<Dtype, Storage>([
  ["F64", { bytes: 8, make: (b, o, n) => new Float64Array(b, o, n), holds: (d) => d instanceof Float64Array }],
  ["F32", { bytes: 4, make: (b, o, n) => new Float32Array(b, o, n), holds: (d) => d instanceof Float32Array }],
  ["F16", uint16],
  ["BF16", uint16],
  ["I64", { bytes: 8, make: (b, o, n) => new BigInt64Array(b, o, n), holds: (d) => d instanceof BigInt64Array }],
  ["I32", { bytes: 4, make: (b, o, n) => new Int32Array(b, o, n), holds: (d) => d instanceof Int32Array }],
  ["I16", { bytes: 2, make: (b, o, n) => new Int16Array(b, o, n), holds: (d) => d instanceof Int16Array }],
  ["I8", { bytes: 1, make: (b, o, n) => new Int8Array(b, o, n), holds: (d) => d instanceof Int8Array }],
  ["U64", { bytes: 8, make: (b, o, n) => new BigUint64Array(b, o, n), holds: (d) => d instanceof BigUint64Array }],
  ["U32", { bytes: 4, make: (b, o, n) => new Uint32Array(b, o, n), holds: (d) => d instanceof Uint32Array }],
  ["U16", uint16],
  ["U8", uint8],
  ["BOOL", uint8],
]);

/** The number of elements of a shape: their product, 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

/**
 * Finds the first NaN or infinity of a floating-point tensor, and how many there are; undefined when every value is finite.
 *
 * It looks at bits: an exponent of all ones is what both have in common, whatever a compiler makes of `x !== x`.
 */
export function findNonFinite(tensor: HostTensor): { index: number; count: number } | undefined {
  const { dtype, data } = tensor;
  if (dtype === "F32") return countOnes(new Uint32Array(data.buffer, data.byteOffset, data.length), 0x7f800000);
  if (dtype === "F16" && data instanceof Uint16Array) return countOnes(data, 0x7c00);
  if (dtype === "BF16" && data instanceof Uint16Array) return countOnes(data, 0x7f80);
  if (dtype !== "F64") return undefined;
  // The exponent of a float64 lies in its second word: files and typed arrays are both little-endian.
  return countOnes(new Uint32Array(data.buffer, data.byteOffset, 2 * data.length), 0x7ff00000, 1, 2);
}

/** The refusal of a tensor that holds such values. */
export function nonFinite(label: string, tensor: string, { index, count }: { index: number; count: number }, offset: number): ModelFileError {
  const values = count === 1 ? "1 value that is" : `${count} values that are`;
  const message = `${label}: ${quoted(tensor)} holds ${values} NaN or infinite, the first at index ${index}`;
  return new ModelFileError("non-finite", message, { tensor, offset });
}

function countOnes(bits: Uint32Array | Uint16Array, exponent: number, first = 0, step = 1): { index: number; count: number } | undefined {
  let index = -1;
  let count = 0;
  for (let i = first; i < bits.length; i += step) {
    if (((bits[i] ?? 0) & exponent) === exponent) {
      if (count++ === 0) index = (i - first) / step;
    }
  }
  return count > 0 ? { index, count } : undefined;
}
