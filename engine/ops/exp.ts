import { applyCurve, curveKernels } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * y = eˣ; dx = dy · y.
 */
export function exp(x: Tensor): Tensor {
  return applyCurve(kernels, "y", x, {});
}

const kernels = curveKernels({
  name: "exp",
  value: (x) => Math.exp(x),
  slope: (y) => y,
  saves: "y",
  wgsl: { value: () => "exp(v)", slope: () => "v" },
  wasm: { value: "exp", slope: "multiply" },
  attributes: {},
  points: [[0, 1], [1, Math.E], [Math.LN2, 2]],
});

export const expKernel = kernels.forward;
export const expGradientKernel = kernels.gradient;
