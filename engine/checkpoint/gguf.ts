import { type GgufCodes, type GgufType, ggufTypes, otherGgufTypes } from "./ggufBlocks.ts";
import { elementCount, findNonFinite, nonFinite } from "./hostTensor.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";

/** A value of the metadata. Integers of 64 bits are numbers, which holds to 2⁵³. */
export type GgufValue = number | boolean | string | readonly GgufValue[];

export interface GgufTensor {
  readonly name: string;
  /** Row-major, slowest axis first: the reverse of the file's order. */
  readonly shape: readonly number[];
  readonly type: GgufType;
  /** Where its bytes lie in the file. */
  readonly begin: number;
  readonly end: number;
}

export interface Gguf {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /**
   * Widens a tensor to float32.
   * Throws: ModelFileError `missing`, `non-finite`.
   */
  read(name: string): Float32Array;
  /** The codes of a quantized tensor; null for others. Of a tensor that `read` has found sound. */
  codes(name: string): GgufCodes | null;
}

const most = {
  fileBytes: 2 ** 30, keys: 10_000, tensors: 10_000, items: 2_000_000, stringBytes: 65_536, templateBytes: 2 ** 20, rank: 4, depth: 4,
};

/** Bytes that a value of each type takes at least: what a count is held against before anything is allocated. */
const leastBytes = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8] as const;

/**
 * Reads a GGUF file of version 2 or 3: magic, counts, metadata, tensor list, and the numbers at an alignment.
 *
 * Every count and length is held against what is left of the file before it is used. Tensors must not overlap, and between them may
 * lie no more than the padding to the alignment.
 *
 * Throws: ModelFileError `size`, `magic`, `version`, `limit`, `truncated`, `type`, `utf8`, `bool`, `integer`, `duplicate`,
 * `alignment`, `shape`, `offsets`, `overlap`, `hole`, `trailing`.
 * Source: docs/gguf.md of ggml-org/ggml.
 */
export function readGguf(bytes: Uint8Array): Gguf {
  const { metadata, tensors } = readGgufHeader(bytes, bytes.length)!;
  const viewOf = ({ begin, end }: GgufTensor): DataView => new DataView(bytes.buffer, bytes.byteOffset + begin, end - begin);
  const read = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (!tensor) return refuse("missing", `the tensor ${quoted(name)} is missing`, undefined, name);
    const values = tensor.type.read(viewOf(tensor), elementCount(tensor.shape));
    const fault = findNonFinite({ dtype: "F32", shape: tensor.shape, data: values });
    if (fault) throw nonFinite("gguf", name, fault, tensor.begin);
    return values;
  };
  const codes = (name: string): GgufCodes | null => {
    const tensor = tensors.get(name);
    return tensor?.type.codes ? tensor.type.codes(viewOf(tensor), elementCount(tensor.shape)) : null;
  };
  return { metadata, tensors, read, codes };
}

/**
 * Metadata and tensor list of a file of `fileBytes`, of which `bytes` is the start; null when the header goes on behind it.
 *
 * Throws: ModelFileError as `readGguf`, but for what concerns the numbers.
 */
export function readGgufHeader(bytes: Uint8Array, fileBytes: number): Pick<Gguf, "metadata" | "tensors"> | null {
  try {
    return readHeader(bytes, fileBytes);
  } catch (error) {
    if (error === goesOn) return null;
    throw error;
  }
}

/** Thrown where the start of a file ends before what the file has. */
const goesOn = new Error("the header goes on");

