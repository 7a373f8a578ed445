import { type Shape, sizeOf } from "../kernel.ts";
import { gelu } from "../ops/gelu.ts";
import { geluErf } from "../ops/geluErf.ts";
import { leakyRelu } from "../ops/leakyRelu.ts";
import { relu } from "../ops/relu.ts";
import { sigmoid } from "../ops/sigmoid.ts";
import { silu } from "../ops/silu.ts";
import { softplus } from "../ops/softplus.ts";
import { tanh } from "../ops/tanh.ts";
import { random } from "../random.ts";
import type { Tensor } from "../tensor.ts";
import type { Parameters } from "./parameters.ts";

/** The functions between layers, by name; `identity` leaves a stack of layers linear. */
export const activations = {
  identity: (x: Tensor): Tensor => x,
  relu, leakyRelu: (x: Tensor): Tensor => leakyRelu(x), tanh, sigmoid, silu, softplus, gelu, geluErf,
} as const;

export type ActivationName = keyof typeof activations;

/** A parameter by name. Throws: Error naming model and parameter when it is missing. */
export function lookUp({ tensors }: Parameters, model: string): (name: string) => Tensor {
  return (name) => {
    const found = tensors.get(name);
    if (!found) throw new Error(`${model}: parameter ${name} is missing`);
    return found;
  };
}

/**
 * PyTorch's start of linear and convolutional layers: uniform in ±1/√inputs for the weights, and for the bias that stands with them
 * (`NAME.weight`, `NAME.bias`).
 */
export function uniformWeights(shapes: ReadonlyMap<string, Shape>, seed: number): Map<string, Float32Array> {
  const draw = random(seed);
  return new Map([...shapes].map(([name, shape]) => {
    const weight = shapes.get(name.replace(/bias$/, "weight")) ?? shape;
    const bound = 1 / Math.sqrt(sizeOf(weight.slice(1)));
    return [name, Float32Array.from({ length: sizeOf(shape) }, () => (2 * draw.uniform() - 1) * bound)];
  }));
}
