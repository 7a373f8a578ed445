import { defineKernel } from "../kernel.ts";
import { elementWise, perElement, store } from "../wgsl.ts";

/** y = x, or y += x where the output accumulates: how gradients of a value used twice are summed. */
export const copyKernel = defineKernel({
  name: "copy",
  outputs: ([x]) => [{ shape: x! }],
  reference([x], [y], { outputs: [out] }) {
    for (let i = 0; i < y!.length; i++) y![i] = (out!.accumulate ? y![i]! : 0) + x![i]!;
  },
  wgsl: {
    // Whole numbers are copied as such: as floats some of them would be NaN, which a GPU may rewrite.
    flat: (launch) => launch.outputs[0]!.dtype === "i32"
      ? perElement(launch.outputs[0]!.size, store("out0", "i", "a0[i]", launch.outputs[0]!))
      : elementWise(launch, store("out0", "i", "a0[i]", launch.outputs[0]!)),
  },
  wasm: ({ inputs: [x], outputs: [y] }) => [["copy", x!.pointer, y!.pointer, y!.size, Number(y!.accumulate)]],
  accumulates: true,
  examples: [{ inputs: [{ shape: [3], values: [1, -2, 0.5] }], outputs: [[1, -2, 0.5]] }],
  samples: [{ inputs: [[7, 13]] }],
});
