import type { Backend } from "../backend.ts";
import type { Shape } from "../kernel.ts";
import { parameter, type Tensor, tensor } from "../tensor.ts";

/** A parameter with its own buffers, to take a gradient for in a test. */
export function parameterLeaf(backend: Backend, shape: Shape, values: readonly number[]): Tensor {
  const place = (numbers: readonly number[]) => tensor(backend, shape, numbers).buffer;
  return parameter(backend, shape, place(values), place(values.map(() => 0)));
}
