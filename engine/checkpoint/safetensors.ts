import { elementCount, findNonFinite, nonFinite, storages, type Dtype, type HostTensor, type Storage } from "./hostTensor.ts";
import { jsonLimits, jsonReader, type JsonReader } from "./json.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";

/** The content of a safetensors file. */
export interface Safetensors {
  readonly tensors: Map<string, HostTensor>;
  readonly metadata: Map<string, string>;
}

const maxFileBytes = 2 ** 30;
const maxHeaderBytes = 100_000_000;
const maxTensors = 10_000;
const maxRank = 8;

/** A header entry, checked against itself but not yet against its neighbours. Offsets count from the end of the header. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file: 8 bytes of header length (little-endian), a JSON header, and the numbers, which must fill the rest
 * without hole, overlap or remainder.
 *
 * Nothing is allocated before its length is checked. Aligned tensors are views into `bytes`; the others are copied.
 * `allowNonFinite` lets NaN and infinities pass, as dumps of masked scores need; weights are refused with them.
 *
 * Throws: ModelFileError, with the tensor's name where there is one.
 * Source: the format description in github.com/huggingface/safetensors.
 */
export function readSafetensors(bytes: Uint8Array, options: { allowNonFinite?: boolean } = {}): Safetensors {
  const headerEnd = safetensorsHeaderEnd(bytes, bytes.length);
  const { entries, metadata } = readSafetensorsHeader(bytes.subarray(0, headerEnd), bytes.length);
  const tensors = new Map<string, HostTensor>();
  for (const entry of entries) {
    const tensor = view(bytes, headerEnd, entry);
    const fault = options.allowNonFinite === true ? undefined : findNonFinite(tensor);
    if (fault !== undefined) throw nonFinite("safetensors", entry.name, fault, headerEnd + entry.begin);
    tensors.set(entry.name, tensor);
  }
  return { tensors, metadata };
}

/**
 * Where the header of a file of `fileBytes` ends, from its first bytes (24 are enough).
 *
 * Throws: ModelFileError `size`, `web-page`, `header-length`.
 */
