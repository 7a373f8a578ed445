import { unescapeJson } from "./jsonEscapes.ts";
import { ModelFileError, quoted } from "./modelFileError.ts";

/** A parsed JSON value. Objects are Maps: a key from a file such as `__proto__` must stay a plain key. */
export type JsonValue = null | boolean | number | string | JsonValue[] | Map<string, JsonValue>;

export type JsonKind = "object" | "array" | "string" | "number" | "boolean" | "null";

/** What a file may ask of the reader. `items` bounds each single object and array, `stringBytes` each string as written. */
export interface JsonLimits {
  readonly depth: number;
  readonly stringBytes: number;
  readonly items: number;
}

/** A cursor over JSON text: each call reads one value at the cursor, so a file can be refused before the rest of it is parsed. */
export interface JsonReader {
  /** The offset in the file of the next value. */
  offset(): number;
  /** The kind of the next value, which stays unread. */
  kind(): JsonKind;
  /** Reads an object; `entry` must read the value of the key it is given. */
  object(entry: (key: string) => void): void;
  /** Reads an array; `item` must read one item. */
  array(item: (index: number) => void): void;
  string(): string;
  /** Reads a whole number from 0 to 2⁵³ − 1, written with digits alone: neither `-0`, `2.0` nor `1e2`. */
  integer(): number;
  value(): JsonValue;
  /** Refuses anything but white space up to the end. */
  end(): void;
}

export const jsonLimits: JsonLimits = { depth: 8, stringBytes: 65_536, items: 1_000_000 };

/**
 * Reads strict JSON (RFC 8259) from UTF-8 bytes with bounded depth, and refuses an object that names a key twice, which `JSON.parse`
 * lets pass with the last one winning.
 *
 * Throws: ModelFileError `json`, `utf8`, `duplicate`, `integer` or `limit`, with the offset in the file, in which
 * `bytes` lies at `base`.
 * Source: RFC 8259.
 */
