import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { storages, type Dtype, type HostTensor } from "./hostTensor.ts";
import { hostileFiles, rawFile } from "./hostileFiles.ts";
import { processTime } from "../testing/processTime.ts";
import { ModelFileError } from "./modelFileError.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const corpus = join(import.meta.dirname, "corpus");

function refusal(bytes: Uint8Array): ModelFileError {
  try {
    readSafetensors(bytes);
  } catch (error) {
    if (error instanceof ModelFileError) return error;
    throw error;
  }
  throw new Error("the file was read");
}

/** The least of three runs: what the work takes, without what the machine does beside it. */
function milliseconds(body: () => void): number {
  return Math.min(...[0, 1, 2].map(() => processTime(body)));
}

function bytesOf({ data }: HostTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

describe("a sound file", () => {
  // Written out by hand after the format description.
  const entries = '"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"a":{"dtype":"I8","shape":[],"data_offsets":[8,9]}';
  const header = `{"__metadata__":{"format":"pt"},${entries}}`;
  const bytes = rawFile(header, Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 192, 255));

  it("gives its tensors and metadata", () => {
    const { tensors, metadata } = readSafetensors(bytes);
    expect(tensors.get("b")).toEqual({ dtype: "F32", shape: [1, 2], data: Float32Array.of(1, -2) });
    expect(tensors.get("a")).toEqual({ dtype: "I8", shape: [], data: Int8Array.of(-1) });
    expect([...metadata]).toEqual([["format", "pt"]]);
  });

  it("is read at every alignment, the odd ones by a copy", () => {
    for (let shift = 0; shift < 8; shift++) {
      const buffer = new Uint8Array(shift + bytes.length);
      buffer.set(bytes, shift);
      const { tensors } = readSafetensors(buffer.subarray(shift));
      expect(tensors.get("b")?.data).toEqual(Float32Array.of(1, -2));
    }
  });

  it("may end its header in spaces and hold empty tensors between others", () => {
    const text = '{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}   ';
    expect([...readSafetensors(rawFile(text, new Uint8Array(4))).tensors.keys()]).toEqual(["a", "b"]);
  });

  it("may name a tensor like a property of Object, which stays as it is", () => {
    const entry = (at: number): string => `{"dtype":"U8","shape":[1],"data_offsets":[${at},${at + 1}]}`;
    const text = `{"__proto__":${entry(0)},"constructor":${entry(1)}}`;
    expect([...readSafetensors(rawFile(text, Uint8Array.of(1, 2))).tensors.keys()]).toEqual(["__proto__", "constructor"]);
    expect(({} as Record<string, unknown>)["dtype"]).toBeUndefined();
  });

  it("passes NaN and infinities when a dump is read", () => {
    const file = writeSafetensors(new Map([["scores", { dtype: "F32", shape: [2], data: Float32Array.of(-Infinity, NaN) }]]));
    expect(readSafetensors(file, { allowNonFinite: true }).tensors.get("scores")?.data).toEqual(Float32Array.of(-Infinity, NaN));
  });
});

