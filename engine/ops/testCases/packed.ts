import type { Shape } from "../../kernel.ts";
import { packMatrix } from "../../quantize/packedMatrix.ts";
import { type Case, draw, type OpCases, type Values } from "../../testing/opCases.ts";

/** Numbers that 16 bits hold exactly, so that every backend must agree to the last places of float32. */
const coarse = (shape: Shape, seed: number): Values => {
  const { values } = draw(shape, seed, 8192);
  return { shape, dtype: "f32", values: Float64Array.from(values, (value) => (value - 4096) / 1024) };
};

/** A matrix of normal weights, packed. */
const packed = (shape: readonly [number, number], bits: 4 | 8, group: number): readonly Values[] => {
  const { words, scales } = packMatrix(draw(shape, 31 + bits).values, shape, { bits, group });
  return [
    { shape: [shape[0], (shape[1] * bits) / 32], dtype: "i32", values: words },
    { shape: [scales.length], dtype: "f32", values: Float64Array.from(scales) },
  ];
};

/** Rows of one group, of several, and rows whose ends cut groups in two. */
const products = (bits: 4 | 8): readonly Case[] => ([
  { x: [1, 1, 64], n: 5, group: 64, bias: false, residual: false },
  { x: [2, 3, 128], n: 12, group: 32, bias: true, residual: true },
  { x: [3, 40], n: 17, group: 64, bias: true, residual: false },
  { x: [1, 344], n: 9, group: 64, bias: false, residual: true },
  { x: [2, 24], n: 7, group: 8, bias: false, residual: false },
] as const).map(({ x, n, group, bias, residual }, i) => ({
  title: `x ${JSON.stringify(x)}, ${n} outputs, groups of ${group}`,
  inputs: [
    coarse(x, 50 + i), ...packed([n, x[x.length - 1]!], bits, group),
    ...(bias ? [draw([n], 60 + i)] : []), ...(residual ? [draw([...x.slice(0, -1), n], 70 + i)] : []),
  ],
  attributes: { group, bias, residual },
}));

const rows = ([4, 8] as const).map((bits): Case => ({
  title: `${bits} bits`, inputs: [...packed([9, 40], bits, 32), draw([2, 3], 80, 9)], attributes: { bits, group: 32 },
}));

export const cases: OpCases = {
  calls: [],
  derived: { linearInt8: () => products(8), linearInt4: () => products(4), embeddingPacked: () => rows },
};

