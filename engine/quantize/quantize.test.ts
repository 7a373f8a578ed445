import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHalf, toHalf } from "../checkpoint/halfFloat.ts";
import pytorch from "../fixtures/quantize.json" with { type: "json" };
import { random } from "../random.ts";
import { packBits, unpackBits } from "./bitPacking.ts";
import { floatBits, type FloatFormatName, floatFormats, fromFloatBits, roundToFloat } from "./floatFormats.ts";
import { quantizationError } from "./quantizationError.ts";
import { bitsPerNumber, codeRange, dequantize, quantize, type QuantizationScheme } from "./quantize.ts";

const weights = [-1.4271, 0.8103, 2.5546];
const absmax = (bits: number): QuantizationScheme => ({ bits, symmetric: true, per: "tensor" });
const relativeError = (values: ArrayLike<number>, scheme: QuantizationScheme): number =>
  quantizationError(values, dequantize(quantize(values, scheme))).relative;

describe("the three weights of chapter 25", () => {
  // The curriculum's worked box, computed apart from this code.
  it.each([
    [8, 0.020115, [-71, 40, 127], [-1.4282, 0.8046, 2.5546], 0.0034],
    [4, 0.364943, [-4, 2, 7], [-1.4598, 0.7299, 2.5546], 0.0501],
    [3, 0.851533, [-2, 1, 3], [-1.7031, 0.8515, 2.5546], 0.161],
    [2, 2.5546, [-1, 0, 1], [-2.5546, 0, 2.5546], 0.802],
  ])("in %i bits", (bits, scale, codes, restored, rmse) => {
    const quantized = quantize(weights, absmax(bits));
    expect(quantized.scales[0]).toBeCloseTo(scale, 6);
    expect([...quantized.q]).toEqual(codes);
    dequantize(quantized).forEach((value, i) => expect(value).toBeCloseTo(restored[i]!, 4));
    // The box computes the error from what it prints, four digits; unrounded, 8 bits give 0.00335.
    const printed = dequantize(quantized).map((value) => Number(value.toFixed(4)));
    expect(Number(quantizationError(weights, printed).rmse.toFixed(bits > 3 ? 4 : 3))).toBe(rmse);
  });

  it.each<[FloatFormatName, number[]]>([
    ["fp16", [-1.42676, 0.81006, 2.55469]],
    ["bf16", [-1.42969, 0.80859, 2.54688]],
  ])("in %s", (format, expected) => weights.forEach((w, i) => expect(roundToFloat(w, format)).toBeCloseTo(expected[i]!, 5)));
});

describe("normal weights lose what the chapter says", () => {
  const draw = random(25);
  const values = Float64Array.from({ length: 4096 }, () => draw.normal());
  const group = (bits: number, size: number): QuantizationScheme => ({ bits, symmetric: true, per: "group", group: size });

  // The chapter drew its own 4,096 numbers: their largest, on which the scale hangs, differs from draw to draw.
  it.each([
    ["8 bits for the tensor", absmax(8), 0.008],
    ["4 bits for the tensor", absmax(4), 0.146],
    ["4 bits in groups of 128", group(4, 128), 0.112],
    ["4 bits in groups of 32", group(4, 32), 0.095],
    ["3 bits for the tensor", absmax(3), 0.336],
  ])("%s", (_, scheme, expected) => expect(Math.abs(relativeError(values, scheme) / expected - 1)).toBeLessThan(0.1));

  it("one outlier of 50 σ turns a tensor of 4 bits to zeros, and costs groups only their own members", () => {
    const spoilt = values.slice();
    spoilt[77] = 50;
    const rest = (all: Float64Array): Float64Array => all.filter((_, i) => i !== 77);
    const others = (restored: Float64Array): number => quantizationError(rest(spoilt), rest(restored)).relative;
    expect(others(dequantize(quantize(spoilt, absmax(4))))).toBeGreaterThan(0.99);
    expect(others(dequantize(quantize(spoilt, group(4, 32))))).toBeLessThan(0.14);
    // Clipping at the 99.9th percentile saves the tensor.
    expect(others(dequantize(quantize(spoilt, { ...absmax(4), percentile: 99.9 })))).toBeLessThan(0.2);
  });

  it("asymmetric codes are the better ones for numbers of one sign", () => {
    const positive = values.map(Math.abs);
    const asymmetric = relativeError(positive, { bits: 4, symmetric: false, per: "group", group: 32 });
    expect(asymmetric).toBeLessThan(0.6 * relativeError(positive, group(4, 32)));
  });
});

