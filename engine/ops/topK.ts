import { defineKernel, sizeOf } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement } from "../wgsl.ts";

/**
 * The k largest of each row, largest first, and the columns where they stand; of equals, the earlier column first.
 * The gradient flows through the values.
 * Shapes: x [..,n] → values [..,k], indices [..,k] i32.
 * Throws: ShapeError when k is not between 1 and n.
 */
export function topK(x: Tensor, k: number): { values: Tensor; indices: Tensor } {
  const [values, indices] = apply(topKKernel, [x], { k }, ([, at]) => (dOut, to) => {
    launch(scatterLastKernel, [at!, dOut], { columns: lastOf(x.shape), k }, [to.into(0)]);
  });
  return { values: values!, indices: indices! };
}

export const topKKernel = defineKernel<{ k: number }>({
  name: "topK",
  outputs: ([x], { k }) => {
    expectShapes(Number.isInteger(k) && k >= 1 && k <= lastOf(x!), "topK", "k does not fit the last axis", { x: x!, k: [k] });
    const shape = [...x!.slice(0, -1), k];
    return [{ shape }, { shape, dtype: "i32" }];
  },
  reference([x], [values, indices], { inputs, attributes: { k } }) {
    const columns = lastOf(inputs[0]!.shape);
    for (let row = 0; row < x!.length / columns; row++) {
      const numbers = x!.subarray(row * columns, (row + 1) * columns);
      const order = Array.from(numbers, (_, j) => j).sort((a, b) => numbers[b]! - numbers[a]! || a - b);
      for (let j = 0; j < k; j++) {
        values![row * k + j] = numbers[order[j]!]!;
        indices![row * k + j] = order[j]!;
      }
    }
  },
  wgsl: {
    // k passes; each looks for the largest number that comes after the last one found, in the order (value down, column up).
    flat({ inputs: [x], attributes: { k } }) {
      const columns = lastOf(x!.shape);
      return perElement(rowsOf(x!.shape), `let row = i * ${columns}u;
  var last = -1;
  for (var n = 0u; n < ${k}u; n++) {
    var best = -1;
    for (var j = 0; j < ${columns}; j++) {
      let value = a0[row + u32(j)];
      var left = last < 0;
      if (!left) { let before = a0[row + u32(last)]; left = value < before || (value == before && j > last); }
      if (left) { if (best < 0) { best = j; } else if (value > a0[row + u32(best)]) { best = j; } }
    }
    last = max(best, 0);
    out0[i * ${k}u + n] = a0[row + u32(last)];
    out1[i * ${k}u + n] = last;
  }`);
    },
  },
  examples: [
    { inputs: [{ shape: [2, 4], values: [1, 9, 3, 5, 7, 2, 7, 0] }], attributes: { k: 2 }, outputs: [[9, 5, 7, 7], [1, 3, 0, 2]] },
    { inputs: [{ shape: [3], values: [2, 2, 2] }], attributes: { k: 3 }, outputs: [[2, 2, 2], [0, 1, 2]] },
  ],
  samples: [{ inputs: [[3, 2, 11]], attributes: { k: 4 } }],
});

/**
 * y[.., indices[..,j]] = x[..,j], and 0 elsewhere: numbers picked from rows of `columns` go back to their places. Indices of a row
 * differ.
 */
export const scatterLastKernel = defineKernel<{ columns: number; k: number }>({
  name: "scatterLast",
  outputs: ([indices], { columns, k }) => [{ shape: [sizeOf(indices!) / k, columns] }],
  reference([indices, x], [y], { outputs: [out], attributes: { columns, k } }) {
    if (!out!.accumulate) y!.fill(0);
    for (let i = 0; i < indices!.length; i++) {
      const at = Math.floor(i / k) * columns + indices![i]!;
      y![at] = y![at]! + x![i]!;
    }
  },
  wgsl: {
    flat({ inputs: [indices], outputs: [out], attributes: { columns, k } }) {
      const clear = out!.accumulate ? "" : `for (var j = 0u; j < ${columns}u; j++) { out0[i * ${columns}u + j] = 0.0f; }`;
      return perElement(indices!.size / k, `${clear}
  for (var j = 0u; j < ${k}u; j++) { out0[i * ${columns}u + u32(a0[i * ${k}u + j])] += a1[i * ${k}u + j]; }`);
    },
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [2, 2], values: [2, 0, 1, 0], dtype: "i32" }, { shape: [2, 2], values: [5, 6, 7, 8] }],
      attributes: { columns: 3, k: 2 },
      outputs: [[6, 0, 5, 8, 7, 0]],
    },
  ],
  samples: [{ inputs: [[4], [4]], attributes: { columns: 6, k: 1 }, integers: { 0: 6 } }],
});
