import { defineKernel, sizeOf } from "../kernel.ts";
import { expectShapes, lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";

/**
 * Picks rows: y[i] = x[indices[i]]. A row may be picked twice; then both gradients are added.
 * Shapes: x [rows,d], indices [n] i32 in [0,rows) → [n,d].
 */
export function gatherRows(x: Tensor, indices: Tensor): Tensor {
  return apply(gatherRowsKernel, [x, indices], {}, () => (dOut, to) => {
    launch(scatterRowsKernel, [dOut, indices], { rows: x.shape[0]! }, [to.into(0)]);
  })[0]!;
}

export const gatherRowsKernel = defineKernel({
  name: "gatherRows",
  outputs: ([x, indices]) => {
    expectShapes(
      x!.length === 2 && indices!.length === 1, "gatherRows", "x must be a matrix and indices a list", { x: x!, indices: indices! },
    );
    return [{ shape: [sizeOf(indices!), lastOf(x!)] }];
  },
  reference([x, indices], [y], { inputs, outputs: [out] }) {
    const d = lastOf(inputs[0]!.shape);
    for (let i = 0; i < y!.length; i++) y![i] = (out!.accumulate ? y![i]! : 0) + x![indices![Math.floor(i / d)]! * d + (i % d)]!;
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y] }) {
      const d = lastOf(x!.shape);
      return perElement(y!.size, `out0[i] ${y!.accumulate ? "+=" : "="} a0[u32(a1[i / ${d}u]) * ${d}u + i % ${d}u];`);
    },
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [3, 2], values: [0, 1, 10, 11, 20, 21] }, { shape: [2], values: [2, 0], dtype: "i32" }],
      outputs: [[20, 21, 0, 1]],
    },
  ],
  samples: [{ inputs: [[5, 3], [7]], integers: { 1: 5 } }],
});

/**
 * Sums rows into places: y[r] = Σ over i with indices[i] = r of x[i], in order of i; rows that nobody names are 0.
 * The gradient picks the rows back: dx[i] = dy[indices[i]].
 * Shapes: x [n,d], indices [n] i32 in [0,rows) → [rows,d].
 */
export function scatterRows(x: Tensor, indices: Tensor, rows: number): Tensor {
  return apply(scatterRowsKernel, [x, indices], { rows }, () => (dOut, to) => {
    launch(gatherRowsKernel, [dOut, indices], {}, [to.into(0)]);
  })[0]!;
}

export const scatterRowsKernel = defineKernel<{ rows: number }>({
  name: "scatterRows",
  outputs: ([x, indices], { rows }) => {
    expectShapes(
      x!.length === 2 && indices!.length === 1 && x![0] === indices![0], "scatterRows", "every row needs an index",
      { x: x!, indices: indices! },
    );
    return [{ shape: [rows, lastOf(x!)] }];
  },
  reference([x, indices], [y], { inputs, outputs: [out] }) {
    const d = lastOf(inputs[0]!.shape);
    if (!out!.accumulate) y!.fill(0);
    for (let i = 0; i < x!.length; i++) {
      const at = indices![Math.floor(i / d)]! * d + (i % d);
      y![at] = y![at]! + x![i]!;
    }
  },
  wgsl: {
    // Each row of y looks through all indices: no atomics, and the sum keeps its order.
    flat({ inputs: [x, indices], outputs: [y] }) {
      const d = lastOf(x!.shape);
      return perElement(y!.size, `let row = i32(i / ${d}u);
  var sum = 0.0f;
  for (var j = 0u; j < ${indices!.size}u; j++) { if (a1[j] == row) { sum += a0[j * ${d}u + i % ${d}u]; } }
  ${store("out0", "i", "sum", y!)}`);
    },
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [3, 1], values: [5, 7, 9] }, { shape: [3], values: [1, 0, 1], dtype: "i32" }],
      attributes: { rows: 3 },
      outputs: [[7, 14, 0]],
    },
  ],
  samples: [{ inputs: [[7, 3], [7]], attributes: { rows: 5 }, integers: { 1: 5 } }],
});