export function safetensorsHeaderEnd(bytes: Uint8Array, fileBytes: number): number {
  if (fileBytes > maxFileBytes) {
    throw new ModelFileError("size", `safetensors: the file has ${fileBytes} bytes, at most ${maxFileBytes} are read`);
  }
  if (bytes[0] === 0x3c) {
    // A server that answers with its error page deserves a clearer word than the absurd length that "<!DOCTYP" spells.
    const start = new TextDecoder().decode(bytes.subarray(0, 24)).toLowerCase();
    if (/^<(!doctype|html|head|\?xml|svg)/.test(start)) {
      throw new ModelFileError("web-page", `safetensors: the file is a web page, it starts with ${quoted(start)}`, { offset: 0 });
    }
  }
  if (bytes.length < 8) {
    throw new ModelFileError("size", `safetensors: the file has ${bytes.length} bytes, the header length alone needs 8`, { offset: 0 });
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const fault =
    length < 2n ? "at least 2 is needed"
    : length > maxHeaderBytes ? `at most ${maxHeaderBytes} is read`
    : length > fileBytes - 8 ? `only ${fileBytes - 8} bytes follow it`
    : undefined;
  if (fault === undefined) return 8 + Number(length);
  throw new ModelFileError("header-length", `safetensors: the header length is ${length}, ${fault}`, { offset: 0 });
}

/**
 * The tensors that a header names, in its order, and its metadata. `start` is the file up to the end of the header.
 *
 * Throws: ModelFileError, all that concerns the header and the places of the tensors.
 */
export function readSafetensorsHeader(
  start: Uint8Array, fileBytes: number,
): { readonly entries: SafetensorsEntry[]; readonly metadata: Map<string, string> } {
  const header = start.subarray(8), dataBytes = fileBytes - start.length;
  if (header[0] !== 0x7b) {
    const byte = (header[0] ?? 0).toString(16).padStart(2, "0");
    throw new ModelFileError("json", `safetensors: the header starts with byte 0x${byte}, expected 0x7b "{"`, { offset: 8 });
  }
  checkObjectCount(header.subarray(0, 2 ** 22));
  const limits = { ...jsonLimits, items: maxTensors + 1 };
  const reader = jsonReader(header, "safetensors", 8, limits);
  const entries: SafetensorsEntry[] = [];
  let metadata = new Map<string, string>();
  reader.object((name) => {
    if (name === "__metadata__") {
      metadata = readMetadata(reader);
      return;
    }
    if (entries.length === maxTensors) tooManyTensors(reader.offset());
    entries.push(readEntry(reader, name, dataBytes));
  });
  reader.end();
  checkTiling(entries, dataBytes, start.length);
  return { entries, metadata };
}

/** Counts `{` outside strings in the start of a header: a million tensors are refused before the first thousands of them are parsed. */
function checkObjectCount(header: Uint8Array): void {
  let objects = 0;
  let isString = false;
  for (let at = 0; at < header.length; at++) {
    const byte = header[at];
    if (byte === 0x22) isString = !isString;
    else if (isString && byte === 0x5c) at++;
    // Two more than tensors: the header itself and the metadata.
    else if (!isString && byte === 0x7b && ++objects > maxTensors + 2) tooManyTensors(8 + at);
  }
}

function tooManyTensors(offset: number): never {
  throw new ModelFileError("limit", `safetensors: the header names more than ${maxTensors} tensors`, { offset });
}

function readMetadata(reader: JsonReader): Map<string, string> {
  const metadata = new Map<string, string>();
  expectKind(reader, "object", "__metadata__", undefined);
  reader.object((key) => {
    expectKind(reader, "string", `__metadata__ ${quoted(key)}`, undefined);
    metadata.set(key, reader.string());
  });
  return metadata;
}

function readEntry(reader: JsonReader, name: string, dataBytes: number): SafetensorsEntry {
  const start = reader.offset();
  const fail = (code: string, message: string): never => {
    throw new ModelFileError(code, `safetensors: ${quoted(name)} ${message}`, { offset: start, tensor: name });
  };
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  expectKind(reader, "object", quoted(name), name);
  reader.object((key) => {
    if (key === "dtype") {
      expectKind(reader, "string", `dtype of ${quoted(name)}`, name);
      dtype = reader.string();
    } else if (key === "shape") shape = readIntegers(reader, name, "shape", maxRank);
    else if (key === "data_offsets") offsets = readIntegers(reader, name, "data_offsets", 2);
    else fail("header", `has a field ${quoted(key)}, known are dtype, shape and data_offsets`);
  });
  if (dtype === undefined) return fail("header", "has no dtype");
  if (shape === undefined) return fail("header", "has no shape");
  if (offsets === undefined) return fail("header", "has no data_offsets");
  const [begin, end] = offsets as number[];
  if (begin === undefined || end === undefined) return fail("header", `has ${(offsets as number[]).length} data_offsets, expected 2`);
  if (begin > end) return fail("offsets", `ends at ${end} before it begins at ${begin}`);
  if (end > dataBytes) return fail("truncated", `ends at byte ${end} of the numbers, the file has ${dataBytes} bytes of them`);
  const storage = storages.get(dtype);
  if (storage === undefined) return fail("dtype", `has dtype ${quoted(dtype)}, known are ${[...storages.keys()].join(" ")}`);
  const bytes = storage.bytes * safeCount(shape, fail);
  const stated = (shape as number[]).join(",");
  if (bytes !== end - begin) return fail("shape", `has ${end - begin} bytes, its shape [${stated}] of ${dtype} needs ${bytes}`);
  return { name, dtype: dtype as Dtype, shape, begin, end };
}

/** The element count of a shape out of a file, whose product may pass 2⁵³. */
function safeCount(shape: readonly number[], fail: (code: string, message: string) => never): number {
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (!Number.isSafeInteger(count)) fail("shape", `has shape [${shape.join(",")}], more elements than 2^53 - 1`);
  }
  return count;
}

/** Reads an array of whole numbers; its errors carry the tensor's name, which the JSON reader does not know. */
function readIntegers(reader: JsonReader, name: string, field: string, longest: number): number[] {
  const values: number[] = [];
  expectKind(reader, "array", `${field} of ${quoted(name)}`, name);
  reader.array((index) => {
    if (index === longest) {
      throw new ModelFileError("shape", `safetensors: ${field} of ${quoted(name)} has more than ${longest} numbers`, {
        offset: reader.offset(),
        tensor: name,
      });
    }
    expectKind(reader, "number", `${field} of ${quoted(name)}`, name);
    try {
      values.push(reader.integer());
    } catch (error) {
      if (!(error instanceof ModelFileError) || error.code !== "integer") throw error;
      const message = `${error.message}, in ${field} of ${quoted(name)}`;
      throw new ModelFileError("shape", message, { offset: error.offset ?? reader.offset(), tensor: name });
    }
  });
  return values;
}

