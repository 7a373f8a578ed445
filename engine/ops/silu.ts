import { applyCurve, curveKernels, logistic, logisticInWgsl } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * y = x σ(x), also called swish; dx = dy · σ(x) (1 + x (1 − σ(x))).
 * Source: Elfwing et al. 2017; Ramachandran et al. 2017.
 */
export function silu(x: Tensor): Tensor {
  return applyCurve(kernels, "x", x, {});
}

const kernels = curveKernels({
  name: "silu",
  value: (x) => x * logistic(x),
  slope: (x) => logistic(x) * (1 + x * (1 - logistic(x))),
  saves: "x",
  wgsl: { value: () => "v * logistic(v)", slope: () => "logistic(v) * (1.0f + v * (1.0f - logistic(v)))", functions: logisticInWgsl },
  wasm: { value: "silu", slope: "siluGradient" },
  attributes: {},
  points: [[0, 0], [100, 100], [Math.log(3), 0.75 * Math.log(3)]],
});

export const siluKernel = kernels.forward;
export const siluGradientKernel = kernels.gradient;
