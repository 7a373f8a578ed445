import fc from "fast-check";
import { expect, test } from "vitest";
import { everyKind } from "./everyKind.ts";
import { defaults, type Schema, valid, type Values } from "./params.ts";
import { decode, encode } from "./permalink.ts";

const base = defaults(everyKind);

/** States that the schema allows, from arbitrary values pressed through it. */
const states: fc.Arbitrary<Values<typeof everyKind>> = fc.record({
  rate: fc.double(), layers: fc.integer(), decay: fc.double({ min: 0, max: 2 }), shape: fc.constantFrom("bowl", "ripples", "x"), causal: fc.boolean(),
  sentence: fc.string({ unit: "binary", maxLength: 200 }),
  mask: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 9, maxLength: 9 }),
  matrix: fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 4, maxLength: 4 }),
  model: fc.constantFrom("shipped", "mine:0123456789abcdef", "mine:../../x"),
}).map((values) => valid(everyKind, values));

const expectValid = (params: Values<Schema>): void => expect(valid(everyKind, params)).toEqual(params);

test("encode then decode gives the same state, for every state the schema allows and every base", () => {
  fc.assert(fc.property(states, states, (state, from) => {
    const { query, leftOut } = encode(everyKind, state, from);
    expect(query.length).toBeLessThanOrEqual(2000);
    expect(leftOut).toEqual([]);
    expect(decode(everyKind, `#${query}`, from).params).toEqual(state);
  }), { numRuns: 500 });
});

test("only what differs from the base is written, keys sorted", () => {
  expect(encode(everyKind, base).query).toBe("");
  expect(encode(everyKind, { ...base, shape: "ripples", layers: 3, causal: false }).query).toBe("causal=0&layers=3&shape=ripples");
  expect(encode(everyKind, { ...base, sentence: "a cat, a & b" }).query).toBe("sentence=a+cat%2C+a+%26+b");
});

test("any text decodes to a valid state without throwing", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
    expectValid(decode(everyKind, text).params);
  }), { numRuns: 1000 });
});

test("any values under the right keys decode to a valid state", () => {
  const pair = fc.tuple(fc.constantFrom(...Object.keys(everyKind), "scene", "v"), fc.string({ unit: "binary", maxLength: 40 }));
  fc.assert(fc.property(fc.array(pair, { maxLength: 12 }), (pairs) => {
    const raw = pairs.map(([key, value]) => `${key}=${value}`).join("&");
    const encoded = new URLSearchParams(pairs.map(([key, value]) => [key, value])).toString();
    expectValid(decode(everyKind, raw).params);
    expectValid(decode(everyKind, encoded).params);
  }), { numRuns: 1000 });
});

test("bytes that are no UTF-8, percent-encoded, decode to a valid state", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
    const soup = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    expectValid(decode(everyKind, `sentence=${soup}&matrix=${soup}`).params);
  }));
});

test.each([
  ["rate=NaN", 0.1], ["rate=Infinity", 0.1], ["rate=-Infinity", 0.1], ["rate=1e309", 0.1], ["rate=0x10", 0.1], ["rate=١٢", 0.1], ["rate=", 0.1], ["rate=1_0", 0.1],
  ["rate=-0", 0], ["rate=.5", 0.5], ["rate=5e-1", 0.5], ["rate=1000000", 1.2], ["rate=0.5&rate=0.9", 0.5], ["rate=%", 0.1], ["rate=%E0%A4%A", 0.1], ["rate=0.5%", 0.1],
  ["RATE=0.5", 0.1], ["?rate=0.5", 0.5], ["#rate=0.5", 0.5],
])("%s gives the rate %d", (text, rate) => {
  expect(decode(everyKind, text).params.rate).toBe(rate);
});

test("unknown keys and names of prototypes are dropped", () => {
  const { params } = decode(everyKind, "__proto__=1&constructor.prototype=2&__proto__[polluted]=3&hasOwnProperty=4&layers=5");
  expect(params).toEqual({ ...base, layers: 5 });
  expect(Object.keys(params)).toEqual(Object.keys(everyKind));
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("markup in a text param stays plain text, and lone surrogates become replacement characters", () => {
  const text = '"><img src=x onerror=alert(1)><script>javascript:1</script>';
  expect(decode(everyKind, new URLSearchParams({ sentence: text }).toString()).params.sentence).toBe(text);
  expect(decode(everyKind, "sentence=\ud800").params.sentence).toBe("\ufffd");
});

test("a hash of 64 KB and one of 1.9 MB decode without blocking for 200 ms", () => {
  for (const length of [65_536, 1_900_000]) {
    const begun = performance.now();
    const { params } = decode(everyKind, `sentence=${"😀".repeat(length / 2)}&layers=3`);
    expect(performance.now() - begun).toBeLessThan(200);
    expect(new TextEncoder().encode(params.sentence).length).toBeLessThanOrEqual(120);
  }
});

test("a link of a newer version gives the defaults and says so; version 1 is understood", () => {
  expect(decode(everyKind, "v=2&layers=3")).toMatchObject({ params: base, notices: [expect.stringContaining("newer version")] });
  expect(decode(everyKind, "v=x&layers=3").params).toEqual(base);
  expect(decode(everyKind, "v=1&layers=3").params.layers).toBe(3);
});

test("a scene is addressed by name, and other keys come on top of it", () => {
  const scenes = { deep: { params: { layers: 9, shape: "ripples" } } };
  expect(decode(everyKind, "scene=deep", base, scenes).params).toEqual({ ...base, layers: 9, shape: "ripples" });
  expect(decode(everyKind, "scene=deep&layers=2", base, scenes).params).toMatchObject({ layers: 2, shape: "ripples" });
  expect(decode(everyKind, "scene=constructor", base, scenes).params).toEqual(base);
});

test("a former name still works", () => {
  expect(decode(everyKind, "nLayers=4").params.layers).toBe(4);
});

test("text that is too long for a link is left out by name, the rest is written", () => {
  const schema = { text: { kind: "text", default: "", maxLength: 5000, label: "text" }, n: { kind: "number", default: 0, min: 0, max: 9, step: 1, label: "n" } } as const satisfies Schema;
  expect(encode(schema, { text: "မ".repeat(900), n: 3 })).toEqual({ query: "n=3", leftOut: ["text"] });
});