function expectKind(reader: JsonReader, wanted: string, what: string, tensor: string | undefined): void {
  const kind = reader.kind();
  if (kind === wanted) return;
  const where = tensor === undefined ? { offset: reader.offset() } : { offset: reader.offset(), tensor };
  throw new ModelFileError("header", `safetensors: ${what} is of type ${kind}, expected ${wanted}`, where);
}

/** The tensors must tile the numbers exactly: what no tensor names is where a second file (a zip, a script) would hide. */
function checkTiling(entries: readonly SafetensorsEntry[], dataBytes: number, headerEnd: number): void {
  let covered = 0;
  let before = "the header";
  for (const { name, begin, end } of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const where = { offset: headerEnd + begin, tensor: name };
    if (begin < covered) {
      const message = `safetensors: ${quoted(name)} begins at ${begin}, inside ${before}, which ends at ${covered}`;
      throw new ModelFileError("overlap", message, where);
    }
    if (begin > covered) {
      const message = `safetensors: ${quoted(name)} begins at ${begin}, a hole after ${before}, which ends at ${covered}`;
      throw new ModelFileError("hole", message, where);
    }
    covered = end;
    before = quoted(name);
  }
  if (covered < dataBytes) {
    const message = `safetensors: the tensors end at byte ${covered} of the numbers, the file has ${dataBytes} bytes of them`;
    throw new ModelFileError("trailing", message, { offset: headerEnd + covered });
  }
}

function view(bytes: Uint8Array, headerEnd: number, { dtype, shape, begin, end }: SafetensorsEntry): HostTensor {
  const { bytes: width, make } = storageOf(dtype);
  const start = bytes.byteOffset + headerEnd + begin;
  const count = (end - begin) / width;
  if (start % width === 0) return { dtype, shape, data: make(bytes.buffer, start, count) };
  return { dtype, shape, data: make(bytes.buffer.slice(start, start + end - begin), 0, count) };
}

/**
 * Writes a safetensors file, the same bytes for the same content: metadata first, then tensors by falling element width and rising
 * name, so that every tensor lies aligned; the header is padded with spaces to a multiple of 8.
 *
 * Throws: Error when a tensor's numbers, shape and dtype disagree.
 */
export function writeSafetensors(tensors: ReadonlyMap<string, HostTensor>, metadata: ReadonlyMap<string, string> = new Map()): Uint8Array {
  const order = [...tensors].toSorted(([a, x], [b, y]) => storageOf(y.dtype).bytes - storageOf(x.dtype).bytes || compareNames(a, b));
  const parts: string[] = [];
  if (metadata.size > 0) {
    const pairs = [...metadata].toSorted(([a], [b]) => compareNames(a, b));
    parts.push(`"__metadata__":{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(",")}}`);
  }
  let at = 0;
  for (const [name, { dtype, shape, data }] of order) {
    const storage = storageOf(dtype);
    if (name === "__metadata__" || !storage.holds(data) || data.length !== elementCount(shape)) {
      const own = `${quoted(name)} of ${dtype} [${shape.join(",")}]`;
      throw new Error(`writeSafetensors: ${own} cannot hold ${data.length} of ${data.constructor.name}`);
    }
    const range = { dtype, shape, data_offsets: [at, at + data.byteLength] };
    parts.push(`${JSON.stringify(name)}:${JSON.stringify(range)}`);
    at += data.byteLength;
  }
  const header = new TextEncoder().encode(`{${parts.join(",")}}`);
  const headerBytes = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.set(header, 8);
  bytes.fill(0x20, 8 + header.length, 8 + headerBytes);
  at = 8 + headerBytes;
  for (const [, { data }] of order) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function storageOf(dtype: Dtype): Storage {
  const storage = storages.get(dtype);
  if (storage === undefined) throw new Error(`safetensors: unknown dtype ${String(dtype)}`);
  return storage;
}

/** By code units, not by locale: the same order on every machine. */
function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
