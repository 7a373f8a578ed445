import { defineKernel } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { perElement } from "../wgsl.ts";
import { codeAt, codesInWgsl } from "./packedWeights.ts";

/**
 * Rows of a packed table as floats: y[t] = q[ids[t]]·s. What an embedding is when its table stays in 8 or 4 bits.
 * Shapes: words [vocab,d·bits/32] i32, scales [⌈vocab·d / group⌉], ids [batch,time] i32 → [batch,time,d].
 */
export const embeddingPackedKernel = defineKernel<{ bits: number; group: number }>({
  name: "embeddingPacked",
  outputs: ([words, scales, ids], { bits, group }) => {
    const [vocab = 0, row = 0] = words!;
    const d = (row * 32) / bits;
    expectShapes(scales![0] === Math.ceil((vocab * d) / group), "embeddingPacked", `scales do not fit groups of ${group}`, { words: words!, scales: scales! });
    return [{ shape: [...ids!, d] }];
  },
  reference([words, scales, ids], [y], { outputs: [out], attributes: { bits, group } }) {
    const d = out!.shape[out!.shape.length - 1]!;
    for (let row = 0; row < ids!.length; row++) {
      for (let j = 0; j < d; j++) {
        const at = ids![row]! * d + j;
        y![row * d + j] = codeAt(words!, at, bits) * scales![Math.floor(at / group)]!;
      }
    }
  },
  wgsl: {
    flat({ inputs: [words], outputs: [y], attributes: { bits, group } }) {
      const quads = (words!.shape[1]! * 32) / bits / 4, parts = 32 / bits / 4;
      const body = `let quad = u32(a2[i / ${quads}u]) * ${quads}u + i % ${quads}u;
  out0[i] = a1[quad * 4u / ${group}u] * codes(a0[quad / ${parts}u], quad % ${parts}u);`;
      return { ...perElement(y!.size / 4, body, codesInWgsl(bits)), vec4: ["out0"] };
    },
  },
  examples: [
    {
      inputs: [
        { shape: [2, 2], values: [0x04030201, 0, 0xff, 0], dtype: "i32" }, { shape: [2], values: [1, 0.5] }, { shape: [1, 2], values: [1, 0], dtype: "i32" },
      ],
      attributes: { bits: 8, group: 8 },
      outputs: [[-0.5, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]],
    },
  ],
  samples: [],
});
