import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement } from "../wgsl.ts";
import { scatterLastKernel } from "./topK.ts";

/** y = maxⱼ x[j] over the last axis; the gradient goes to the first place where it is reached. Shapes: x [..,n] → [..]. */
export function max(x: Tensor): Tensor {
  return apply(maxKernel, [x], {}, ([, indices]) => (dOut, to) => {
    launch(scatterLastKernel, [indices!, dOut], { columns: lastOf(x.shape), k: 1 }, [to.into(0)]);
  })[0]!;
}

/** The largest of each row, and the first column where it stands. */
export const maxKernel = defineKernel({
  name: "max",
  outputs: ([x]) => {
    expectShapes(x!.length > 0, "max", "there is no last axis", { x: x! });
    return [{ shape: x!.slice(0, -1) }, { shape: x!.slice(0, -1), dtype: "i32" }];
  },
  reference([x], [y, indices], { inputs }) {
    const columns = lastOf(inputs[0]!.shape);
    for (let row = 0; row < y!.length; row++) {
      let best = 0;
      for (let j = 1; j < columns; j++) if (x![row * columns + j]! > x![row * columns + best]!) best = j;
      y![row] = x![row * columns + best]!;
      indices![row] = best;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y] }) {
      const columns = lastOf(x!.shape);
      return perElement(y!.size, `let row = i * ${columns}u;
  var best = 0u;
  for (var j = 1u; j < ${columns}u; j++) { if (a0[row + j] > a0[row + best]) { best = j; } }
  out0[i] = a0[row + best];
  out1[i] = i32(best);`);
    },
  },
  examples: [{ inputs: [{ shape: [2, 3], values: [1, 9, 3, 5, -6, 5] }], outputs: [[9, 5], [1, 0]] }],
  samples: [{ inputs: [[3, 4, 7]] }],
});
