import fc from "fast-check";
import { expect, test } from "vitest";
import { everyKind } from "./everyKind.ts";
import { clipText, decimals, defaults, valid, validValue } from "./params.ts";

test("numbers are clamped, snapped to the grid from min, and freed of binary crumbs", () => {
  const at = (value: unknown) => validValue(everyKind.rate, value);
  expect(at(0.1 + 0.2)).toBe(0.3);
  expect(at(0.114)).toBe(0.11);
  expect(at(99)).toBe(1.2);
  expect(at(-1)).toBe(0);
  expect(Object.is(at(-0), 0)).toBe(true);
  expect(validValue({ ...everyKind.layers, step: 5 }, 12)).toBe(11);
  expect(validValue(everyKind.decay, 0.012345)).toBe(0.0123);
});

test("what is not a finite number becomes the default", () => {
  for (const value of [NaN, Infinity, -Infinity, "0.5", null, undefined, {}, [0.5], 1n, true]) {
    expect(validValue(everyKind.rate, value)).toBe(0.1);
  }
});

test("a choice is one of its own options, not an inherited name", () => {
  expect(validValue(everyKind.shape, "ripples")).toBe("ripples");
  for (const name of ["constructor", "__proto__", "toString", ""]) expect(validValue(everyKind.shape, name)).toBe("bowl");
});

test("text is clipped to its bytes between characters and made well-formed", () => {
  expect(clipText("a😀b", 4)).toBe("a");
  expect(clipText("a😀b", 5)).toBe("a😀");
  expect(clipText("\ud800x", 9)).toBe("\ufffdx");
  expect(clipText("\ufeffbom", 9)).toBe("\ufeffbom");
  expect(new TextEncoder().encode(clipText("မြန်မာ".repeat(1000), 500)).length).toBeLessThanOrEqual(500);
});

test("clipping any text gives well-formed text within the limit, and clipping again changes nothing", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), fc.integer({ min: 0, max: 60 }), (text, bytes) => {
    const kept = clipText(text, bytes);
    expect(new TextEncoder().encode(kept).length).toBeLessThanOrEqual(bytes);
    expect(clipText(kept, bytes)).toBe(kept);
  }));
});

test("a grid of the wrong length, or with a hole, is the default; its cells are clamped and snapped", () => {
  expect(validValue(everyKind.matrix, [1, 2, 3])).toEqual([1, 0, 0, 1]);
  expect(validValue(everyKind.matrix, [1, NaN, 3, 4])).toEqual([1, 0, 0, 1]);
  expect(validValue(everyKind.matrix, [9, -9, 0.123, 1])).toEqual([2, -2, 0.12, 1]);
});

test("valid drops unknown names and pollutes no prototype", () => {
  const hostile: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"rate":0.5,"extra":1}');
  expect(valid(everyKind, hostile)).toEqual({ ...defaults(everyKind), rate: 0.5 });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  for (const nothing of [null, undefined, 7, "x", []]) expect(valid(everyKind, nothing)).toEqual(defaults(everyKind));
});

test("valid is idempotent on any values", () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...Object.keys(everyKind)), fc.anything()), (values) => {
    const once = valid(everyKind, values);
    expect(valid(everyKind, once)).toEqual(once);
  }));
});

test("decimals counts the digits after the point", () => {
  expect([0.05, 1, 1e-7, 2.5e-3, 100].map(decimals)).toEqual([2, 0, 7, 4, 0]);
});
