import { defineKernel, type Launch, type Product, type Shape } from "../kernel.ts";
import { expectShapes, lastOf, rowsOf, sameShape } from "../shapes.ts";
import { apply, type GradientTargets, launch, reshape, type Tensor } from "../tensor.ts";
import { store } from "../wgsl.ts";
import { matmulKernel } from "./matmul.ts";

/**
 * y = x Wᵀ + bias + residual: y[i,j] = Σₖ x[i,k] W[j,k] + bias[j] + residual[i,j]. Bias and residual are optional.
 * Shapes: x [..,in], weight [out,in] (one row an output, as PyTorch stores it), bias [out], residual [..,out] → [..,out].
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null, residual?: Tensor | null): Tensor {
  const attributes = { bias: Boolean(bias), residual: Boolean(residual) };
  const inputs = [x, weight, ...(bias ? [bias] : []), ...(residual ? [residual] : [])];
  return apply(linearKernel, inputs, attributes, () => (dOut, to) => {
    linearGradient(x, weight, attributes.bias, dOut, to);
    const last = inputs.length - 1;
    if (attributes.residual && to.needs(last)) to.share(last, dOut);
  })[0]!;
}

/** The gradients of x Wᵀ + bias, for a tape entry whose inputs begin with x, weight and, if there is one, bias. */
export function linearGradient(x: Tensor, weight: Tensor, bias: boolean, dOut: Tensor, to: GradientTargets): void {
  const rows = rowsOf(x.shape);
  const dRows = reshape(dOut, [rows, lastOf(dOut.shape)]);
  if (to.needs(0)) launch(matmulKernel, [dRows, weight], { transposeA: false, transposeB: false }, [to.into(0)]);
  if (!to.needs(1)) return;
  const xRows = { ...x, shape: [rows, lastOf(x.shape)] };
  const withBias = bias && to.needs(2);
  launch(linearWeightGradientKernel, [xRows, dRows], { bias: withBias }, withBias ? [to.into(1), to.into(2)] : [to.into(1)]);
}

type LinearAttributes = { bias: boolean; residual: boolean };

function linearShape(inputs: readonly Shape[], { bias, residual }: LinearAttributes): Shape {
  const [x, weight] = inputs as [Shape, Shape];
  expectShapes(weight.length === 2 && lastOf(x) === weight[1], "linear", "inner sizes differ", { x, weight });
  const shape = [...x.slice(0, -1), weight[0]!];
  if (bias) expectShapes(sameShape(inputs[2]!, [weight[0]!]), "linear", "bias does not fit", { weight, bias: inputs[2]! });
  if (residual) {
    const r = inputs[bias ? 3 : 2]!;
    expectShapes(sameShape(r, shape), "linear", "residual does not fit", { output: shape, residual: r });
  }
  return shape;
}

function linearProduct({ inputs, outputs, attributes: { bias, residual } }: Launch<LinearAttributes>): Product {
  const [n, k] = inputs[1]!.shape as [number, number];
  return {
    m: outputs[0]!.size / n, n, k,
    a: { name: "a0", alongInner: true },
    b: { name: "a1", alongInner: true },
    finish: (wide) => `out0[at] = value${bias ? ` + a2[${wide ? "column / 4u" : "column"}]` : ""}${residual ? ` + a${bias ? 3 : 2}[at]` : ""};`,
    finished: ["out0", ...(bias ? ["a2"] : []), ...(residual ? [`a${bias ? 3 : 2}`] : [])],
  };
}

