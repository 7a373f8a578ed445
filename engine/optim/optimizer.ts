import type { Attributes, Kernel } from "../kernel.ts";
import type { Parameters } from "../nn/parameters.ts";
import { clipFactorKernel, hyper, squaredNormKernel } from "../ops/adamW.ts";
import { adaGradKernel, momentumKernel, rmsPropKernel, sgdKernel } from "../ops/optimizers.ts";
import { free, launch, type Tensor, tensor } from "../tensor.ts";
import { adamW } from "./adamW.ts";

/** An optimizer over flat buffers: three launches a step (partial norms, clip factor, update), whatever the number of parameters. */
export interface Optimizer {
  /** What it remembers of each parameter, by name: with the parameters, all that a run needs to go on. */
  readonly memories: ReadonlyMap<string, Tensor>;
  /** [4]: clip factor, gradient norm, number of gradients that are not finite, 0; of the last step. */
  readonly report: Tensor;
  /** Writes what changes from step to step: call before `launch` or before replaying a plan that holds it. `step` counts from 1. */
  prepare(step: number, learningRate: number): void;
  /** Clips and updates, in place. */
  launch(): void;
  close(): void;
}

/** The largest norm of the whole gradient; 0 or absent does not clip. */
interface Clipped {
  readonly maxNorm?: number;
}

/** What makes an optimizer. Defaults are PyTorch's. */
export type OptimizerOptions = Clipped & (
  | { readonly kind: "sgd" }
  | { readonly kind: "momentum"; readonly momentum?: number; readonly nesterov?: boolean }
  | { readonly kind: "adaGrad"; readonly epsilon?: number }
  | { readonly kind: "rmsProp"; readonly alpha?: number; readonly epsilon?: number }
  | { readonly kind: "adam"; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number }
  | { readonly kind: "adamW"; readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number; readonly weightDecay?: number }
);

/** Throws: Error when the parameters are frozen. */
export function optimizer(parameters: Parameters, options: OptimizerOptions): Optimizer {
  switch (options.kind) {
    case "sgd": return overFlatBuffers(parameters, options, sgdKernel, {}, []);
    case "momentum": {
      const { momentum = 0.9, nesterov = false } = options;
      return overFlatBuffers(parameters, options, momentumKernel, { momentum, nesterov }, ["velocity"]);
    }
    case "adaGrad": return overFlatBuffers(parameters, options, adaGradKernel, { epsilon: options.epsilon ?? 1e-10 }, ["squares"]);
    case "rmsProp": {
      const { alpha = 0.99, epsilon = 1e-8 } = options;
      return overFlatBuffers(parameters, options, rmsPropKernel, { alpha, epsilon }, ["squares"]);
    }
    case "adam":
    case "adamW": {
      // Adam is AdamW without decay.
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, maxNorm = 0 } = options;
      const weightDecay = options.kind === "adamW" ? options.weightDecay ?? 0.01 : 0;
      const { moments, report, prepare, launch: update, close } = adamW(parameters, { beta1, beta2, epsilon, weightDecay, maxNorm });
      return { memories: new Map([["m", moments.m], ["v", moments.v]]), report, prepare, launch: update, close };
    }
  }
}

function overFlatBuffers<A extends Attributes>(
  { backend, flat }: Parameters, { kind, maxNorm = 0 }: Clipped & { readonly kind: string },
  kernel: Kernel<A>, attributes: A, names: readonly string[],
): Optimizer {
  if (!flat) throw new Error(`${kind}: the parameters are frozen, lay them out with trainable()`);
  const memories = new Map(names.map((name) => [name, tensor(backend, flat.values.shape, new Float64Array(flat.values.size))]));
  const step = tensor(backend, [hyper.size], new Float64Array(hyper.size));
  const report = tensor(backend, [4], [0, 0, 0, 0]);
  const inPlace = (x: Tensor) => ({ tensor: x, accumulate: false });
  return {
    memories,
    report,
    prepare: (_, learningRate) => backend.write(step.buffer, [learningRate, 1, 1, 0]),
    launch() {
      const [partials] = launch(squaredNormKernel, [flat.gradients], {});
      launch(clipFactorKernel, [partials!], { maxNorm }, [inPlace(report)]);
      launch(kernel, [flat.gradients, report, step], attributes, [flat.values, ...memories.values()].map(inPlace));
    },
    close: () => [...memories.values(), step, report].forEach(free),
  };
}
