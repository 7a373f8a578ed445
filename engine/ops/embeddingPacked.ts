import { defineKernel } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { perElement } from "../wgsl.ts";
import { codeAt, codesInWgsl } from "./packedWeights.ts";

/**
 * Rows of a packed table as floats: y[b,t] = q[ids[b,t]]·s (+ positions[offset + t]). An embedding whose table stays in 8 or 4 bits.
 * Shapes: words [vocab,d·bits/32] i32, scales [⌈vocab·d / group⌉], ids [batch,time] i32, positions [context,d], offset [1] i32 →
 * [batch,time,d].
 */
export const embeddingPackedKernel = defineKernel<{ bits: number; group: number; positions: boolean }>({
  name: "embeddingPacked",
  outputs: ([words, scales, ids, table], { bits, group, positions }) => {
    const [vocab = 0, row = 0] = words!;
    const d = (row * 32) / bits;
    const fits = scales![0] === Math.ceil((vocab * d) / group);
    expectShapes(fits, "embeddingPacked", `scales do not fit groups of ${group}`, { words: words!, scales: scales! });
    expectShapes(ids!.length === 2, "embeddingPacked", "ids must be [batch,time]", { words: words!, ids: ids! });
    const isLongEnough = !positions || (table!.length === 2 && table![1] === d && table![0]! >= ids![1]!);
    expectShapes(isLongEnough, "embeddingPacked", "positions do not fit", { ids: ids!, d: [d], positions: table ?? [] });
    return [{ shape: [...ids!, d] }];
  },
  reference([words, scales, ids, table, offset], [y], { outputs: [out], attributes: { bits, group, positions } }) {
    const [, time, d] = out!.shape as [number, number, number];
    for (let row = 0; row < ids!.length; row++) {
      for (let j = 0; j < d; j++) {
        const at = ids![row]! * d + j;
        const position = positions ? table![(offset![0]! + (row % time)) * d + j]! : 0;
        y![row * d + j] = codeAt(words!, at, bits) * scales![Math.floor(at / group)]! + position;
      }
    }
  },
  wgsl: {
    flat({ inputs: [words], outputs: [y], attributes: { bits, group, positions } }) {
      const time = y!.shape[1]!;
      const quads = (words!.shape[1]! * 32) / bits / 4, parts = 32 / bits / 4;
      const body = `let quad = u32(a2[i / ${quads}u]) * ${quads}u + i % ${quads}u;
  let position = ${positions ? `a3[(u32(a4[0]) + (i / ${quads}u) % ${time}u) * ${quads}u + i % ${quads}u]` : "vec4f()"};
  out0[i] = a1[quad * 4u / ${group}u] * codes(a0[quad / ${parts}u], quad % ${parts}u) + position;`;
      return { ...perElement(y!.size / 4, body, codesInWgsl(bits)), vec4: ["out0", ...(positions ? ["a3"] : [])] };
    },
  },
  examples: [
    {
      inputs: [
        { shape: [2, 2], values: [0x04030201, 0, 0xff, 0], dtype: "i32" },
        { shape: [2], values: [1, 0.5] },
        { shape: [1, 2], values: [1, 0], dtype: "i32" },
      ],
      attributes: { bits: 8, group: 8, positions: false },
      outputs: [[-0.5, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]],
    },
  ],
  samples: [],
});