describe("scales, zero points and rounded numbers are PyTorch’s", () => {
  it.each(pytorch.cases)("in $bits bits, symmetric $symmetric, per $per", ({ bits, symmetric, per, scales, zeros, restored }) => {
    const quantized = quantize(pytorch.values, { bits, symmetric, per: per as "tensor" | "channel" }, pytorch.columns);
    quantized.scales.forEach((scale, i) => expect(scale / scales[i]!).toBeCloseTo(1, 6));
    expect([...(quantized.zeros ?? zeros.map(() => 0))]).toEqual(zeros);
    // PyTorch works in float32: a step of its scale is as much off as that.
    dequantize(quantized).forEach((value, i) => expect(Math.abs(value - restored[i]!)).toBeLessThan(2e-6));
  });
});

describe("quantize", () => {
  const anyScheme = fc.record({
    bits: fc.integer({ min: 2, max: 8 }), symmetric: fc.boolean(), per: fc.constantFrom("tensor", "channel", "group"),
    group: fc.integer({ min: 1, max: 40 }), scaleType: fc.constantFrom("f64", "f32", "f16"),
  }) as fc.Arbitrary<QuantizationScheme & { group: number }>;

  it("keeps every number within half a step and every code in range", () => {
    const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 8, maxLength: 96 });
    fc.assert(fc.property(numbers, anyScheme, (values, scheme) => {
      const quantized = quantize(values, scheme, 8);
      const [least, most] = codeRange(scheme.bits, scheme.symmetric);
      dequantize(quantized).forEach((value, i) => {
        expect(quantized.q[i]!).toBeGreaterThanOrEqual(least);
        expect(quantized.q[i]!).toBeLessThanOrEqual(most);
        const scale = quantized.scales[Math.floor(i / quantized.block)]!;
        // A scale rounded to a half float ends up to 2⁻¹¹ short of the range, and a rounded zero point moves it by half a step.
        const slack = scheme.symmetric ? 0.5 + most * 2 ** -11 : 1 + most * 2 ** -11;
        expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(scale * slack + most * 2 ** -24 + 1e-12);
      });
    }), { numRuns: 300, seed: 3 });
  });

  it("gives zero back as zero, with either kind of code", () => {
    for (const symmetric of [true, false]) {
      const values = [0, 3.3, 9.7, 0, 5];
      expect(dequantize(quantize(values, { bits: 3, symmetric, per: "tensor" }))[0]).toBe(0);
      expect([...dequantize(quantize([0, 0], { bits: 4, symmetric, per: "tensor" }))]).toEqual([0, 0]);
    }
  });

  it("keeps only signs in one symmetric bit, and scales them by the mean magnitude, the best there is", () => {
    const quantized = quantize(weights, absmax(1));
    expect([...quantized.q]).toEqual([-1, 1, 1]);
    expect(quantized.scales[0]).toBeCloseTo((1.4271 + 0.8103 + 2.5546) / 3, 12);
    const rmse = (scale: number): number => quantizationError(weights, [-scale, scale, scale]).rmse;
    expect(rmse(quantized.scales[0]!)).toBeLessThan(Math.min(rmse(quantized.scales[0]! * 0.99), rmse(quantized.scales[0]! * 1.01)));
    expect([...dequantize(quantize([0, 0.2], { bits: 1, symmetric: false, per: "tensor" }))]).toEqual([0, 0.2]);
  });

  it("shares scales by tensor, by row or by group", () => {
    const values = Array.from({ length: 24 }, (_, i) => i + 1);
    const count = (scheme: Partial<QuantizationScheme>): number => quantize(values, { ...absmax(8), ...scheme }, 8).scales.length;
    expect([count({}), count({ per: "channel" }), count({ per: "group", group: 5 })]).toEqual([1, 3, 5]);
  });

  it("refuses what makes no sense", () => {
    expect(() => quantize(weights, absmax(0))).toThrow("quantize: bits is 0, expected a whole number from 1 to 8");
    expect(() => quantize(weights, { ...absmax(4), percentile: 0 })).toThrow(RangeError);
    expect(() => quantize(weights, { bits: 4, symmetric: true, per: "group" })).toThrow(RangeError);
  });

  it("counts the scale: 4 bits in groups of 32 take 4.5", () => {
    expect(bitsPerNumber({ bits: 4, symmetric: true, group: 32 })).toBe(4.5);
  });
});