export function jsonReader(bytes: Uint8Array, label: string, base = 0, limits: JsonLimits = jsonLimits): JsonReader {
  let at = 0;
  let depth = 0;

  function fail(code: string, message: string, where = at): never {
    throw new ModelFileError(code, `${label}: ${message}`, { offset: base + where });
  }

  function unexpected(wanted: string): never {
    const byte = bytes[at];
    if (byte === undefined) fail("json", `the text ends where ${wanted} is expected, after ${at} bytes`);
    return fail("json", `${shownByte(byte)} stands where ${wanted} is expected, at byte ${base + at}`);
  }

  function skipSpace(): void {
    for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
  }

  function expect(byte: number): void {
    if (bytes[at] !== byte) unexpected(shownByte(byte));
    at++;
  }

  function kind(): JsonKind {
    skipSpace();
    const byte = bytes[at];
    if (byte === 0x7b) return "object";
    if (byte === 0x5b) return "array";
    if (byte === 0x22) return "string";
    if (byte === 0x74 || byte === 0x66) return "boolean";
    if (byte === 0x6e) return "null";
    if (byte === 0x2d || isDigit(byte)) return "number";
    return unexpected("a value");
  }

  /** The shared walk of objects and arrays: `open item, item, … close`. */
  function list(open: number, close: number, item: (index: number) => void): void {
    skipSpace();
    expect(open);
    if (++depth > limits.depth) fail("limit", `nesting is deeper than ${limits.depth}`, at - 1);
    skipSpace();
    for (let index = 0; bytes[at] !== close; index++) {
      if (index > 0) {
        expect(0x2c);
        skipSpace();
      }
      if (index >= limits.items) fail("limit", `a list has more than ${limits.items} items`);
      item(index);
      skipSpace();
      if (bytes[at] !== close && bytes[at] !== 0x2c) unexpected(`"," or "${String.fromCharCode(close)}"`);
    }
    at++;
    depth--;
  }

  function object(entry: (key: string) => void): void {
    const keys = new Set<string>();
    list(0x7b, 0x7d, () => {
      const start = at;
      const key = string();
      if (keys.has(key)) fail("duplicate", `the key ${quoted(key)} stands twice in one object`, start);
      keys.add(key);
      skipSpace();
      expect(0x3a);
      entry(key);
    });
  }

  function array(item: (index: number) => void): void {
    list(0x5b, 0x5d, item);
  }

  function string(): string {
    skipSpace();
    expect(0x22);
    const start = at;
    const last = Math.min(bytes.length, start + limits.stringBytes + 1);
    let escaped = false;
    let ascii = true;
    let i = start; // A local cursor: the one shared by the closures costs twice the time in this, the hottest loop.
    for (; i < last; i++) {
      const byte = bytes[i] ?? 0;
      if (byte === 0x22) break;
      if (byte < 0x20) fail("json", `an unescaped control character ${shownByte(byte)} stands in a string`, i);
      if (byte >= 0x80) ascii = false;
      if (byte === 0x5c) {
        escaped = true;
        i++; // Whatever follows, a quotation mark included, belongs to the escape.
      }
    }
    if (i - start > limits.stringBytes) fail("limit", `a string is longer than ${limits.stringBytes} bytes`, start - 1);
    if (i >= bytes.length) fail("json", `the text ends inside the string that starts at byte ${base + start - 1}`, bytes.length);
    at = i;
    const raw = decode(bytes.subarray(start, at), ascii, start);
    at++;
    return escaped ? unescapeJson(raw, (message) => fail("json", message, start)) : raw;
  }

  function decode(text: Uint8Array, ascii: boolean, start: number): string {
    if (ascii && text.length <= 64) return asciiText(text);
    try {
      return utf8.decode(text);
    } catch {
      return fail("utf8", `a string is not UTF-8, at byte ${base + start}`, start);
    }
  }

  /** Reads the characters of a number; its grammar is checked by the caller. */
  function literal(): string {
    skipSpace();
    const start = at;
    while (isDigit(bytes[at]) || numberMarks.includes(bytes[at] ?? 0)) {
      if (++at - start > 64) fail("limit", "a number is longer than 64 characters", start);
    }
    if (at === start) unexpected("a number");
    return asciiText(bytes.subarray(start, at));
  }

  function number(): number {
    skipSpace();
    const start = at;
    const text = literal();
    if (!/^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text)) fail("json", `${quoted(text)} is not a number`, start);
    const value = Number(text);
    if (!Number.isFinite(value)) fail("limit", `the number ${quoted(text)} is too large`, start);
    return value;
  }

  function integer(): number {
    if (kind() !== "number") unexpected("a whole number");
    const start = at;
    const text = literal();
    const value = Number(text);
    if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(value)) {
      fail("integer", `${quoted(text)} stands where a whole number from 0 to 2^53 - 1 is expected`, start);
    }
    return value;
  }

  function word(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (bytes[at] !== text.charCodeAt(i)) unexpected(`"${text}"`);
      at++;
    }
  }

  function value(): JsonValue {
    switch (kind()) {
      case "object": {
        const map = new Map<string, JsonValue>();
        object((key) => map.set(key, value()));
        return map;
      }
      case "array": {
        const items: JsonValue[] = [];
        array(() => items.push(value()));
        return items;
      }
      case "string":
        return string();
      case "number":
        return number();
      case "boolean": {
        const isTrue = bytes[at] === 0x74;
        word(isTrue ? "true" : "false");
        return isTrue;
      }
      case "null":
        word("null");
        return null;
    }
  }

  function end(): void {
    skipSpace();
    if (at < bytes.length) unexpected("the end");
  }

  function offset(): number {
    skipSpace();
    return base + at;
  }

  return { offset, kind, object, array, string, integer, value, end };
}

/**
 * Reads one whole JSON text: `readJson(utf8('{"a":[1]}'), "config.json")` is `Map { "a" → [1] }`.
 *
 * Throws: ModelFileError as `jsonReader` does.
 */
export function readJson(bytes: Uint8Array, label: string, limits: JsonLimits = jsonLimits): JsonValue {
  const reader = jsonReader(bytes, label, 0, limits);
  const value = reader.value();
  reader.end();
  return value;
}

const numberMarks = [..."+-.eE"].map((mark) => mark.charCodeAt(0));

/** ignoreBOM keeps U+FEFF: a decoder that drops it would make two different names equal. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Short names and numbers, which a loop turns into text faster than the decoder is called. */
function asciiText(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

function shownByte(byte: number): string {
  if (byte === 0x22) return "a quotation mark";
  return byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
