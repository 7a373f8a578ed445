import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readJson, type JsonValue } from "./json.ts";
import { ModelFileError } from "./modelFileError.ts";

const parse = (text: string): JsonValue => readJson(new TextEncoder().encode(text), "text");

/** Maps back to plain objects, as JSON.parse gives them. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

function codeOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ModelFileError) return error.code;
    throw error;
  }
  return "read";
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

it("reads what JSON.stringify writes as JSON.parse does", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(0, 2), (value, spaces) => {
      const text = JSON.stringify(value, null, spaces);
      fc.pre(!/\\ud[89a-f]/i.test(text)); // JSON.stringify escapes lone surrogates, which are refused here.
      if (depthOf(value) > 8) return;
      expect(plain(parse(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 1000, seed: 4 },
  );
});

it("accepts no text that JSON.parse refuses", () => {
  const pieces = fc.constantFrom(..."{}[]:,\"\\", "true", "null", "-", "0", "1", ".", "e", "+", '"a"', " ", "\t", "u0041", "\u0001", "é");
  let read = 0;
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 7 }), (parts) => {
      const text = parts.join("");
      if (codeOf(text) !== "read") return;
      read++;
      expect(plain(parse(text))).toEqual(JSON.parse(text));
    }),
    { numRuns: 20_000, seed: 5 },
  );
  expect(read).toBeGreaterThan(100);
});

describe("is stricter than JSON.parse", () => {
  it.each([
    ["a key named twice", '{"a":1,"a":1}', "duplicate"],
    ["a key named twice, once by an escape", '{"a":1,"\\u0061":1}', "duplicate"],
    ["__proto__ named twice", '{"__proto__":1,"__proto__":1}', "duplicate"],
    ["a lone surrogate", '"\\udc00"', "json"],
    ["two high surrogates", '"\\ud800\\ud800"', "json"],
    ["an infinite number", "1e999", "limit"],
    ["nine levels", "[[[[[[[[[]]]]]]]]]", "limit"],
    ["100,000 levels", "[".repeat(100_000), "limit"],
    ["a number of 65 digits", "1".repeat(65), "limit"],
    ["a string of 65,537 bytes", `"${"a".repeat(65_537)}"`, "limit"],
    ["a string that never ends", `"${"\\".repeat(100)}`, "json"],
    ["nothing", "", "json"],
    ["a byte order mark", "\uFEFF1", "json"],
  ])("refuses %s", (_, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it("and takes eight levels, a string of 65,536 bytes and an escaped pair", () => {
    expect(codeOf("[[[[[[[[]]]]]]]]")).toBe("read");
    expect(codeOf(`"${"a".repeat(65_536)}"`)).toBe("read");
    expect(parse('"\\ud83d\\ude00\\n"')).toBe("😀\n");
  });
});

it("keeps a byte order mark inside a name, which tells it from the name without", () => {
  expect(plain(parse('{"a":1,"\uFEFFa":2}'))).toEqual({ a: 1, "\uFEFFa": 2 });
});

it("names the byte where the text breaks", () => {
  expect(() => parse('{"a" 1}')).toThrow('text: "1" stands where ":" is expected, at byte 5');
});
