import { type Backend } from "../backend.ts";
import { formatShape, ShapeError } from "../kernel.ts";
import { free, type Tensor, tensor } from "../tensor.ts";
import { dequantize, quantize } from "./quantize.ts";

/** Symmetric codes side by side in 32-bit words, lowest bits first; 4-bit codes carry an offset of 8. */
export interface PackedMatrix {
  readonly bits: 4 | 8;
  /** [out,in]; rows of a multiple of 8. */
  readonly shape: readonly [out: number, from: number];
  /** Consecutive weights in stored order that share a scale, across the ends of rows: a multiple of 8. */
  readonly group: number;
  readonly words: Int32Array;
  readonly scales: Float32Array;
}

/** The same on a backend: words [out,in·bits/32] i32, scales [⌈out·in / group⌉]. */
export interface PackedTensor {
  readonly bits: 4 | 8;
  readonly shape: readonly [out: number, from: number];
  readonly group: number;
  readonly words: Tensor;
  readonly scales: Tensor;
}

/** Whether a matrix can be packed: rows of a multiple of 8 start at a whole word, whatever the bits. */
export const isPackable = (shape: readonly number[]): boolean => shape.length === 2 && shape[1]! % 8 === 0;

/**
 * Quantizes a matrix to 8 or 4 bits, symmetric, one half-float scale a group.
 * Throws: ShapeError when rows are no multiple of 8, RangeError when the group is none or a scale exceeds half floats.
 */
export function packMatrix(
  values: ArrayLike<number>, shape: readonly number[], { bits, group }: { bits: 4 | 8; group: number },
): PackedMatrix {
  const quantized = quantize(values, { bits, symmetric: true, per: "group", group, scaleType: "f16" });
  return packCodes(quantized.q as Int8Array, Float32Array.from(quantized.scales), shape, { bits, group });
}

/** Packs codes that are there already, from −127 to 127 or −7 to 7. Throws: as `packMatrix`. */
export function packCodes(
  q: Int8Array, scales: Float32Array, shape: readonly number[], { bits, group }: { bits: 4 | 8; group: number },
): PackedMatrix {
  const [out = 0, from = 0] = shape;
  if (!isPackable(shape) || q.length !== out * from) {
    throw new ShapeError(
      `packCodes: rows must be a multiple of 8 long, the shape is ${formatShape(shape)} and there are ${q.length} codes`
    );
  }
  if (!(group > 0) || group % 8 !== 0) throw new RangeError(`packCodes: the group must be a multiple of 8, got ${group}`);
  const bytes = new Uint8Array((q.length * bits) / 8);
  if (bits === 8) bytes.set(new Uint8Array(q.buffer, q.byteOffset, q.length));
  else for (let i = 0; i < bytes.length; i++) bytes[i] = (q[2 * i]! + 8) | ((q[2 * i + 1]! + 8) << 4);
  return { bits, shape: [out, from], group, words: new Int32Array(bytes.buffer), scales };
}

/** The weights that a packed matrix stands for. */
export function unpackMatrix({ bits, words, scales, group }: PackedMatrix): Float32Array {
  const bytes = new Int8Array(words.buffer, words.byteOffset, words.length * 4);
  const q = bits === 8 ? bytes : Int8Array.from({ length: 2 * bytes.length }, (_, i) => ((bytes[i >> 1]! >> (4 * (i & 1))) & 15) - 8);
  return Float32Array.from(dequantize({ q, scales: Float64Array.from(scales), zeros: null, block: group }));
}

/** Bytes of the words, and of scales stored as half floats. */
export const packedBytes = ({ words, scales }: PackedMatrix): number => words.byteLength + 2 * scales.length;

export function uploadPacked(backend: Backend, { bits, shape, group, words, scales }: PackedMatrix): PackedTensor {
  const row = [shape[0], (shape[1] * bits) / 32];
  return { bits, shape, group, words: tensor(backend, row, words, "i32"), scales: tensor(backend, [scales.length], scales) };
}

export const freePacked = ({ words, scales }: PackedTensor): void => [words, scales].forEach(free);