function readHeader(bytes: Uint8Array, fileBytes: number): Pick<Gguf, "metadata" | "tensors"> {
  if (fileBytes > most.fileBytes) refuse("size", `the file has ${fileBytes} bytes, at most ${most.fileBytes} are read`);
  const cursor = createCursor(bytes, fileBytes);
  if (fileBytes < 24) refuse("size", `the file has ${fileBytes} bytes, the counts alone need 24`, 0);
  if (cursor.uint32() !== 0x46554747) refuse("magic", "the file does not start with the letters GGUF", 0);
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) refuse("version", `the version is ${version}, known are 2 and 3`, 4);
  const tensorCount = cursor.count("tensors", most.tensors, 24);
  const keyCount = cursor.count("keys", most.keys, 13);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < keyCount; i++) {
    const at = cursor.at();
    const key = cursor.string(most.stringBytes, "a key");
    if (metadata.has(key)) refuse("duplicate", `the key ${quoted(key)} stands twice`, at);
    metadata.set(key, cursor.value(cursor.uint32(), key, 0));
  }
  const list = Array.from({ length: tensorCount }, () => readTensor(cursor));
  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !(alignment >= 8 && alignment <= 65_536) || !Number.isInteger(Math.log2(alignment))) {
    refuse("alignment", `general.alignment is ${String(alignment).slice(0, 20)}, expected a power of two from 8 to 65536`);
  }
  const start = Math.ceil(cursor.at() / alignment) * alignment;
  return { metadata, tensors: placeTensors(list, start, alignment, fileBytes) };
}

interface Listed {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: GgufType;
  readonly offset: number;
  readonly bytes: number;
}

function readTensor(cursor: Cursor): Listed {
  const at = cursor.at();
  const name = cursor.string(most.stringBytes, "a tensor's name");
  const rank = cursor.uint32();
  if (rank > most.rank) refuse("shape", `${quoted(name)} has ${rank} dimensions, at most ${most.rank} are read`, at, name);
  const shape = Array.from({ length: rank }, () => cursor.uint64(`a size of ${quoted(name)}`)).reverse();
  const number = cursor.uint32();
  const type = ggufTypes.get(number);
  if (!type) {
    const known = [...ggufTypes.values()].map((each) => each.name).join(", ");
    return refuse("type", `${quoted(name)} is of type ${otherGgufTypes.get(number) ?? number}, read are ${known}`, at, name);
  }
  let count = 1;
  for (const size of shape) {
    count *= size;
    if (size === 0 || !Number.isSafeInteger(count)) {
      refuse("shape", `${quoted(name)} has shape [${shape.join(",")}], expected from 1 to 2^53 - 1 numbers`, at, name);
    }
  }
  if ((shape[rank - 1] ?? 1) % type.numbers !== 0) {
    refuse("shape", `${quoted(name)} has rows of ${shape[rank - 1] ?? 1}, ${type.name} needs a multiple of ${type.numbers}`, at, name);
  }
  return { name, shape, type, offset: cursor.uint64(`the offset of ${quoted(name)}`), bytes: (count / type.numbers) * type.bytes };
}

/** Checks that the tensors lie in the file one behind the other: nothing may hide between them but padding. */
function placeTensors(list: readonly Listed[], start: number, alignment: number, fileBytes: number): Map<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  let covered = start, before = "the header";
  for (const { name, shape, type, offset, bytes } of list.toSorted((a, b) => a.offset - b.offset || a.bytes - b.bytes)) {
    if (tensors.has(name)) refuse("duplicate", `the tensor ${quoted(name)} stands twice`, start + offset, name);
    if (offset % alignment !== 0) {
      refuse("offsets", `${quoted(name)} begins at ${offset}, which is no multiple of ${alignment}`, start + offset, name);
    }
    const begin = start + offset, end = begin + bytes;
    if (end > fileBytes) refuse("truncated", `${quoted(name)} ends at byte ${end}, the file has ${fileBytes}`, begin, name);
    if (begin < covered) refuse("overlap", `${quoted(name)} begins inside ${before}`, begin, name);
    if (begin - covered >= alignment) refuse("hole", `${begin - covered} bytes lie between ${before} and ${quoted(name)}`, covered, name);
    tensors.set(name, { name, shape, type, begin, end });
    covered = end;
    before = quoted(name);
  }
  if (fileBytes - covered >= alignment) {
    refuse("trailing", `${fileBytes - covered} bytes follow ${before}, the last that is named`, covered);
  }
  // The file's own order is kept.
  return new Map(list.map(({ name }) => [name, tensors.get(name)!]));
}

type Cursor = ReturnType<typeof createCursor>;