describe("a broken file", () => {
  it.each(hostileFiles)("with %s is refused as %s within 50 ms", (_, code, bytes) => {
    const error = refusal(bytes);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/^[^\p{Cc}]{10,300}$/u);
    expect(error.message).not.toMatch(/\.$|RangeError|TypeError|undefined|\bnull\b(?!,)/);
    expect(milliseconds(() => refusal(bytes))).toBeLessThan(50);
  });

  it("with NaN among its weights is refused with tensor, index and count", () => {
    const file = writeSafetensors(new Map([["h.0.bad", { dtype: "F32", shape: [4], data: Float32Array.of(0, 1, NaN, -Infinity) }]]));
    const error = refusal(file);
    expect(error.message).toBe('safetensors: "h.0.bad" holds 2 values that are NaN or infinite, the first at index 2');
    expect(error.tensor).toBe("h.0.bad");
  });

  it("with a hostile name is refused in one printable line", () => {
    const name = `a\\u0000\\n\\u202e\\u2028${"x".repeat(60_000)}`;
    const { message } = refusal(rawFile(`{"${name}":{"dtype":"F32"}}`));
    expect(message.length).toBeLessThan(120);
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  });

  it("of a million tensors is refused within 50 ms, before most of it is read", () => {
    const many = Array.from({ length: 1_000_000 }, (_, i) => `"${i}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`);
    const bytes = rawFile(`{${many.join(",")}}`);
    expect(refusal(bytes).code).toBe("limit");
    expect(milliseconds(() => refusal(bytes))).toBeLessThan(50);
  });

  it("of ten thousand tensors is read, of one more refused", () => {
    const entry = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    const many = Array.from({ length: 10_001 }, (_, i) => `"{${i}":${entry}`);
    const file = (count: number, first: string): Uint8Array => rawFile(`{${[first, ...many.slice(0, count)].join(",")}}`);
    expect(readSafetensors(file(10_000, '"__metadata__":{"{":"{\\"{"}')).tensors.size).toBe(10_000);
    expect(refusal(file(10_001, '"__metadata__":{}')).code).toBe("limit");
    expect(refusal(file(10_000, `"a":${entry}`)).code).toBe("limit");
  });

  it("with a header of 100 MB is refused within 2 s and twice its size", () => {
    const bytes = new Uint8Array(100_000_008).fill(0x20);
    new DataView(bytes.buffer).setBigUint64(0, 100_000_000n, true);
    bytes[8] = 0x7b;
    const held = (): number => process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    const before = held();
    expect(refusal(bytes).code).toBe("json");
    expect(milliseconds(() => refusal(bytes))).toBeLessThan(2000);
    // The worst that passes every limit to the very end: metadata of the longest strings, each decoded, then a cut.
    const encoder = new TextEncoder();
    bytes.set(encoder.encode('{"__metadata__":{'), 8);
    const piece = encoder.encode(`"0000":"${"ж".repeat(32_700)}",`);
    for (let at = 25, i = 0; at + piece.length < bytes.length; at += piece.length, i++) {
      bytes.set(piece, at);
      bytes.set(encoder.encode(String(i).padStart(4, "0")), at + 1);
    }
    let error!: ModelFileError;
    expect(processTime(() => { error = refusal(bytes); })).toBeLessThan(2000);
    expect(error.code).toBe("json");
    expect(error.offset).toBe(100_000_008);
    expect(held() - before).toBeLessThan(200_000_000);
  }, 20_000);

  it("of one more byte than the header may have is refused", () => {
    expect(refusal(rawFile("{}", new Uint8Array(0), 100_000_001n)).message).toContain("at most 100000000");
  });
});

const corpusFiles = readdirSync(corpus).filter((file) => file.endsWith(".safetensors"));

it.each(corpusFiles)("the corpus file %s is refused with the code in its name", (file) => {
  expect(refusal(readFileSync(join(corpus, file))).code).toBe(file.split("--")[0]);
});

const dtypes = [...storages.keys()] as Dtype[];

const anyTensor = fc
  .record({ dtype: fc.constantFrom(...dtypes), shape: fc.array(fc.nat(4), { maxLength: 4 }), seed: fc.nat(255) })
  .map(({ dtype, shape, seed }): HostTensor => {
    const storage = storages.get(dtype);
    if (storage === undefined) throw new Error(dtype);
    const count = shape.reduce((a, b) => a * b, 1);
    // Bytes below 0x40 make every float finite.
    const bytes = Uint8Array.from({ length: count * storage.bytes }, (_, i) => (seed + 7 * i) % 64);
    return { dtype, shape, data: storage.make(bytes.buffer, 0, count) };
  });

const anyName = fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => name !== "__metadata__");
const anyTensors = fc.array(fc.tuple(anyName, anyTensor), { maxLength: 6 }).map((pairs) => new Map(pairs));
const anyMetadata = fc.array(fc.tuple(anyName, anyName), { maxLength: 3 }).map((pairs) => new Map(pairs));

/** What a file says when JSON.parse reads its header: the reference for every file that is accepted. */
function referenceParse(bytes: Uint8Array): Map<string, { dtype: string; shape: number[]; bytes: Uint8Array }> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length))) as object;
  const tensors = new Map<string, { dtype: string; shape: number[]; bytes: Uint8Array }>();
  for (const [name, value] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: [begin, end] } = value as { dtype: string; shape: number[]; data_offsets: [number, number] };
    tensors.set(name, { dtype, shape, bytes: bytes.slice(8 + length + begin, 8 + length + end) });
  }
  return tensors;
}

