import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";

/**
 * Columns start … start + length − 1 of the last axis. The gradient lands in those columns, and is 0 in the others.
 * Shapes: x [..,n] → [..,length].
 * Throws: ShapeError when the columns do not lie in the last axis.
 */
export function slice(x: Tensor, start: number, length: number): Tensor {
  return apply(sliceKernel, [x], { start, length }, () => (dOut, to) => {
    launch(sliceGradientKernel, [dOut], { start, columns: lastOf(x.shape) }, [to.into(0)]);
  })[0]!;
}

export const sliceKernel = defineKernel<{ start: number; length: number }>({
  name: "slice",
  outputs: ([x], { start, length }) => {
    expectShapes(
      start >= 0 && length >= 1 && start + length <= lastOf(x!), "slice", "the columns do not lie in the last axis",
      { x: x!, columns: [start, length] },
    );
    return [{ shape: [...x!.slice(0, -1), length] }];
  },
  reference([x], [y], { inputs, outputs: [out], attributes: { start, length } }) {
    const columns = lastOf(inputs[0]!.shape);
    for (let row = 0; row < y!.length / length; row++) {
      const from = row * columns + start, to = row * length;
      for (let j = 0; j < length; j++) y![to + j] = (out!.accumulate ? y![to + j]! : 0) + x![from + j]!;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y], attributes: { start, length } }) {
      return perElement(y!.size, store("out0", "i", `a0[i / ${length}u * ${lastOf(x!.shape)}u + ${start}u + i % ${length}u]`, y!));
    },
  },
  accumulates: true,
  examples: [
    { inputs: [{ shape: [2, 4], values: [0, 1, 2, 3, 10, 11, 12, 13] }], attributes: { start: 1, length: 2 }, outputs: [[1, 2, 11, 12]] },
  ],
  samples: [{ inputs: [[2, 3, 9]], attributes: { start: 4, length: 5 } }],
});

/**
 * x in columns start … of rows of `columns` numbers, 0 in the others. Where it adds, only its own columns are touched: taking a long tensor
 * apart piece by piece costs no more backwards than forwards.
 */
export const sliceGradientKernel = defineKernel<{ start: number; columns: number }>({
  name: "sliceGradient",
  outputs: ([x], { columns }) => [{ shape: [...x!.slice(0, -1), columns] }],
  reference([x], [y], { inputs, outputs: [out], attributes: { start, columns } }) {
    const length = lastOf(inputs[0]!.shape);
    if (!out!.accumulate) y!.fill(0);
    for (let row = 0; row < x!.length / length; row++) {
      const from = row * length, to = row * columns + start;
      for (let j = 0; j < length; j++) y![to + j] = y![to + j]! + x![from + j]!;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y], attributes: { start, columns } }) {
      const length = lastOf(x!.shape);
      if (y!.accumulate) return perElement(x!.size, `out0[i / ${length}u * ${columns}u + ${start}u + i % ${length}u] += a0[i];`);
      return perElement(y!.size, `let column = i % ${columns}u;
  var value = 0.0f;
  if (column >= ${start}u && column < ${start + length}u) { value = a0[i / ${columns}u * ${length}u + column - ${start}u]; }
  out0[i] = value;`);
    },
  },
  accumulates: true,
  examples: [{ inputs: [{ shape: [2, 1], values: [5, 6] }], attributes: { start: 1, columns: 3 }, outputs: [[0, 5, 0, 0, 6, 0]] }],
  samples: [{ inputs: [[2, 3, 5]], attributes: { start: 4, columns: 9 } }],
});
