import type { Shape } from "../../kernel.ts";
import { tensor } from "../../tensor.ts";
import { packedLinear } from "../packedLinear.ts";
import { packMatrix } from "../../quantize/packedMatrix.ts";
import { type Case, draw, type OpCases, positive, type Values } from "../../testing/opCases.ts";

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

const widened = ([4, 8] as const).map((bits): Case => (
  { title: `${bits} bits`, inputs: packed([7, 40], bits, 16), attributes: { bits, group: 16 } }
));

const rows = ([4, 8] as const).map((bits): Case => {
  const positions = bits === 8;
  const learned = positions ? [draw([7, 40], 81), draw([1], 82, 4)] : [];
  const inputs = [...packed([9, 40], bits, 32), draw([2, 3], 80, 9), ...learned];
  return { title: `${bits} bits`, inputs, attributes: { bits, group: 32, positions } };
});

/** Codes of either sign in every byte, and positive scales; the third cache is full and the position far beyond it. */
const caches = ([[1, 2, 4], [2, 1, 3], [1, 2, 900]] as const).map(([nKvHeads, time, offset], i): Case => {
  const words = (seed: number): Values => ({ ...draw([nKvHeads, 6, 4], seed, 2 ** 32), dtype: "i32" });
  const scales = (seed: number): Values => positive(draw([nKvHeads, 6], seed));
  const small = (x: Values): Values => ({ ...x, values: (x.values as Float64Array).map((value) => Math.fround(value / 64)) });
  const qkv = draw([1, offset > 6 ? 1 : time, (2 + 2 * nKvHeads) * 16], 90 + i);
  const position: Values = { shape: [1], dtype: "i32", values: Int32Array.of(offset) };
  return {
    title: `${nKvHeads} key heads, position ${offset}`, attributes: { nHeads: 2, nKvHeads },
    inputs: [qkv, words(100 + i), words(110 + i), small(scales(120 + i)), scales(130 + i), position],
  };
});

export const cases: OpCases = {
  calls: ([4, 8] as const).map((bits) => ({
    op: "packedLinear", title: `packedLinear of ${bits} bits, to x and to the residual`, shapes: [[2, 3, 16], [2, 3, 5]],
    apply: ([x, residual]) => {
      const [words, scales] = packed([5, 16], bits, 8).map(({ shape, values, dtype }) => tensor(x!.backend, shape, values, dtype));
      return packedLinear(x!, { bits, shape: [5, 16], group: 8, words: words!, scales: scales! }, null, residual!);
    },
  })),
  derived: { unpackWeights: () => widened, linearInt8: () => products(8), linearInt4: () => products(4), embeddingPacked: () => rows, attentionDecodeInt8: () => caches },
};

