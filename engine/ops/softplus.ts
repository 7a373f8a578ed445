import { applyCurve, curveKernels, logistic, logisticInWgsl } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * A smooth rectifier: y = ln(1 + eˣ); dx = dy σ(x).
 */
export function softplus(x: Tensor): Tensor {
  return applyCurve(kernels, "x", x, {});
}

const kernels = curveKernels({
  name: "softplus",
  value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  slope: logistic,
  saves: "x",
  wgsl: { value: () => "max(v, Number()) + log(1.0f + exp(-abs(v)))", slope: () => "logistic(v)", functions: logisticInWgsl },
  wasm: { value: "softplus", slope: "softplusGradient" },
  attributes: {},
  points: [[0, Math.LN2], [100, 100], [Math.log(3), Math.log(4)]],
});

export const softplusKernel = kernels.forward;
export const softplusGradientKernel = kernels.gradient;
