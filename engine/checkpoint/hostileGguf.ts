/** Builders for GGUF files, sound and broken: the bytes are laid out here by hand. */

const join = (...parts: readonly ArrayLike<number>[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => Array.from(part)));

export function uint(value: bigint | number, bytes: 1 | 2 | 4 | 8): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(value), true);
  return new Uint8Array(view.buffer, 0, bytes);
}

export const text = (value: string | Uint8Array, length?: bigint): Uint8Array => {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return join(uint(length ?? bytes.length, 8), bytes);
};
export const pair = (key: string | Uint8Array, type: number, value: ArrayLike<number>): Uint8Array =>
  join(typeof key === "string" ? text(key) : key, uint(type, 4), value);
export const info = (name: string, sizes: readonly (bigint | number)[], type: number, offset: bigint | number): Uint8Array =>
  join(text(name), uint(sizes.length, 4), ...sizes.map((size) => uint(size, 8)), uint(type, 4), uint(offset, 8));

export interface GgufParts {
  readonly magic?: string;
  readonly version?: number;
  readonly tensors?: readonly Uint8Array[];
  readonly tensorCount?: bigint | number;
  readonly pairs?: readonly Uint8Array[];
  readonly pairCount?: bigint | number;
  readonly alignment?: number;
  readonly data?: ArrayLike<number>;
}

export function ggufFile(
  { magic = "GGUF", version = 3, tensors = [], tensorCount, pairs = [], pairCount, alignment = 32, data = [] }: GgufParts,
): Uint8Array {
  const head = join(
    new TextEncoder().encode(magic), uint(version, 4),
    uint(tensorCount ?? tensors.length, 8), uint(pairCount ?? pairs.length, 8), ...pairs, ...tensors,
  );
  return join(head, new Uint8Array(data.length > 0 ? (alignment - (head.length % alignment)) % alignment : 0), data);
}

const zeros = (count: number): Uint8Array => new Uint8Array(count);
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
/** `depth` lists within lists. */
const nested = (depth: number): Uint8Array => join(
  ...Array.from({ length: depth }, () => join(uint(9, 4), uint(1, 8))), uint(0, 4), uint(0, 8)
);
const one = [info("a", [8], 0, 0)];

