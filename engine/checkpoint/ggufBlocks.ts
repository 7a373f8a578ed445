import { fromHalf, widenBfloat, widenHalf } from "./halfFloat.ts";

/** How one type of GGUF tensor is stored: blocks of `numbers` in `bytes`, widened by `read`. */
export interface GgufType {
  readonly name: string;
  readonly numbers: number;
  readonly bytes: number;
  /** Widens whole blocks. */
  read(data: DataView, count: number): Float32Array;
}

const bits16 = (data: DataView, count: number): Uint16Array => Uint16Array.from({ length: count }, (_, i) => data.getUint16(2 * i, true));

/** 32 numbers that share a half-float scale: w = q·d. */
function readQ8(data: DataView, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0, at = 0; i < count; i += 32, at += 34) {
    const scale = fromHalf(data.getUint16(at, true));
    for (let j = 0; j < 32; j++) values[i + j] = data.getInt8(at + 2 + j) * scale;
  }
  return values;
}

/** 32 numbers that share a half-float scale: w = (q − 8)·d; byte j holds number j in its low half and number j + 16 in its high one. */
function readQ4(data: DataView, count: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0, at = 0; i < count; i += 32, at += 18) {
    const scale = fromHalf(data.getUint16(at, true));
    for (let j = 0; j < 16; j++) {
      const byte = data.getUint8(at + 2 + j);
      values[i + j] = ((byte & 15) - 8) * scale;
      values[i + j + 16] = ((byte >> 4) - 8) * scale;
    }
  }
  return values;
}

/** The types that are read, by their number in the file. */
export const ggufTypes: ReadonlyMap<number, GgufType> = new Map([
  [0, { name: "F32", numbers: 1, bytes: 4, read: (data, count) => Float32Array.from({ length: count }, (_, i) => data.getFloat32(4 * i, true)) }],
  [1, { name: "F16", numbers: 1, bytes: 2, read: (data, count) => widenHalf(bits16(data, count)) }],
  [2, { name: "Q4_0", numbers: 32, bytes: 18, read: readQ4 }],
  [8, { name: "Q8_0", numbers: 32, bytes: 34, read: readQ8 }],
  [30, { name: "BF16", numbers: 1, bytes: 2, read: (data, count) => widenBfloat(bits16(data, count)) }],
]);

/** Names of types that exist and are not read, for the refusal. */
export const otherGgufTypes: ReadonlyMap<number, string> = new Map([
  [3, "Q4_1"], [6, "Q5_0"], [7, "Q5_1"], [9, "Q8_1"], [10, "Q2_K"], [11, "Q3_K"], [12, "Q4_K"], [13, "Q5_K"], [14, "Q6_K"], [15, "Q8_K"],
  [24, "I8"], [25, "I16"], [26, "I32"], [27, "I64"], [28, "F64"],
]);
