import { applyCurve, curveKernels } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The rectifier: y = max(0, x); dx = dy where x > 0, else 0.
 * Source: Nair & Hinton 2010.
 */
export function relu(x: Tensor): Tensor {
  return applyCurve(kernels, "x", x, {});
}

const kernels = curveKernels({
  name: "relu",
  value: (x) => Math.max(0, x),
  slope: (x) => (x > 0 ? 1 : 0),
  saves: "x",
  wgsl: { value: () => "max(v, Number())", slope: () => "select(Number(), Number(1.0f), v > Number())" },
  wasm: { value: "relu", slope: "reluGradient" },
  attributes: {},
  points: [[-2, 0], [0, 0], [3, 3]],
});

export const reluKernel = kernels.forward;
export const reluGradientKernel = kernels.gradient;
