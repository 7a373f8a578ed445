import { applyCurve, curveKernels } from "../curve.ts";
import type { Tensor } from "../tensor.ts";
import { f32 } from "../wgsl.ts";

/**
 * A rectifier that lets a little through: y = x where x > 0, else slope · x; dx = dy or slope · dy.
 * Source: Maas, Hannun & Ng 2013.
 */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return applyCurve(kernels, "x", x, { slope });
}

const kernels = curveKernels<{ slope: number }>({
  name: "leakyRelu",
  value: (x, { slope }) => (x > 0 ? x : slope * x),
  slope: (x, { slope }) => (x > 0 ? 1 : slope),
  saves: "x",
  wgsl: {
    value: ({ slope }) => `select(${f32(slope)} * v, v, v > Number())`,
    slope: ({ slope }) => `select(Number(${f32(slope)}), Number(1.0f), v > Number())`,
  },
  attributes: { slope: 0.25 },
  points: [[-2, -0.5], [0, 0], [3, 3]],
});

export const leakyReluKernel = kernels.forward;
export const leakyReluGradientKernel = kernels.gradient;