/** Reads from the front; nothing is taken that is not there. */
function createCursor(bytes: Uint8Array, fileBytes: number) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let place = 0;
  let items = 0;
  const take = (count: number): number => {
    if (count > fileBytes - place) {
      refuse("truncated", `${count} bytes are wanted at byte ${place}, ${fileBytes - place} are left`, place);
    }
    if (count > bytes.length - place) throw goesOn;
    place += count;
    return place - count;
  };
  const uint32 = (): number => view.getUint32(take(4), true);
  const wide = (value: bigint, what: string): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) refuse("integer", `${what} is ${value}, at most 2^53 - 1 is read`, place - 8);
    return number;
  };
  const uint64 = (what: string): number => wide(view.getBigUint64(take(8), true), what);
  /** A number of things that take at least `each` bytes apiece. */
  const count = (what: string, limit: number, each: number): number => {
    const at = place;
    const value = view.getBigUint64(take(8), true);
    if (value > BigInt(limit)) refuse("limit", `the file has ${value} ${what}, at most ${limit} are read`, at);
    if (Number(value) * each > fileBytes - place) {
      refuse("truncated", `${value} ${what} need ${Number(value) * each} bytes, ${fileBytes - place} are left`, at);
    }
    return Number(value);
  };
  const string = (limit: number, what: string): string => {
    const at = place;
    const length = view.getBigUint64(take(8), true);
    if (length > BigInt(fileBytes - place)) refuse("truncated", `${what} has ${length} bytes, ${fileBytes - place} are left`, at);
    if (length > BigInt(limit)) refuse("limit", `${what} has ${length} bytes, at most ${limit} are read`, at);
    const from = take(Number(length));
    try {
      return utf8.decode(bytes.subarray(from, place));
    } catch {
      return refuse("utf8", `${what} is not UTF-8`, from);
    }
  };
  const value = (type: number, key: string, depth: number): GgufValue => {
    switch (type) {
      case 0: return view.getUint8(take(1));
      case 1: return view.getInt8(take(1));
      case 2: return view.getUint16(take(2), true);
      case 3: return view.getInt16(take(2), true);
      case 4: return uint32();
      case 5: return view.getInt32(take(4), true);
      case 6: return view.getFloat32(take(4), true);
      case 7: {
        const byte = view.getUint8(take(1));
        if (byte > 1) refuse("bool", `${quoted(key)} is ${byte}, a truth value is 0 or 1`, place - 1);
        return byte === 1;
      }
      // A chat template may be long; it is text that nobody runs here.
      case 8: return string(key.startsWith("tokenizer.chat_template") ? most.templateBytes : most.stringBytes, quoted(key));
      case 9: {
        if (depth === most.depth) refuse("limit", `${quoted(key)} nests lists deeper than ${most.depth}`, place);
        const inner = uint32();
        const length = count(`items in ${quoted(key)}`, most.items, leastBytes[inner] ?? 1);
        items += length;
        if (items > most.items) refuse("limit", `the lists of the file have more than ${most.items} items`, place);
        // Filled one by one: a list that ends early has not been allocated whole.
        const list: GgufValue[] = [];
        for (let i = 0; i < length; i++) list.push(value(inner, key, depth + 1));
        return list;
      }
      case 10: return uint64(quoted(key));
      case 11: return wide(view.getBigInt64(take(8), true), quoted(key));
      case 12: return view.getFloat64(take(8), true);
      default: return refuse("type", `${quoted(key)} is of type ${type}, known are 0 to 12`, place - 4);
    }
  };
  return { at: () => place, uint32, uint64, count, string, value };
}

/** ignoreBOM keeps U+FEFF: a decoder that drops it would make two different names equal. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A value of the metadata in a word or two, for a refusal. */
export function shownGguf(value: GgufValue | undefined): string {
  if (value === undefined) return "missing";
  return typeof value === "string" ? quoted(value) : Array.isArray(value) ? "a list" : String(value);
}

function refuse(code: string, message: string, offset?: number, tensor?: string): never {
  throw new ModelFileError(
    code, `gguf: ${message}`, { ...(offset === undefined ? {} : { offset }), ...(tensor === undefined ? {} : { tensor }) }
  );
}
