import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, type Tensor } from "../tensor.ts";
import { elementWise } from "../wgsl.ts";

/**
 * y = a + b, element by element.
 * Throws: ShapeError when the shapes differ.
 */
export function add(a: Tensor, b: Tensor): Tensor {
  return apply(addKernel, [a, b], {}, () => (dOut, to) => {
    if (to.needs(0)) to.share(0, dOut);
    if (to.needs(1)) to.share(1, dOut);
  })[0]!;
}

export const addKernel = defineKernel({
  name: "add",
  outputs: ([a, b]) => {
    expectShapes(sameShape(a!, b!), "add", "shapes differ", { a: a!, b: b! });
    return [{ shape: a! }];
  },
  reference([a, b], [y]) {
    for (let i = 0; i < y!.length; i++) y![i] = a![i]! + b![i]!;
  },
  wgsl: {
    flat: (launch) => elementWise(launch, "out0[i] = a0[i] + a1[i];"),
  },
  wasm: ({ inputs: [a, b], outputs: [y] }) => [["add", a!.pointer, b!.pointer, y!.pointer, y!.size]],
  examples: [{ inputs: [{ shape: [2], values: [1, 2] }, { shape: [2], values: [10, 20] }], outputs: [[11, 22]] }],
  samples: [{ inputs: [[3, 5], [3, 5]] }],
});
