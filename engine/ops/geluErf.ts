import { applyCurve, curveKernels } from "../curve.ts";
import type { Tensor } from "../tensor.ts";

/**
 * The Gaussian error linear unit, exactly: y = x Φ(x) = x/2 · (1 + erf(x/√2)), with Φ the normal distribution function; dx = dy (Φ(x) + x φ(x)).
 * `gelu` is the tanh form that GPT-2 uses; the two differ by less than 5e-4.
 * Source: Hendrycks & Gimpel 2016, equation 1.
 */
export function geluErf(x: Tensor): Tensor {
  return applyCurve(kernels, "x", x, {});
}

/** φ(x) = e^(−x²/2) / √(2π). */
const density = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/**
 * Φ(x) = ½ + φ(x) (x + x³/3 + x⁵/(3·5) + …), to the last bits for |x| < 9, beyond which it is 0 or 1 in double precision.
 * Source: Marsaglia 2004, "Evaluating the normal distribution".
 */
export function normalDistribution(x: number): number {
  if (Math.abs(x) > 9) return x > 0 ? 1 : 0;
  let term = x, sum = x;
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum); n += 2) {
    term *= (x * x) / n;
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

// Abramowitz & Stegun 7.1.26: within 1.5e-7 everywhere, which is float32's own noise.
const inWgsl = `fn normalDistribution(x: Number) -> Number {
  let t = 1.0f / (1.0f + 0.3275911f * 0.70710678f * abs(x));
  let p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t + 0.254829592f) * t;
  let tail = 0.5f * p * exp(-0.5f * x * x);
  return select(tail, 1.0f - tail, x >= Number());
}`;

const kernels = curveKernels({
  name: "geluErf",
  value: (x) => x * normalDistribution(x),
  slope: (x) => normalDistribution(x) + x * density(x),
  saves: "x",
  wgsl: {
    value: () => "v * normalDistribution(v)",
    slope: () => "normalDistribution(v) + v * 0.39894228f * exp(-0.5f * v * v)",
    functions: inWgsl,
  },
  wasm: { value: "geluErf", slope: "geluErfGradient" },
  attributes: {},
  points: [[0, 0], [100, 100], [-100, 0]],
});

export const geluErfKernel = kernels.forward;
export const geluErfGradientKernel = kernels.gradient;
