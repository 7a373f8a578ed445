import type { Shape } from "../kernel.ts";
import { linear } from "../ops/linear.ts";
import type { Tensor } from "../tensor.ts";
import { type ActivationName, activations, lookUp } from "./layers.ts";
import type { Parameters } from "./parameters.ts";

/** A multilayer perceptron: `sizes` are the widths from inputs to outputs, so there is one layer fewer than sizes. */
export interface MlpConfig {
  readonly sizes: readonly number[];
  /** Between the layers; the last has none. */
  readonly activation: ActivationName;
}

/** `layers.N.weight` [out,in] and `layers.N.bias` [out]. */
export function mlpShapes({ sizes }: MlpConfig): Map<string, Shape> {
  return new Map(
    sizes.slice(1).flatMap((out, n): [string, Shape][] => [[`layers.${n}.weight`, [out, sizes[n]!]], [`layers.${n}.bias`, [out]]])
  );
}

/**
 * x ← f(W x + b), layer by layer. `probe` is called with `layers.N` after each layer's activation, and `logits` for the last.
 * Shapes: x [batch,sizes[0]] → [batch,sizes[last]].
 */
export function mlp(
  { sizes, activation }: MlpConfig, parameters: Parameters,
): (x: Tensor, probe?: (name: string, tensor: Tensor) => void) => Tensor {
  const get = lookUp(parameters, "mlp");
  const last = sizes.length - 2;
  return (x, probe) => {
    for (let n = 0; n <= last; n++) {
      const y = linear(x, get(`layers.${n}.weight`), get(`layers.${n}.bias`));
      x = n < last ? activations[activation](y) : y;
      probe?.(n < last ? `layers.${n}` : "logits", x);
    }
    return x;
  };
}
