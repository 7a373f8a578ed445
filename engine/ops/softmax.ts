import { defineKernel } from "../kernel.ts";
import { expectShapes, lastOf, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { perElement } from "../wgsl.ts";

/**
 * Softmax of each row: y[j] = exp(x[j]) / Σₖ exp(x[k]) over the visible k. Masked entries are exactly 0 and take no part in the sum.
 * Shapes: x [..,rows,columns]; mask [rows,columns] i32, 1 where visible; `causal` hides column > row. A row that sees nothing is all 0.
 */
export function softmax(x: Tensor, { causal = false, mask = null }: { causal?: boolean; mask?: Tensor | null } = {}): Tensor {
  return apply(softmaxKernel, mask ? [x, mask] : [x], { causal, mask: Boolean(mask) }, ([y]) => (dOut, to) => {
    launch(softmaxGradientKernel, [y!, dOut], {}, [to.into(0)]);
  })[0]!;
}

export const softmaxKernel = defineKernel<{ causal: boolean; mask: boolean }>({
  name: "softmax",
  outputs: ([x, mask], attributes) => {
    if (attributes.mask) expectShapes(sameShape(mask!, x!.slice(-2)), "softmax", "the mask does not fit", { x: x!, mask: mask! });
    return [{ shape: x! }];
  },
  reference([x, mask], [y], { inputs, attributes }) {
    const columns = lastOf(inputs[0]!.shape);
    const rows = inputs[0]!.shape[inputs[0]!.shape.length - 2] ?? 1;
    for (let row = 0; row < x!.length / columns; row++) {
      const query = row % rows;
      const visible = (j: number): boolean => (!attributes.causal || j <= query) && (!attributes.mask || mask![query * columns + j] !== 0);
      let max = -Infinity;
      for (let j = 0; j < columns; j++) if (visible(j)) max = Math.max(max, x![row * columns + j]!);
      let sum = 0;
      for (let j = 0; j < columns; j++) if (visible(j)) sum += Math.exp(x![row * columns + j]! - max);
      for (let j = 0; j < columns; j++) y![row * columns + j] = visible(j) ? Math.exp(x![row * columns + j]! - max) / sum : 0;
    }
  },
  wgsl: {
    // Masked rows may be empty: the floor of f32 stands in for −∞, which WGSL may not name.
    flat({ inputs: [x], attributes: { causal, mask } }) {
      const columns = lastOf(x!.shape);
      const rows = x!.shape[x!.shape.length - 2] ?? 1;
      const end = causal ? `min(query + 1u, ${columns}u)` : `${columns}u`;
      const visible = mask ? `if (a1[query * ${columns}u + j] != 0) ` : "";
      const body = `let row = i * ${columns}u;
  let query = i % ${rows}u;
  let end = ${end};
  var top = -3.4e38f;
  for (var j = 0u; j < end; j++) { ${visible}{ top = max(top, a0[row + j]); } }
  var sum = 0.0f;
  for (var j = 0u; j < end; j++) { ${visible}{ sum += exp(a0[row + j] - top); } }
  for (var j = 0u; j < ${columns}u; j++) {
    var p = 0.0f;
    if (j < end) { ${visible}{ p = exp(a0[row + j] - top) / sum; } }
    out0[row + j] = p;
  }`;
      return perElement(x!.size / columns, body);
    },
  },
  wasm({ inputs: [x, mask], outputs: [y], attributes: { causal } }) {
    const columns = lastOf(x!.shape);
    const rows = x!.shape[x!.shape.length - 2] ?? 1;
    return [["softmax", x!.pointer, mask?.pointer ?? 0, y!.pointer, x!.size / columns, rows, columns, Number(causal)]];
  },
  examples: [
    { inputs: [{ shape: [1, 3], values: [5, 5, 5] }], attributes: { causal: false, mask: false }, outputs: [[1 / 3, 1 / 3, 1 / 3]] },
    { inputs: [{ shape: [2, 2], values: [0, 9, 1, 1] }], attributes: { causal: true, mask: false }, outputs: [[1, 0, 0.5, 0.5]] },
    {
      inputs: [{ shape: [2, 2], values: [3, 9, 1, 1] }, { shape: [2, 2], values: [0, 1, 0, 0], dtype: "i32" }],
      attributes: { causal: false, mask: true },
      outputs: [[0, 1, 0, 0]],
    },
  ],
  samples: [
    { inputs: [[3, 21]], attributes: { causal: false, mask: false } },
    { inputs: [[2, 3, 9, 9]], attributes: { causal: true, mask: false } },
    { inputs: [[2, 6, 6], [6, 6]], attributes: { causal: false, mask: true }, integers: { 1: 2 } },
  ],
});

/** dx[j] = y[j] (dy[j] − Σₖ dy[k] y[k]). */
export const softmaxGradientKernel = defineKernel({
  name: "softmaxGradient",
  outputs: ([y]) => [{ shape: y! }],
  reference([y, dOut], [dX], { inputs }) {
    const columns = lastOf(inputs[0]!.shape);
    for (let row = 0; row < y!.length / columns; row++) {
      let dot = 0;
      for (let j = 0; j < columns; j++) dot += dOut![row * columns + j]! * y![row * columns + j]!;
      for (let j = 0; j < columns; j++) {
        const i = row * columns + j;
        dX![i] = y![i]! * (dOut![i]! - dot);
      }
    }
  },
  wgsl: {
    flat({ inputs: [y] }) {
      const columns = lastOf(y!.shape);
      const body = `let row = i * ${columns}u;
  var dot = 0.0f;
  for (var j = 0u; j < ${columns}u; j++) { dot += a1[row + j] * a0[row + j]; }
  for (var j = 0u; j < ${columns}u; j++) { out0[row + j] = a0[row + j] * (a1[row + j] - dot); }`;
      return perElement(y!.size / columns, body);
    },
  },
  wasm({ inputs: [y, dOut], outputs: [dX] }) {
    const columns = lastOf(y!.shape);
    return [["softmaxGradient", y!.pointer, dOut!.pointer, dX!.pointer, y!.size / columns, columns]];
  },
  examples: [{ inputs: [{ shape: [1, 2], values: [0.5, 0.5] }, { shape: [1, 2], values: [1, 0] }], outputs: [[0.25, -0.25]] }],
  samples: [{ inputs: [[3, 21], [3, 21]] }],
});
