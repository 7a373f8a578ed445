/** Builders for broken safetensors files: the bytes are laid out here by hand, not by the writer under test. */

export const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file of any header text or bytes before any data; `length` overrides the true header length. */
export function rawFile(header: string | Uint8Array, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const text = typeof header === "string" ? ascii(header) : header;
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

const entry = (shape: string, begin: number | string, end: number | string, dtype = '"F32"'): string =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":[${begin},${end}]}`;

const zeros = (count: number): Uint8Array => new Uint8Array(count);

function floats(...values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

const sound = rawFile(`{"a":${entry("[2]", 0, 8)}}`, zeros(8));

/** One broken file for every rule: [what is wrong, the code it is refused with, its bytes]. */
export const hostileFiles: readonly (readonly [title: string, code: string, bytes: Uint8Array])[] = [
  ["an empty file", "size", zeros(0)],
  ["seven bytes", "size", zeros(7)],
  ["a header length of 0", "header-length", zeros(8)],
  ["a header length past the end", "header-length", rawFile("{}", zeros(0), 3n)],
  ["a header length of 2^64 - 1", "header-length", rawFile("{}", zeros(0), 2n ** 64n - 1n)],
  ["a header length of 2^53 + 3", "header-length", rawFile("{}", zeros(0), 2n ** 53n + 3n)],
  ["a header that is not UTF-8", "json", rawFile(Uint8Array.of(0x7b, 0xff, 0x7d))],
  ["a name that is not UTF-8", "utf8", rawFile(Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x7d))],
  ["a name of overlong UTF-8", "utf8", rawFile(Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x7d))],
  ["a leading space", "json", rawFile(" {}")],
  ["a byte order mark", "json", rawFile("\uFEFF{}")],
  ["an array at the top", "json", rawFile("[]")],
  ["truncated JSON", "json", rawFile('{"a":{"dtype":"F32"')],
  ["two JSON texts", "json", rawFile("{}{}")],
  ["a trailing comma", "json", rawFile('{"__metadata__":{},}')],
  ["a comment", "json", rawFile("{/**/}")],
  ["a lone surrogate in a name", "json", rawFile(`{"\\ud800":${entry("[0]", 0, 0)}}`)],
  ["a raw line break in a name", "json", rawFile(`{"a\nb":${entry("[0]", 0, 0)}}`)],
  ["a tensor named twice", "duplicate", rawFile(`{"a":${entry("[1]", 0, 4)},"a":${entry("[1]", 4, 8)}}`, zeros(8))],
  ["a tensor named twice, once by an escape", "duplicate", rawFile(`{"a":${entry("[0]", 0, 0)},"\\u0061":${entry("[0]", 0, 0)}}`)],
  ["two lists of metadata", "duplicate", rawFile('{"__metadata__":{},"__metadata__":{}}')],
  ["a field named twice", "duplicate", rawFile('{"a":{"dtype":"F32","dtype":"F16"}}')],
  ["metadata with a number", "header", rawFile('{"__metadata__":{"a":1}}')],
  ["metadata that is null", "header", rawFile('{"__metadata__":null}')],
  ["an unknown dtype", "dtype", rawFile(`{"a":${entry("[1]", 0, 4, '"F31"')}}`, zeros(4))],
  ["a dtype named like a method of Object", "dtype", rawFile(`{"a":${entry("[1]", 0, 4, '"constructor"')}}`, zeros(4))],
  ["a dtype that is a number", "header", rawFile(`{"a":${entry("[1]", 0, 4, "4")}}`, zeros(4))],
  ["a tensor that is a number", "header", rawFile('{"a":1}')],
  ["an unknown field", "header", rawFile('{"a":{"stride":[1]}}')],
  ["no dtype", "header", rawFile('{"a":{"shape":[1],"data_offsets":[0,4]}}', zeros(4))],
  ["no shape", "header", rawFile('{"a":{"dtype":"F32","data_offsets":[0,4]}}', zeros(4))],
  ["no offsets", "header", rawFile('{"a":{"dtype":"F32","shape":[1]}}', zeros(4))],
  ["one offset", "header", rawFile('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', zeros(4))],
  ["three offsets", "shape", rawFile('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,4]}}', zeros(4))],
  ["a negative dimension", "shape", rawFile(`{"a":${entry("[-1]", 0, 4)}}`, zeros(4))],
  ["a dimension of minus zero", "shape", rawFile(`{"a":${entry("[-0]", 0, 0)}}`)],
  ["a fractional dimension", "shape", rawFile(`{"a":${entry("[1.5]", 0, 6)}}`, zeros(6))],
  ["a dimension written 1.0", "shape", rawFile(`{"a":${entry("[1.0]", 0, 4)}}`, zeros(4))],
  ["a dimension written 1e0", "shape", rawFile(`{"a":${entry("[1e0]", 0, 4)}}`, zeros(4))],
  ["a dimension of 2^53", "shape", rawFile(`{"a":${entry("[9007199254740992]", 0, 4)}}`, zeros(4))],
  ["a dimension that is text", "header", rawFile(`{"a":${entry('["1"]', 0, 4)}}`, zeros(4))],
  ["a product that overflows 64 bits to 1", "shape", rawFile(`{"a":${entry("[4294967296,4294967296,1]", 0, 4)}}`, zeros(4))],
  ["a product that overflows before a 0", "shape", rawFile(`{"a":${entry("[4294967296,4294967296,0]", 0, 0)}}`)],
  ["nine dimensions", "shape", rawFile(`{"a":${entry("[1,1,1,1,1,1,1,1,1]", 0, 4)}}`, zeros(4))],
  ["offsets reversed", "offsets", rawFile(`{"a":${entry("[1]", 4, 0)}}`, zeros(4))],
  ["a negative offset", "shape", rawFile(`{"a":${entry("[1]", -4, 0)}}`, zeros(4))],
  ["an overlap", "overlap", rawFile(`{"a":${entry("[2]", 0, 8)},"b":${entry("[2]", 4, 12)}}`, zeros(12))],
  ["one range named by two tensors", "overlap", rawFile(`{"a":${entry("[2]", 0, 8)},"b":${entry("[2]", 0, 8)}}`, zeros(8))],
  ["an empty tensor inside another", "overlap", rawFile(`{"a":${entry("[2]", 0, 8)},"b":${entry("[0]", 4, 4)}}`, zeros(8))],
  ["a hole", "hole", rawFile(`{"a":${entry("[1]", 0, 4)},"b":${entry("[1]", 8, 12)}}`, zeros(12))],
  ["a hole before the first tensor", "hole", rawFile(`{"a":${entry("[1]", 4, 8)}}`, zeros(8))],
  ["an end past the file", "truncated", rawFile(`{"a":${entry("[2]", 0, 8)}}`, zeros(7))],
  ["an end of 2^53 - 1", "truncated", rawFile(`{"a":${entry("[2]", 0, "9007199254740991")}}`, zeros(8))],
  ["a stream that was cut", "truncated", sound.subarray(0, sound.length - 3)],
  ["trailing bytes", "trailing", rawFile(`{"a":${entry("[1]", 0, 4)}}`, zeros(5))],
  ["a zip archive behind the numbers", "trailing", rawFile(`{"a":${entry("[1]", 0, 4)}}`, Uint8Array.of(0, 0, 0, 0, 0x50, 0x4b, 5, 6))],
  ["bytes without any tensor", "trailing", rawFile("{}", zeros(1))],
  ["more elements than bytes", "shape", rawFile(`{"a":${entry("[3]", 0, 8)}}`, zeros(8))],
  ["fewer elements than bytes", "shape", rawFile(`{"a":${entry("[1]", 0, 8)}}`, zeros(8))],
  ["a weight that is NaN", "non-finite", rawFile(`{"a":${entry("[3]", 0, 12)}}`, floats(1, NaN, Infinity))],
  ["a half-float weight that is infinite", "non-finite", rawFile(`{"a":${entry("[1]", 0, 2, '"F16"')}}`, Uint8Array.of(0, 0xfc))],
  ["a bfloat16 weight that is NaN", "non-finite", rawFile(`{"a":${entry("[1]", 0, 2, '"BF16"')}}`, Uint8Array.of(0xc0, 0x7f))],
  ["a float64 weight that is NaN", "non-finite", rawFile(`{"a":${entry("[1]", 0, 8, '"F64"')}}`, zeros(8).fill(255))],
  ["nesting 100,000 deep", "header", rawFile(`{"a":${"[".repeat(100_000)}`)],
  ["metadata nested 100,000 deep", "limit", rawFile(`{"__metadata__":{"a":${'{"a":'.repeat(100_000)}`)],
  ["a name of 65,537 bytes", "limit", rawFile(`{"${"a".repeat(65_537)}":1}`)],
  ["a number of 100,000 digits", "limit", rawFile(`{"a":${entry(`[${"1".repeat(100_000)}]`, 0, 4)}}`, zeros(4))],
  ["a web page", "web-page", ascii("<!DOCTYPE html><title>404</title>")],
  ["a web page of four bytes", "size", ascii("<htm")],
];