/** One broken file for every rule: [what is wrong, the code it is refused with, its bytes]. */
export const hostileGgufFiles: readonly (readonly [title: string, code: string, bytes: Uint8Array])[] = [
  ["an empty file", "size", zeros(0)],
  ["seven bytes", "size", new TextEncoder().encode("GGUF\u0003\0\0")],
  ["the wrong magic", "magic", ggufFile({ magic: "GGML" })],
  ["a safetensors file", "magic", join(uint(2, 8), new TextEncoder().encode("{}"), zeros(20))],
  ["a web page", "magic", new TextEncoder().encode("<!DOCTYPE html><title>404</title>")],
  ["version 99", "version", ggufFile({ version: 99 })],
  ["version 1", "version", ggufFile({ version: 1 })],
  ["bytes in the other order", "version", ggufFile({ version: 0x03000000 })],
  ["2^62 keys", "limit", ggufFile({ pairCount: 2n ** 62n })],
  ["more keys than bytes", "truncated", ggufFile({ pairCount: 9000 })],
  ["2^64 - 1 tensors", "limit", ggufFile({ tensorCount: 2n ** 64n - 1n })],
  ["a million tensors", "limit", ggufFile({ tensorCount: 1_000_000 })],
  ["more tensors than bytes", "truncated", ggufFile({ tensorCount: 5000 })],
  ["a key longer than the file", "truncated", ggufFile({ pairs: [pair(text("k", 2n ** 40n), 4, uint(1, 4))] })],
  ["a key of 2^64 - 1 bytes", "truncated", ggufFile({ pairs: [pair(text("k", 2n ** 64n - 1n), 4, uint(1, 4))] })],
  ["a key of 65,537 bytes", "limit", ggufFile({ pairs: [pair("k".repeat(65_537), 4, uint(1, 4))] })],
  ["a key that is not UTF-8", "utf8", ggufFile({ pairs: [pair(text(Uint8Array.of(0xc3, 0x28)), 4, uint(1, 4))] })],
  ["a value longer than the file", "truncated", ggufFile({ pairs: [pair("k", 8, text("v", 1000n))] })],
  ["a value that is not UTF-8", "utf8", ggufFile({ pairs: [pair("k", 8, text(Uint8Array.of(0xff)))] })],
  ["a value of type 13", "type", ggufFile({ pairs: [pair("k", 13, uint(0, 8))] })],
  ["a duplicate key", "duplicate", ggufFile({ pairs: [pair("k", 4, uint(1, 4)), pair("k", 4, uint(1, 4))] })],
  ["a truth value of 2", "bool", ggufFile({ pairs: [pair("k", 7, uint(2, 1))] })],
  ["a truth value of 2 in a list", "bool", ggufFile({ pairs: [pair("k", 9, join(uint(7, 4), uint(2, 8), [1, 2]))] })],
  ["an integer of 2^63", "integer", ggufFile({ pairs: [pair("k", 10, uint(2n ** 63n, 8))] })],
  ["lists nested 20,000 deep", "limit", ggufFile({ pairs: [pair("k", 9, nested(20_000))] })],
  ["a list longer than the file", "truncated", ggufFile({ pairs: [pair("k", 9, join(uint(4, 4), uint(1_000_000, 8)))] })],
  ["a list of 2^63 items", "limit", ggufFile({ pairs: [pair("k", 9, join(uint(0, 4), uint(2n ** 63n, 8)))] })],
  ["a list of an unknown type", "type", ggufFile({ pairs: [pair("k", 9, join(uint(77, 4), uint(1, 8), zeros(8)))] })],
  ["metadata that was cut", "truncated", ggufFile({ pairs: [pair("k", 12, zeros(8))] }).slice(0, -3)],
  ["alignment 0", "alignment", ggufFile({ pairs: [pair("general.alignment", 4, uint(0, 4))], tensors: one, data: zeros(32) })],
  ["alignment 3", "alignment", ggufFile({ pairs: [pair("general.alignment", 4, uint(3, 4))], tensors: one, data: zeros(32) })],
  ["alignment 2^31", "alignment", ggufFile({ pairs: [pair("general.alignment", 4, uint(2 ** 31, 4))], tensors: one, data: zeros(32) })],
  ["alignment in words", "alignment", ggufFile({ pairs: [pair("general.alignment", 8, text("32"))], tensors: one, data: zeros(32) })],
  ["a tensor named twice", "duplicate", ggufFile({ tensors: [info("a", [8], 0, 0), info("a", [8], 0, 32)], data: zeros(64) })],
  ["an unknown type of tensor", "type", ggufFile({ tensors: [info("a", [256], 12, 0)], data: zeros(144) })],
  ["type 2^32 - 1", "type", ggufFile({ tensors: [info("a", [8], 2 ** 32 - 1, 0)], data: zeros(32) })],
  ["five dimensions", "shape", ggufFile({ tensors: [info("a", [1, 1, 1, 1, 8], 0, 0)], data: zeros(32) })],
  ["a dimension of 0", "shape", ggufFile({ tensors: [info("a", [0], 0, 0)], data: zeros(32) })],
  ["a dimension of 2^63", "integer", ggufFile({ tensors: [info("a", [2n ** 63n], 0, 0)], data: zeros(32) })],
  ["a product that overflows 64 bits", "shape", ggufFile({ tensors: [info("a", [2n ** 32n, 2n ** 32n], 0, 0)], data: zeros(32) })],
  ["blocks that do not fill a row", "shape", ggufFile({ tensors: [info("a", [33], 8, 0)], data: zeros(68) })],
  ["more numbers than bytes", "truncated", ggufFile({ tensors: [info("a", [9], 0, 0)], data: zeros(32) })],
  ["an offset beyond the file", "truncated", ggufFile({ tensors: [info("a", [8], 0, 2n ** 40n)], data: zeros(32) })],
  ["an offset of 2^64 - 32", "integer", ggufFile({ tensors: [info("a", [8], 0, 2n ** 64n - 32n)], data: zeros(32) })],
  ["an offset off the alignment", "offsets", ggufFile({ tensors: [info("a", [8], 0, 4)], data: zeros(36) })],
  ["an overlap", "overlap", ggufFile({ tensors: [info("a", [16], 0, 0), info("b", [8], 0, 32)], data: zeros(64) })],
  ["a hole", "hole", ggufFile({ tensors: [info("a", [8], 0, 0), info("b", [8], 0, 96)], data: zeros(128) })],
  ["a hole before the first tensor", "hole", ggufFile({ tensors: [info("a", [8], 0, 32)], data: zeros(64) })],
  ["trailing bytes", "trailing", ggufFile({ tensors: one, data: zeros(80) })],
  ["a weight that is NaN", "non-finite", ggufFile({ tensors: one, data: floats(1, NaN, Infinity, 0, 0, 0, 0, 0) })],
  [
    "a block whose scale is infinite", "non-finite",
    ggufFile({ tensors: [info("a", [32], 8, 0)], data: join([0, 0x7c], zeros(32).fill(1)) }),
  ],
];
