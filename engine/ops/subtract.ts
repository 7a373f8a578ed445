import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { elementWise } from "../wgsl.ts";
import { scaleKernel } from "./scale.ts";

/**
 * y = a − b, element by element; da = dy, db = −dy.
 * Throws: ShapeError when the shapes differ.
 */
export function subtract(a: Tensor, b: Tensor): Tensor {
  return apply(subtractKernel, [a, b], {}, () => (dOut, to) => {
    if (to.needs(1)) launch(scaleKernel, [dOut], { factor: -1 }, [to.into(1)]);
    if (to.needs(0)) to.share(0, dOut);
  })[0]!;
}

export const subtractKernel = defineKernel({
  name: "subtract",
  outputs: ([a, b]) => {
    expectShapes(sameShape(a!, b!), "subtract", "shapes differ", { a: a!, b: b! });
    return [{ shape: a! }];
  },
  reference([a, b], [y]) {
    for (let i = 0; i < y!.length; i++) y![i] = a![i]! - b![i]!;
  },
  wgsl: {
    flat: (launch) => elementWise(launch, "out0[i] = a0[i] - a1[i];"),
  },
  examples: [{ inputs: [{ shape: [2], values: [1, 2] }, { shape: [2], values: [10, -20] }], outputs: [[-9, 22]] }],
  samples: [{ inputs: [[3, 5], [3, 5]] }],
});
