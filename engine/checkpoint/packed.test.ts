import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromHalf, toHalf } from "./halfFloat.ts";
import type { HostTensor } from "./hostTensor.ts";
import { ModelFileError } from "./modelFileError.ts";
import { pack, unpack } from "./packed.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const matrix = (rows: number, columns: number, values: ArrayLike<number>): HostTensor => ({
  dtype: "F32",
  shape: [rows, columns],
  data: Float32Array.from(values),
});

function repack(tensors: Map<string, HostTensor>): Map<string, HostTensor> {
  const packed = pack(tensors);
  return unpack(readSafetensors(writeSafetensors(packed.tensors, packed.metadata)));
}

describe("packing to 8 bits", () => {
  // By hand: the scale of [127, −1, 0.5, 1.5] is 127/127 = 1, and halves go to the even neighbour.
  it("stores whole steps of the group's scale, halves to even", () => {
    const { tensors, metadata } = pack(new Map([["w", matrix(2, 2, [127, -1, 0.5, 1.5])]]));
    expect(tensors.get("w")).toEqual({ dtype: "I8", shape: [2, 2], data: Int8Array.of(127, -1, 0, 2) });
    expect(tensors.get("w.scale")).toEqual({ dtype: "F16", shape: [1], data: Uint16Array.of(0x3c00) });
    expect(Object.fromEntries(metadata)).toEqual({ quantization: "int8-symmetric", group: "64" });
  });

  it("rounds the scale to its stored type before it divides", () => {
    // The exact scale 1 + 1.27·2⁻¹⁰ is stored as 1 + 2⁻¹⁰. Divided by the exact one the second weight would be 63.49, not 63.51.
    const scale = 1 + 2 ** -10;
    const { tensors } = pack(new Map([["w", matrix(1, 2, [127 * (1 + 1.27 * 2 ** -10), 63.5 * scale * (1 + 2 ** -13)])]]));
    expect(fromHalf(Number(tensors.get("w.scale")?.data[0]))).toBe(scale);
    expect(tensors.get("w")?.data).toEqual(Int8Array.of(127, 64));
  });

  it("clamps to 127 what a coarse subnormal scale cannot reach", () => {
    const smallest = 2 ** -24;
    const { tensors } = pack(new Map([["w", matrix(1, 3, [1.4 * 127 * smallest, -1.4 * 127 * smallest, 3 * smallest])]]));
    expect(tensors.get("w.scale")?.data).toEqual(Uint16Array.of(1));
    expect(tensors.get("w")?.data).toEqual(Int8Array.of(127, -127, 3));
  });

  it("takes its groups of 64 along the rows as stored, across their ends", () => {
    const values = Array.from({ length: 100 }, (_, i) => (i < 64 ? 1 : 2));
    const { tensors } = pack(new Map([["w", matrix(10, 10, values)]]));
    expect([...(tensors.get("w.scale")?.data ?? [])]).toEqual([toHalf(1 / 127), toHalf(2 / 127)]);
  });

  it("leaves vectors and half floats as they are", () => {
    const vector: HostTensor = { dtype: "F32", shape: [2], data: Float32Array.of(1, 2) };
    expect(pack(new Map([["b", vector]])).tensors).toEqual(new Map([["b", vector]]));
  });

  it("stores zeros for a group that is all zero or too small for a scale", () => {
    const tensors = new Map([["w", matrix(1, 3, [0, 1e-10, -1e-10])]]);
    expect(repack(tensors).get("w")?.data).toEqual(new Float32Array(3));
  });

  it("refuses weights whose scale no half float holds", () => {
    expect(() => pack(new Map([["w", matrix(1, 1, [9e6])]]))).toThrow(RangeError);
  });

  it("loses at most half a step, and nothing more the second time", () => {
    const weights = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(weights, (values) => {
        const { data } = matrix(1, values.length, values);
        const once = repack(new Map([["w", matrix(1, values.length, values)]]));
        const back = once.get("w")?.data ?? [];
        for (let g = 0; g < values.length; g += 64) {
          const own = Array.from(data.slice(g, g + 64), Number);
          const scale = fromHalf(toHalf(Math.max(...own.map(Math.abs)) / 127));
          // The second term matters for subnormal scales only, which are off by up to 2⁻²⁵ at a q of 127.
          own.forEach((w, i) => expect(Math.abs(w - Number(back[g + i]))).toBeLessThanOrEqual(scale * 0.5 + 127 * 2 ** -25));
        }
      }),
      { numRuns: 200, seed: 6 },
    );
  });
});

describe("a packed file is refused", () => {
  const sound = (): ReturnType<typeof pack> => pack(new Map([["w", matrix(2, 2, [127, -1, 0.5, 1.5])]]));

  it.each<[string, (file: ReturnType<typeof pack>) => void]>([
    ["of another scheme", ({ metadata }) => metadata.set("quantization", "int4")],
    ["of another group", ({ metadata }) => metadata.set("group", "32")],
    ["without a group", ({ metadata }) => metadata.delete("group")],
    ["without a scale", ({ tensors }) => tensors.delete("w.scale")],
    ["with a scale of nothing", ({ tensors }) => tensors.delete("w")],
    ["with too many scales", ({ tensors }) => tensors.set("w.scale", { dtype: "F16", shape: [2], data: new Uint16Array(2) })],
    ["with float32 scales", ({ tensors }) => tensors.set("w.scale", { dtype: "F32", shape: [1], data: new Float32Array(1) })],
    ["with a negative scale", ({ tensors }) => tensors.set("w.scale", { dtype: "F16", shape: [1], data: Uint16Array.of(0xbc00) })],
    ["with an infinite scale", ({ tensors }) => tensors.set("w.scale", { dtype: "F16", shape: [1], data: Uint16Array.of(0x7c00) })],
    ["with -128", ({ tensors }) => tensors.set("w", { dtype: "I8", shape: [2, 2], data: Int8Array.of(0, -128, 0, 0) })],
    ["with a packed vector", ({ tensors }) => tensors.set("w", { dtype: "I8", shape: [4], data: new Int8Array(4) })],
  ])("%s", (_, spoil) => {
    const file = sound();
    expect(() => unpack(file)).not.toThrow();
    spoil(file);
    expect(() => unpack(file)).toThrow(ModelFileError);
  });
});
