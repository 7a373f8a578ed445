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
 * Throws: ModelFileError `json`, `utf8`, `duplicate`, `integer` or `limit`, with the offset in the file (`base` is where `bytes` lies in it).
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
    const found = byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16).padStart(2, "0")}`;
    return fail("json", `${found} stands where ${wanted} is expected, at byte ${base + at}`);
  }

  function skipSpace(): void {
    for (let byte = bytes[at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09; byte = bytes[at]) at++;
  }

  function expect(byte: number): void {
    if (bytes[at] !== byte) unexpected(`"${String.fromCharCode(byte)}"`);
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
    let escaped = false;
    let ascii = true;
    for (let byte = bytes[at]; byte !== 0x22; byte = bytes[at]) {
      if (byte === undefined) fail("json", `the text ends inside the string that starts at byte ${base + start - 1}`, start - 1);
      if (byte < 0x20) fail("json", `an unescaped control character 0x${byte.toString(16).padStart(2, "0")} stands in a string`);
      if (byte >= 0x80) ascii = false;
      if (byte === 0x5c) {
        escaped = true;
        at++; // Whatever follows, a quote included, belongs to the escape.
      }
      at++;
      if (at - start > limits.stringBytes) fail("limit", `a string is longer than ${limits.stringBytes} bytes`, start - 1);
    }
    const raw = decode(bytes.subarray(start, at), ascii, start);
    at++;
    return escaped ? unescape(raw, start) : raw;
  }

  function decode(text: Uint8Array, ascii: boolean, start: number): string {
    if (ascii && text.length <= 128) return String.fromCharCode(...text);
    try {
      // ignoreBOM keeps U+FEFF: a decoder that drops it would make two different names equal.
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
    } catch {
      return fail("utf8", `a string is not UTF-8, at byte ${base + start}`, start);
    }
  }

  function unescape(raw: string, start: number): string {
    let text = "";
    let from = 0;
    for (let slash = raw.indexOf("\\"); slash >= 0; slash = raw.indexOf("\\", from)) {
      text += raw.slice(from, slash);
      const letter = raw.charAt(slash + 1);
      const plain = escapes.get(letter);
      if (plain !== undefined) {
        text += plain;
        from = slash + 2;
        continue;
      }
      const first = letter === "u" ? hex(raw, slash + 2) : -1;
      const isHigh = first >= 0xd800 && first < 0xdc00;
      const second = isHigh && raw.startsWith("\\u", slash + 6) ? hex(raw, slash + 8) : -1;
      const isPair = second >= 0xdc00 && second < 0xe000;
      if (first < 0) fail("json", `${quoted(raw.slice(slash, slash + 6))} is no escape`, start);
      if (isHigh !== isPair || (first >= 0xdc00 && first < 0xe000)) fail("json", "an escape holds half a surrogate pair", start);
      text += isPair ? String.fromCharCode(first, second) : String.fromCharCode(first);
      from = slash + (isPair ? 12 : 6);
    }
    return text + raw.slice(from);
  }

  /** Reads the characters of a number; its grammar is checked by the caller. */
  function literal(): string {
    skipSpace();
    const start = at;
    while (isDigit(bytes[at]) || numberMarks.includes(bytes[at] ?? 0)) {
      if (++at - start > 64) fail("limit", "a number is longer than 64 characters", start);
    }
    if (at === start) unexpected("a number");
    return String.fromCharCode(...bytes.subarray(start, at));
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

const escapes = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

const numberMarks = [..."+-.eE"].map((mark) => mark.charCodeAt(0));

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** The four hexadecimal digits at `from`, or −1. */
function hex(text: string, from: number): number {
  const digits = text.slice(from, from + 4);
  return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : -1;
}