describe("float formats", () => {
  it("have the largest numbers of their definitions", () => {
    expect(roundToFloat(65_519, "fp16")).toBe(65_504);
    expect(roundToFloat(65_520, "fp16")).toBe(Infinity);
    expect(floatFormats.bf16.max).toBeCloseTo(3.3895e38, -34);
    expect([roundToFloat(460, "e4m3"), roundToFloat(500, "e4m3"), roundToFloat(500, "e4m3", { saturate: true })]).toEqual([448, NaN, 448]);
    expect([roundToFloat(61_000, "e5m2"), roundToFloat(62_000, "e5m2")]).toEqual([57_344, Infinity]);
  });

  it("round halves to the even fraction, also among subnormal numbers", () => {
    expect([17, 19, 0.5 * 2 ** -9, 1.5 * 2 ** -9].map((x) => roundToFloat(x, "e4m3"))).toEqual([16, 20, 0, 2 ** -8]);
    expect(Object.is(roundToFloat(-0, "e5m2"), -0)).toBe(true);
  });

  it("agree with the half floats of checkpoints and with Math.fround", () => {
    fc.assert(fc.property(fc.double({ noNaN: true }), (x) => {
      expect(roundToFloat(x, "fp16")).toBe(fromHalf(toHalf(x)));
      expect(roundToFloat(x, "fp32")).toBe(Math.fround(x));
    }), { numRuns: 2000, seed: 4 });
  });

  const sizes: [FloatFormatName, number][] = [["fp16", 65_536], ["bf16", 65_536], ["e4m3", 256], ["e5m2", 256]];
  it.each(sizes)("%s: all of its numbers survive bits and rounding", (name, count) => {
    for (let bits = 0; bits < count; bits++) {
      const value = fromFloatBits(bits, name);
      if (Number.isNaN(value)) continue;
      expect(floatBits(value, name)).toBe(bits);
      if (Number.isFinite(value)) expect(Object.is(roundToFloat(value, name), value)).toBe(true);
    }
    expect(floatBits(1, "fp16")).toBe(0x3c00);
    expect(floatBits(448, "e4m3")).toBe(0x7e);
  });
});

describe("bit packing", () => {
  it("puts the first number in the lowest bits", () => {
    expect([...packBits([1, 2, 3], 4)]).toEqual([0x21, 0x03]);
    expect([...packBits([1, 2, 3, 0, 3], 2)]).toEqual([0b00111001, 0b11]);
    expect(() => packBits([16], 4)).toThrow(RangeError);
    expect(() => unpackBits(Uint8Array.of(1), 4, 3)).toThrow(RangeError);
  });

  it("gives back what was packed", () => {
    fc.assert(fc.property(fc.constantFrom(1, 2, 4, 8), fc.array(fc.nat(255)), (bits, numbers) => {
      const codes = numbers.map((n) => n % 2 ** bits);
      expect([...unpackBits(packBits(codes, bits), bits, codes.length)]).toEqual(codes);
    }), { seed: 5 });
  });
});
