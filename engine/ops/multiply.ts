import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { elementWise, store } from "../wgsl.ts";

/**
 * y = a · b, element by element; da = dy · b, db = dy · a.
 * Throws: ShapeError when the shapes differ.
 */
export function multiply(a: Tensor, b: Tensor): Tensor {
  return apply(multiplyKernel, [a, b], {}, () => (dOut, to) => {
    if (to.needs(0)) launch(multiplyKernel, [dOut, b], {}, [to.into(0)]);
    if (to.needs(1)) launch(multiplyKernel, [dOut, a], {}, [to.into(1)]);
  })[0]!;
}

export const multiplyKernel = defineKernel({
  name: "multiply",
  outputs: ([a, b]) => {
    expectShapes(sameShape(a!, b!), "multiply", "shapes differ", { a: a!, b: b! });
    return [{ shape: a! }];
  },
  reference([a, b], [y], { outputs: [out] }) {
    for (let i = 0; i < y!.length; i++) y![i] = (out!.accumulate ? y![i]! : 0) + a![i]! * b![i]!;
  },
  wgsl: {
    flat: (launch) => elementWise(launch, store("out0", "i", "a0[i] * a1[i]", launch.outputs[0]!)),
  },
  wasm: ({ inputs: [a, b], outputs: [y] }) => [["multiply", a!.pointer, b!.pointer, y!.pointer, y!.size, Number(y!.accumulate)]],
  accumulates: true,
  examples: [{ inputs: [{ shape: [2], values: [3, -2] }, { shape: [2], values: [10, 20] }], outputs: [[30, -40]] }],
  samples: [{ inputs: [[3, 5], [3, 5]] }],
});
