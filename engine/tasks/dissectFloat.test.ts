import { expect, test } from "vitest";
import { dissect, readFloat } from "./dissectFloat.ts";

test("a number is read as people write it", () => {
  expect([" −1,5 ", "1e-7", "∞", "-inf", "0"].map(readFloat)).toEqual([-1.5, 1e-7, Infinity, -Infinity, 0]);
  expect(["", "two", "1.2.3"].map(readFloat)).toEqual([NaN, NaN, NaN]);
});

// By IEEE 754: −1.5 is sign 1, exponent 15, fraction 1000000000.
test("the bits of −1.5 in half precision", () => {
  const { bits, exponent, fraction, chosen, flipped } = dissect({ value: "-1.5", format: "fp16" });
  expect(bits.join("")).toBe("1011111000000000");
  expect([exponent, fraction, chosen.stored, chosen.spacing]).toEqual([15, 512, -1.5, 2 ** -10]);
  expect([flipped[0], flipped[6], flipped[15]]).toEqual([1.5, -1, -(1.5 + 2 ** -10)]);
});

// PyTorch 1.13, torch.tensor([70000., 1e-8, 3e-5, 0.1]).to(torch.float16) and .bfloat16(), printed as float64.
test("range and precision part the two halves", () => {
  const stored = (value: string, format: "fp16" | "bf16") => dissect({ value, format }).chosen;
  expect([stored("70000", "fp16").stored, stored("70000", "bf16").stored]).toEqual([Infinity, 70144]);
  expect([stored("1e-8", "fp16").kind, stored("1e-8", "bf16").kind]).toEqual(["zero", "normal"]);
  expect([stored("3e-5", "fp16").kind, stored("3e-5", "fp16").stored]).toEqual(["subnormal", 2.9981136322021484e-05]);
  expect([stored("0.1", "fp16").stored, stored("0.1", "bf16").stored]).toEqual([0.0999755859375, 0.10009765625]);
});

test("neighbours lie a spacing apart, twice as dense below a power of two, and end at the largest", () => {
  const near = dissect({ value: "1", format: "e4m3" }).neighbours;
  expect(near).toHaveLength(17);
  expect(near.slice(7, 10)).toEqual([0.9375, 1, 1.125]);
  expect(dissect({ value: "500", format: "e4m3" }).neighbours.at(-1)).toBe(448);
  expect(dissect({ value: "0", format: "e5m2" }).neighbours.slice(7, 10)).toEqual([-(2 ** -16), 0, 2 ** -16]);
});
