import { defineKernel } from "../kernel.ts";
import { elementWise, f32 } from "../wgsl.ts";

/** y = value everywhere, in the shape of x; x is not read. The seed of every backward pass. */
export const fillKernel = defineKernel<{ value: number }>({
  name: "fill",
  outputs: ([x]) => [{ shape: x! }],
  reference(_, [y], { attributes: { value } }) {
    y!.fill(value);
  },
  wgsl: {
    flat: (launch) => elementWise(launch, `out0[i] = Number(${f32(launch.attributes.value)});`),
  },
  wasm: ({ outputs: [y], attributes: { value } }) => [["fill", y!.pointer, y!.size, value]],
  examples: [{ inputs: [{ shape: [2], values: [7, 8] }], attributes: { value: 1 }, outputs: [[1, 1]] }],
  samples: [{ inputs: [[3, 5]], attributes: { value: -0.5 } }],
});
