import { applyCurve, curveKernels } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The hyperbolic tangent: y = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ); dx = dy (1 − y²).
 */
export function tanh(x: Tensor): Tensor {
  return applyCurve(kernels, "y", x, {});
}

const kernels = curveKernels({
  name: "tanh",
  value: (x) => Math.tanh(x),
  slope: (y) => 1 - y * y,
  saves: "y",
  wgsl: { value: () => "tanh(clamp(v, Number(-10.0f), Number(10.0f)))", slope: () => "1.0f - v * v" },
  wasm: { value: "tanh", slope: "tanhGradient" },
  attributes: {},
  points: [[0, 0], [50, 1], [-50, -1], [Math.log(3), 0.8]],
});

export const tanhKernel = kernels.forward;
export const tanhGradientKernel = kernels.gradient;
