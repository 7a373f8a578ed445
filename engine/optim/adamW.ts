import type { Parameters } from "../nn/parameters.ts";
import { adamWKernel, clipFactorKernel, hyper, squaredNormKernel } from "../ops/adamW.ts";
import { free, launch, type Tensor, tensor } from "../tensor.ts";

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** The largest norm of the whole gradient; 0 does not clip. */
  readonly maxNorm: number;
}

export const defaultAdamW: AdamWOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, maxNorm: 1 };

/** AdamW over flat buffers: three launches, whatever the number of parameters. */
export interface AdamW {
  readonly moments: { readonly m: Tensor; readonly v: Tensor };
  /** [4]: clip factor, gradient norm, number of gradients that are not finite, 0; of the last step. */
  readonly report: Tensor;
  /** Writes what changes from step to step: call before `launch` or before replaying a plan that holds it. `step` counts from 1. */
  prepare(step: number, learningRate: number): void;
  /** Clips and updates, in place. */
  launch(): void;
  close(): void;
}

/**
 * Throws: Error when the parameters are frozen.
 * Source: Loshchilov & Hutter 2019, algorithm 2.
 */
export function adamW(parameters: Parameters, options: AdamWOptions, moments?: { m: ArrayLike<number>; v: ArrayLike<number> }): AdamW {
  const { backend, flat } = parameters;
  if (!flat) throw new Error("adamW: the parameters are frozen, lay them out with trainable()");
  const { maxNorm, ...kernelOptions } = options;
  const zeros = new Float64Array(flat.values.size);
  const m = tensor(backend, flat.values.shape, moments?.m ?? zeros);
  const v = tensor(backend, flat.values.shape, moments?.v ?? zeros);
  const step = tensor(backend, [hyper.size], new Float64Array(hyper.size));
  const report = tensor(backend, [4], [0, 0, 0, 0]);
  const inPlace = (x: Tensor) => ({ tensor: x, accumulate: false });
  return {
    moments: { m, v },
    report,
    prepare(count, learningRate) {
      backend.write(step.buffer, [learningRate, 1 - power(options.beta1, count), 1 - power(options.beta2, count), 0]);
    },
    launch() {
      const [partials] = launch(squaredNormKernel, [flat.gradients], {});
      launch(clipFactorKernel, [partials!], { maxNorm }, [inPlace(report)]);
      launch(adamWKernel, [flat.gradients, report, step], { ...kernelOptions, decayLength: flat.decayLength }, [inPlace(flat.values), inPlace(m), inPlace(v)]);
    },
    close: () => [m, v, step, report].forEach(free),
  };
}

/** base^count by repeated squaring: the same bits on every machine, which Math.pow does not promise. */
function power(base: number, count: number): number {
  let result = 1;
  for (let square = base, n = count; n > 0; n = Math.floor(n / 2), square *= square) if (n % 2 === 1) result *= square;
  return result;
}
