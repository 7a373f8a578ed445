import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement, store } from "../wgsl.ts";

/**
 * y[..,j] = x[..,j] + row[j]: one row, a bias say, added to all rows; the row's gradient is the sum over them.
 * Shapes: x [..,n], row [n] → [..,n].
 * Throws: ShapeError when the row is not as long as the last axis.
 */
export function addRow(x: Tensor, row: Tensor): Tensor {
  return apply(addRowKernel, [x, row], {}, () => (dOut, to) => {
    if (to.needs(1)) launch(columnSumKernel, [dOut], {}, [to.into(1)]);
    if (to.needs(0)) to.share(0, dOut);
  })[0]!;
}

export const addRowKernel = defineKernel({
  name: "addRow",
  outputs: ([x, row]) => {
    expectShapes(sameShape(row!, [lastOf(x!)]), "addRow", "the row does not fit", { x: x!, row: row! });
    return [{ shape: x! }];
  },
  reference([x, row], [y]) {
    for (let i = 0; i < y!.length; i++) y![i] = x![i]! + row![i % row!.length]!;
  },
  wgsl: {
    flat: ({ inputs: [, row], outputs: [y] }) => perElement(y!.size, `out0[i] = a0[i] + a1[i % ${row!.size}u];`),
  },
  examples: [{ inputs: [{ shape: [2, 2], values: [1, 2, 3, 4] }, { shape: [2], values: [10, 20] }], outputs: [[11, 22, 13, 24]] }],
  samples: [{ inputs: [[3, 5, 7], [7]] }],
});

/** y[j] = Σ over rows of x[..,j]. */
export const columnSumKernel = defineKernel({
  name: "columnSum",
  outputs: ([x]) => [{ shape: [lastOf(x!)] }],
  reference([x], [y], { outputs: [out] }) {
    const columns = y!.length;
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let i = j; i < x!.length; i += columns) sum += x![i]!;
      y![j] = (out!.accumulate ? y![j]! : 0) + sum;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y] }) {
      return perElement(y!.size, `var sum = 0.0f;
  for (var j = i; j < ${x!.size}u; j += ${y!.size}u) { sum += a0[j]; }
  ${store("out0", "i", "sum", y!)}`);
    },
  },
  wasm: ({ inputs: [x], outputs: [y] }) => [["columnSums", x!.pointer, y!.pointer, rowsOf(x!.shape), y!.size, Number(y!.accumulate)]],
  accumulates: true,
  examples: [{ inputs: [{ shape: [2, 3], values: [1, 2, 3, 10, 20, 30] }], outputs: [[11, 22, 33]] }],
  samples: [{ inputs: [[3, 5, 7]] }],
});
