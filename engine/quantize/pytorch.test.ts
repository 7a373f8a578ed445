import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { floatBits, fromFloatBits, roundToFloat } from "./floatFormats.ts";
import { quantize } from "./quantize.ts";

// Printed by PyTorch: engine/fixtures/makeFixturesNumbers.py.
const { rounded, quantized } = JSON.parse(readFileSync(join(import.meta.dirname, "..", "fixtures", "numbers.json"), "utf8")) as {
  readonly rounded: { readonly bits: number[]; readonly fp16: number[]; readonly bf16: number[] };
  readonly quantized: {
    readonly values: number[]; readonly columns: number;
    readonly symmetricPerChannel: Record<string, number[]>; readonly asymmetricPerTensor: Record<string, number[]>;
  };
};
const values = new Float32Array(Uint32Array.from(rounded.bits).buffer);

it.each(["fp16", "bf16"] as const)("rounding to %s gives the bits that PyTorch gives, over its whole range and beside its ties", (name) => {
  expect(Array.from(values, (value) => floatBits(roundToFloat(value, name), name))).toEqual(rounded[name]);
  rounded[name].forEach((bits, i) => expect(roundToFloat(values[i]!, name)).toBe(fromFloatBits(bits, name)));
});

// Tables 1 and 2 of the OCP 8-bit Floating Point Specification (OFP8), revision 1.0.
describe.each([
  ["e4m3", { largest: [0x7e, 448], smallestNormal: [0x08, 2 ** -6], largestSubnormal: [0x07, 0.875 * 2 ** -6], smallest: [0x01, 2 ** -9] }],
  ["e5m2", { largest: [0x7b, 57_344], smallestNormal: [0x04, 2 ** -14], largestSubnormal: [0x03, 0.75 * 2 ** -14], smallest: [0x01, 2 ** -16] }],
] as const)("%s of OCP", (name, table) => {
  it.each(Object.entries(table))("has its %s number where the table has it", (_, [bits, value]) => {
    expect(fromFloatBits(bits, name)).toBe(value);
    expect(floatBits(value, name)).toBe(bits);
    expect(floatBits(-value, name)).toBe(0x80 | bits);
  });

  it("has two zeros, its NaNs, and infinities only in e5m2", () => {
    expect([fromFloatBits(0x00, name), fromFloatBits(0x80, name)]).toEqual([0, -0]);
    const all = Array.from({ length: 256 }, (__, bits) => fromFloatBits(bits, name));
    expect(all.filter(Number.isNaN)).toHaveLength(name === "e4m3" ? 2 : 6);
    expect(all.filter((value) => Math.abs(value) === Infinity)).toHaveLength(name === "e4m3" ? 0 : 2);
  });
});

it.each([2, 3, 4, 5, 6, 7, 8])("%i bits give the codes that PyTorch gives, symmetric by row and asymmetric over all", (bits) => {
  const { values: x, columns, symmetricPerChannel, asymmetricPerTensor } = quantized;
  expect([...quantize(x, { bits, symmetric: true, per: "channel" }, columns).q]).toEqual(symmetricPerChannel[bits]);
  expect([...quantize(x, { bits, symmetric: false, per: "tensor" }).q]).toEqual(asymmetricPerTensor[bits]);
});
