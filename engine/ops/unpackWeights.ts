import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { perElement, unroll } from "../wgsl.ts";
import { codeAt, codesInWgsl } from "./packedWeights.ts";

/**
 * The numbers that packed weights stand for: W[i] = q[i]·s of its group.
 * Shapes: words [out,in·bits/32] i32, scales [⌈out·in / group⌉] → [out,in].
 */
export const unpackWeightsKernel = defineKernel<{ bits: number; group: number }>({
  name: "unpackWeights",
  outputs: ([words, scales], { bits, group }) => {
    const [out = 0, row = 0] = words!, from = (row * 32) / bits;
    const fits = words!.length === 2 && sameShape(scales!, [Math.ceil((out * from) / group)]);
    expectShapes(fits, "unpackWeights", `scales do not fit groups of ${group}`, { words: words!, scales: scales! });
    return [{ shape: [out, from] }];
  },
  reference([words, scales], [y], { attributes: { bits, group } }) {
    for (let i = 0; i < y!.length; i++) y![i] = codeAt(words!, i, bits) * scales![Math.floor(i / group)]!;
  },
  wgsl: {
    flat({ inputs: [words], attributes: { bits, group } }) {
      const perWord = 32 / bits;
      // A group is a whole number of words.
      const body = `let scale = a1[i * ${perWord}u / ${group}u];
  ${unroll(perWord / 4, (part) => `out0[i * ${perWord / 4}u + ${part}u] = codes(a0[i], ${part}u) * scale;`)}`;
      return { ...perElement(words!.size, body, codesInWgsl(bits)), vec4: ["out0"] };
    },
  },
  examples: [
    // The bytes 1, −1, 127, −127 with the scale 0.5.
    {
      inputs: [{ shape: [1, 1], values: [-2122318079], dtype: "i32" }, { shape: [1], values: [0.5] }],
      attributes: { bits: 8, group: 8 },
      outputs: [[0.5, -0.5, 63.5, -63.5]],
    },
  ],
  samples: [],
});
