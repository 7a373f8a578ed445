import { applyCurve, curveKernels, logistic, logisticInWgsl } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The logistic function: y = 1 / (1 + e⁻ˣ); dx = dy · y (1 − y).
 */
export function sigmoid(x: Tensor): Tensor {
  return applyCurve(kernels, "y", x, {});
}

const kernels = curveKernels({
  name: "sigmoid",
  value: logistic,
  slope: (y) => y * (1 - y),
  saves: "y",
  wgsl: { value: () => "logistic(v)", slope: () => "v * (1.0f - v)", functions: logisticInWgsl },
  wasm: { value: "sigmoid", slope: "sigmoidGradient" },
  attributes: {},
  points: [[0, 0.5], [100, 1], [Math.log(3), 0.75], [-Math.log(3), 0.25]],
});

export const sigmoidKernel = kernels.forward;
export const sigmoidGradientKernel = kernels.gradient;