/** The invariant of every file: equal to the reference parse, or one ModelFileError. */
function holds(bytes: Uint8Array): "read" | "refused" {
  let file;
  try {
    file = readSafetensors(bytes);
  } catch (error) {
    if (!(error instanceof ModelFileError)) throw error;
    expect(error.message.length).toBeLessThanOrEqual(300);
    return "refused";
  }
  const reference = referenceParse(bytes);
  expect(file.tensors.size).toBe(reference.size);
  for (const [name, tensor] of file.tensors) {
    const { dtype, shape } = tensor;
    expect({ dtype, shape, bytes: new Uint8Array(bytesOf(tensor)) }).toEqual(reference.get(name));
  }
  return "read";
}

describe("any file", () => {
  it("comes back from writing and reading with the same content", () => {
    fc.assert(
      fc.property(anyTensors, anyMetadata, (tensors, metadata) => {
        const bytes = writeSafetensors(tensors, metadata);
        const file = readSafetensors(bytes);
        expect(new Map([...file.tensors].toSorted())).toEqual(new Map([...tensors].toSorted()));
        expect(file.metadata).toEqual(metadata);
        expect(holds(bytes)).toBe("read");
        const headerBytes = new DataView(bytes.buffer).getBigUint64(0, true);
        expect(headerBytes % 8n).toBe(0n);
        expect(writeSafetensors(new Map([...tensors].toReversed()), metadata)).toEqual(bytes);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("with bytes flipped, cut out or put in is the reference parse or refused", () => {
    const kinds = fc.constantFrom("set", "bit", "cut", "insert", "tail");
    const flip = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), kind: kinds, byte: fc.nat(255) });
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(anyTensors, anyMetadata, fc.array(flip, { minLength: 1, maxLength: 3 }), (tensors, metadata, flips) => {
        const bytes = [...writeSafetensors(tensors, metadata)];
        for (const { at, kind, byte } of flips) {
          const index = Math.floor(at * (bytes.length - 1));
          if (kind === "set") bytes[index] = byte;
          else if (kind === "bit") bytes[index] = (bytes[index] ?? 0) ^ (1 << (byte & 7));
          else if (kind === "tail") bytes[bytes.length - 1 - (byte & 3)] = byte;
          else if (kind === "cut") bytes.splice(index, 1 + (byte & 7));
          else bytes.splice(index, 0, byte);
        }
        seen[holds(Uint8Array.from(bytes))]++;
      }),
      { numRuns: 2000, seed: 2 },
    );
    // Both branches must have been tried, or the property says nothing.
    expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(50);
  });

  it("with any JSON or near-JSON in its header is the reference parse or refused", () => {
    const field = fc.oneof(fc.constantFrom("dtype", "shape", "data_offsets"), fc.string({ maxLength: 4 }));
    const number = fc.oneof(fc.nat(16), fc.integer(), fc.double(), fc.maxSafeInteger());
    const numbers = fc.oneof(fc.array(number, { maxLength: 3 }), fc.tuple(fc.nat(4), fc.nat(16)));
    const value = fc.oneof(fc.constantFrom("F32", "U8", "BOOL"), numbers, fc.jsonValue());
    const likely = fc.tuple(fc.nat(8), fc.nat(8)).map(([a, n]) => ({ dtype: "U8", shape: [n], data_offsets: [a, a + n] }));
    const tensor = fc.oneof(likely, fc.dictionary(field, value, { maxKeys: 4 }));
    fc.assert(
      fc.property(fc.dictionary(anyName, tensor, { maxKeys: 3 }), fc.nat(16), (header, data) => {
        holds(rawFile(JSON.stringify(header), new Uint8Array(data)));
      }),
      { numRuns: 2000, seed: 3 },
    );
  });
});

it("writing refuses numbers that do not fit their shape or dtype", () => {
  const wrongCount: HostTensor = { dtype: "F32", shape: [3], data: new Float32Array(2) };
  const wrongArray: HostTensor = { dtype: "F16", shape: [2], data: new Float32Array(2) };
  expect(() => writeSafetensors(new Map([["a", wrongCount]]))).toThrow('"a" of F32 [3] cannot hold 2 of Float32Array');
  expect(() => writeSafetensors(new Map([["a", wrongArray]]))).toThrow("cannot hold");
});
