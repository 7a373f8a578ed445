import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, perElement, store } from "../wgsl.ts";

/** y = Σⱼ x[j] over the last axis; dx[j] = dy. Shapes: x [..,n] → [..]. */
export function sum(x: Tensor): Tensor {
  return total(x, 1);
}

/** y = (1/n) Σⱼ x[j] over the last axis; dx[j] = dy / n. Shapes: x [..,n] → [..]. */
export function mean(x: Tensor): Tensor {
  return total(x, 1 / lastOf(x.shape));
}

function total(x: Tensor, factor: number): Tensor {
  return apply(sumKernel, [x], { factor }, () => (dOut, to) => {
    launch(spreadKernel, [dOut], { factor, columns: lastOf(x.shape) }, [to.into(0)]);
  })[0]!;
}

/** y = factor · Σⱼ x[j]. */
export const sumKernel = defineKernel<{ factor: number }>({
  name: "sum",
  outputs: ([x]) => {
    expectShapes(x!.length > 0, "sum", "there is no last axis", { x: x! });
    return [{ shape: x!.slice(0, -1) }];
  },
  reference([x], [y], { inputs, attributes: { factor } }) {
    const columns = lastOf(inputs[0]!.shape);
    for (let row = 0; row < y!.length; row++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += x![row * columns + j]!;
      y![row] = factor * sum;
    }
  },
  wgsl: {
    flat({ inputs: [x], outputs: [y], attributes: { factor } }) {
      const columns = lastOf(x!.shape);
      return perElement(y!.size, `var sum = 0.0f;
  for (var j = i * ${columns}u; j < (i + 1u) * ${columns}u; j++) { sum += a0[j]; }
  out0[i] = ${f32(factor)} * sum;`);
    },
  },
  examples: [
    { inputs: [{ shape: [2, 3], values: [1, 2, 3, -4, 5, 6] }], attributes: { factor: 1 }, outputs: [[6, 7]] },
    { inputs: [{ shape: [4], values: [1, 2, 3, 6] }], attributes: { factor: 0.25 }, outputs: [[3]] },
  ],
  samples: [{ inputs: [[3, 4, 7]], attributes: { factor: 0.5 } }],
});

/** y[..,j] = factor · x[..] for each of `columns` j: a sum read backwards. */
export const spreadKernel = defineKernel<{ factor: number; columns: number }>({
  name: "spread",
  outputs: ([x], { columns }) => [{ shape: [...x!, columns] }],
  reference([x], [y], { outputs: [out], attributes: { factor, columns } }) {
    for (let i = 0; i < y!.length; i++) y![i] = (out!.accumulate ? y![i]! : 0) + factor * x![Math.floor(i / columns)]!;
  },
  wgsl: {
    flat: ({ outputs: [y], attributes: { factor, columns } }) => perElement(
      y!.size, store("out0", "i", `${f32(factor)} * a0[i / ${columns}u]`, y!),
    ),
  },
  accumulates: true,
  examples: [{ inputs: [{ shape: [2], values: [4, 6] }], attributes: { factor: 0.5, columns: 2 }, outputs: [[2, 2, 3, 3]] }],
  samples: [{ inputs: [[3, 4]], attributes: { factor: 0.5, columns: 5 } }],
});
