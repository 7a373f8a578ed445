import type { Attributes } from "../../kernel.ts";
import { type Case, draw, type OpCases, positive } from "../../testing/opCases.ts";

const exactly = (values: readonly number[]) => (
  { shape: [values.length], dtype: "f32" as const, values: Float64Array.from(values, Math.fround) }
);

/** Steps that move (factor 0.5), and one whose gradient was not finite (factor 0): it leaves everything as it was. */
const steps = (memories: 0 | 1, ...attributes: readonly Attributes[]) => (): readonly Case[] =>
  attributes.flatMap((each, k) => [[0.5, 203], [0.5, 64], [0, 64]].map(([factor, length], i) => ({
    title: `${length} numbers, factor ${factor}, ${JSON.stringify(each)}`,
    inputs: [draw([length!], 60 + i + k), exactly([factor!, 2, 0, 0]), exactly([0.01, 0.19, 0.0199, 0])],
    attributes: each,
    before: [draw([length!], 70 + i).values, positive(draw([length!], 80 + i)).values].slice(0, 1 + memories),
  })));

export const cases: OpCases = {
  calls: [],
  derived: {
    sgd: steps(0, {}),
    momentum: steps(1, { momentum: 0.9, nesterov: false }, { momentum: 0.9, nesterov: true }),
    adaGrad: steps(1, { epsilon: 1e-10 }),
    rmsProp: steps(1, { alpha: 0.99, epsilon: 1e-8 }),
  },
};
