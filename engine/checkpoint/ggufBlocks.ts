import { fromHalf, widenBfloat, widenHalf } from "./halfFloat.ts";

/** How one type of GGUF tensor is stored: blocks of `numbers` in `bytes`, widened by `read`. */
export interface GgufType {
  readonly name: string;
  readonly numbers: number;
  readonly bytes: number;
  /** Widens whole blocks. */
  read(data: DataView, count: number): Float32Array;
  /** Quantized types: the codes themselves, symmetric about 0, and the scale of each block. */
  codes?(data: DataView, count: number): GgufCodes;
}

export interface GgufCodes {
  readonly bits: 4 | 8;
  readonly q: Int8Array;
  readonly scales: Float32Array;
}

const bits16 = (data: DataView, count: number): Uint16Array => new Uint16Array(copied(data, 2 * count));

/** 32 numbers that share a half-float scale: w = q·d. */
function codesQ8(data: DataView, count: number): GgufCodes {
  const q = new Int8Array(count), scales = new Float32Array(count / 32);
  for (let block = 0, at = 0; block < scales.length; block++, at += 34) {
    scales[block] = fromHalf(data.getUint16(at, true));
    q.set(new Int8Array(data.buffer, data.byteOffset + at + 2, 32), 32 * block);
  }
  return { bits: 8, q, scales };
}

/** 32 numbers that share a half-float scale: w = (q − 8)·d; byte j holds number j in its low half and number j + 16 in its high one. */
function codesQ4(data: DataView, count: number): GgufCodes {
  const q = new Int8Array(count), scales = new Float32Array(count / 32);
  for (let block = 0, at = 0; block < scales.length; block++, at += 18) {
    scales[block] = fromHalf(data.getUint16(at, true));
    for (let j = 0; j < 16; j++) {
      const byte = data.getUint8(at + 2 + j);
      q[32 * block + j] = (byte & 15) - 8;
      q[32 * block + j + 16] = (byte >> 4) - 8;
    }
  }
  return { bits: 4, q, scales };
}

function widen({ q, scales }: GgufCodes): Float32Array {
  const values = new Float32Array(q.length);
  for (let i = 0; i < q.length; i++) values[i] = q[i]! * scales[i >> 5]!;
  return values;
}

/** The bytes of a view as an array of its own, which may begin anywhere in the file. */
const copied = (data: DataView, bytes: number): ArrayBuffer => new Uint8Array(data.buffer, data.byteOffset, bytes).slice().buffer;

/** The types that are read, by their number in the file. */
export const ggufTypes: ReadonlyMap<number, GgufType> = new Map([
  [0, { name: "F32", numbers: 1, bytes: 4, read: (data, count) => new Float32Array(copied(data, 4 * count)) }],
  [1, { name: "F16", numbers: 1, bytes: 2, read: (data, count) => widenHalf(bits16(data, count)) }],
  [2, { name: "Q4_0", numbers: 32, bytes: 18, read: (data, count) => widen(codesQ4(data, count)), codes: codesQ4 }],
  [8, { name: "Q8_0", numbers: 32, bytes: 34, read: (data, count) => widen(codesQ8(data, count)), codes: codesQ8 }],
  [30, { name: "BF16", numbers: 1, bytes: 2, read: (data, count) => widenBfloat(bits16(data, count)) }],
]);

/** Names of types that exist and are not read, for the refusal. */
export const otherGgufTypes: ReadonlyMap<number, string> = new Map([
  [3, "Q4_1"], [6, "Q5_0"], [7, "Q5_1"], [9, "Q8_1"], [10, "Q2_K"], [11, "Q3_K"], [12, "Q4_K"], [13, "Q5_K"], [14, "Q6_K"], [15, "Q8_K"],
  [24, "I8"], [25, "I16"], [26, "I32"], [27, "I64"], [28, "F64"],
]);
