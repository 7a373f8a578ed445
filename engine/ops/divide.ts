import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { elementWise, store } from "../wgsl.ts";

/**
 * y = a / b, element by element; da = dy / b, db = −dy · y / b.
 * Throws: ShapeError when the shapes differ.
 */
export function divide(a: Tensor, b: Tensor): Tensor {
  return apply(divideKernel, [a, b], {}, ([y]) => (dOut, to) => {
    if (to.needs(0)) launch(divideKernel, [dOut, b], {}, [to.into(0)]);
    if (to.needs(1)) launch(divisorGradientKernel, [b, y!, dOut], {}, [to.into(1)]);
  })[0]!;
}

export const divideKernel = defineKernel({
  name: "divide",
  outputs: ([a, b]) => {
    expectShapes(sameShape(a!, b!), "divide", "shapes differ", { a: a!, b: b! });
    return [{ shape: a! }];
  },
  reference([a, b], [y], { outputs: [out] }) {
    for (let i = 0; i < y!.length; i++) y![i] = (out!.accumulate ? y![i]! : 0) + a![i]! / b![i]!;
  },
  wgsl: {
    flat: (launch) => elementWise(launch, store("out0", "i", "a0[i] / a1[i]", launch.outputs[0]!)),
  },
  accumulates: true,
  examples: [{ inputs: [{ shape: [3], values: [1, 6, -3] }, { shape: [3], values: [4, -2, 2] }], outputs: [[0.25, -3, -1.5]] }],
  samples: [{ inputs: [[3, 5], [3, 5]] }, { inputs: [[4, 4], [4, 4]] }],
});

/** db = −dy · y / b. */
export const divisorGradientKernel = defineKernel({
  name: "divisorGradient",
  outputs: ([b]) => [{ shape: b! }],
  reference([b, y, dOut], [dB], { outputs: [out] }) {
    for (let i = 0; i < dB!.length; i++) dB![i] = (out!.accumulate ? dB![i]! : 0) - (dOut![i]! * y![i]!) / b![i]!;
  },
  wgsl: {
    flat: (launch) => elementWise(launch, store("out0", "i", "-a2[i] * a1[i] / a0[i]", launch.outputs[0]!)),
  },
  accumulates: true,
  examples: [{ inputs: [{ shape: [1], values: [4] }, { shape: [1], values: [2] }, { shape: [1], values: [3] }], outputs: [[-1.5]] }],
  samples: [{ inputs: [[3, 5], [3, 5], [3, 5]] }],
});
