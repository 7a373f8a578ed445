import { defineKernel } from "../kernel.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { elementWise, f32, store } from "../wgsl.ts";

/** y = factor · x for a constant factor. */
export function scale(x: Tensor, factor: number): Tensor {
  return apply(scaleKernel, [x], { factor }, () => (dOut, to) => {
    launch(scaleKernel, [dOut], { factor }, [to.into(0)]);
  })[0]!;
}

export const scaleKernel = defineKernel<{ factor: number }>({
  name: "scale",
  outputs: ([x]) => [{ shape: x! }],
  reference([x], [y], { outputs: [out], attributes: { factor } }) {
    for (let i = 0; i < y!.length; i++) y![i] = (out!.accumulate ? y![i]! : 0) + factor * x![i]!;
  },
  wgsl: {
    flat: (launch) => elementWise(launch, store("out0", "i", `${f32(launch.attributes.factor)} * a0[i]`, launch.outputs[0]!)),
  },
  wasm: ({ inputs: [x], outputs: [y], attributes: { factor } }) => [["scale", x!.pointer, y!.pointer, y!.size, factor, Number(y!.accumulate)]],
  accumulates: true,
  examples: [{ inputs: [{ shape: [3], values: [1, -2, 4] }], attributes: { factor: 0.5 }, outputs: [[0.5, -1, 2]] }],
  samples: [{ inputs: [[3, 5]], attributes: { factor: -1.5 } }],
});