export const linearKernel = defineKernel<LinearAttributes>({
  name: "linear",
  outputs: (inputs, attributes) => [{ shape: linearShape(inputs, attributes) }],
  reference(inputs, [y], launch) {
    const { bias, residual } = launch.attributes;
    const [x, weight] = inputs;
    const [n, k] = launch.inputs[1]!.shape as [number, number];
    for (let row = 0; row < y!.length / n; row++) {
      for (let column = 0; column < n; column++) {
        let sum = 0;
        for (let inner = 0; inner < k; inner++) sum += x![row * k + inner]! * weight![column * k + inner]!;
        if (bias) sum += inputs[2]![column]!;
        if (residual) sum += inputs[bias ? 3 : 2]![row * n + column]!;
        y![row * n + column] = sum;
      }
    }
  },
  wgsl: { flat: linearProduct, tiled: linearProduct },
  wasm({ inputs, outputs: [y], attributes: { bias, residual } }) {
    const [x, weight] = inputs;
    const [n, k] = weight!.shape as [number, number];
    const added = residual ? inputs[bias ? 3 : 2]!.pointer : 0;
    return [["gemm", x!.pointer, weight!.pointer, y!.pointer, x!.size / k, n, k, 0, 1, 0, bias ? inputs[2]!.pointer : 0, added]];
  },
  examples: [
    {
      inputs: [{ shape: [1, 2], values: [1, 2] }, { shape: [3, 2], values: [1, 0, 0, 1, 1, 1] }, { shape: [3], values: [0.5, 0, -1] }],
      attributes: { bias: true, residual: false },
      outputs: [[1.5, 2, 2]],
    },
  ],
  samples: [
    { inputs: [[2, 5, 12], [20, 12]], attributes: { bias: false, residual: false } },
    { inputs: [[33, 16], [24, 16], [24], [33, 24]], attributes: { bias: true, residual: true } },
    { inputs: [[1, 1, 32], [45, 32], [1, 1, 45]], attributes: { bias: false, residual: true } },
  ],
});

function weightGradientProduct({ inputs, outputs, attributes: { bias } }: Launch<{ bias: boolean }>): Product {
  return {
    m: inputs[1]!.shape[1]!, n: inputs[0]!.shape[1]!, k: inputs[0]!.shape[0]!,
    a: { name: "a1", alongInner: false },
    b: { name: "a0", alongInner: false },
    finish: () => store("out0", "at", "value", outputs[0]!),
    finished: ["out0"],
    ...(bias ? { rowSum: store("out1", "row", "sum", outputs[1]!) } : {}),
  };
}

/** dW = dyᵀ x and db = Σ rows of dy. Shapes: x [n,in], dOut [n,out] → [out,in], [out]. */
export const linearWeightGradientKernel = defineKernel<{ bias: boolean }>({
  name: "linearWeightGradient",
  outputs: ([x, dOut], { bias }) => {
    expectShapes(x![0] === dOut![0], "linearWeightGradient", "rows differ", { x: x!, dOut: dOut! });
    const weight = { shape: [dOut![1]!, x![1]!] };
    return bias ? [weight, { shape: [dOut![1]!] }] : [weight];
  },
  reference([x, dOut], [dWeight, dBias], { inputs, outputs, attributes }) {
    const [rows, k] = inputs[0]!.shape as [number, number];
    const n = inputs[1]!.shape[1]!;
    for (let column = 0; column < n; column++) {
      for (let inner = 0; inner < k; inner++) {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += dOut![row * n + column]! * x![row * k + inner]!;
        const at = column * k + inner;
        dWeight![at] = (outputs[0]!.accumulate ? dWeight![at]! : 0) + sum;
      }
      if (!attributes.bias) continue;
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += dOut![row * n + column]!;
      dBias![column] = (outputs[1]!.accumulate ? dBias![column]! : 0) + sum;
    }
  },
  wgsl: { flat: weightGradientProduct, tiled: weightGradientProduct },
  wasm({ inputs: [x, dOut], outputs: [dWeight, dBias], attributes: { bias } }) {
    const [rows, k] = x!.shape as [number, number];
    const n = dOut!.shape[1]!;
    const weight = ["gemm", dOut!.pointer, x!.pointer, dWeight!.pointer, n, k, rows, 1, 0, Number(dWeight!.accumulate), 0, 0] as const;
    return bias ? [weight, ["columnSums", dOut!.pointer, dBias!.pointer, rows, n, Number(dBias!.accumulate)]] : [weight];
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [2, 1], values: [1, 2] }, { shape: [2, 2], values: [1, 10, 2, 20] }],
      attributes: { bias: true },
      outputs: [[5, 50], [3, 30]],
    },
  ],
  samples: [
    { inputs: [[33, 12], [33, 20]], attributes: { bias: true } },
    { inputs: [[16, 24], [16, 17]], attributes: { bias: false } },
  ],
});
