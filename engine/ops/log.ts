import { applyCurve, curveKernels } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The natural logarithm y = ln x of positive numbers; dx = dy / x.
 */
export function log(x: Tensor): Tensor {
  return applyCurve(kernels, "x", x, {});
}

const kernels = curveKernels({
  name: "log",
  value: (x) => Math.log(x),
  slope: (x) => 1 / x,
  saves: "x",
  wgsl: { value: () => "log(v)", slope: () => "1.0f / v" },
  wasm: { value: "log", slope: "logGradient" },
  attributes: {},
  everywhere: false,
  points: [[Math.E, 1], [8, 3 * Math.LN2], [0.01, Math.log(0.01)]],
});

export const logKernel = kernels.forward;
export const logGradientKernel = kernels.gradient;
