import { defineKernel } from "../kernel.ts";
import { perElement } from "../wgsl.ts";

/** Rows of the ring hold the loss and the optimizer's report. */
export const recordWidth = 4;

/**
 * Writes [loss, gradient norm, non-finite count, clip factor] into row index mod n of a ring, in place: losses wait on the device and are read every few steps.
 * Shapes: loss [1], report [4] of `clipFactorKernel`, index [1] i32 → ring [rows,4].
 */
export const recordKernel = defineKernel<{ rows: number }>({
  name: "record",
  outputs: (_, { rows }) => [{ shape: [rows, recordWidth] }],
  reference([loss, report, index], [ring], { attributes: { rows } }) {
    ring!.set([loss![0]!, report![1]!, report![2]!, report![0]!], (index![0]! % rows) * recordWidth);
  },
  wgsl: {
    flat: ({ attributes: { rows } }) => perElement(1, `let at = (u32(a2[0]) % ${rows}u) * ${recordWidth}u;
  out0[at] = a0[0];
  out0[at + 1u] = a1[1];
  out0[at + 2u] = a1[2];
  out0[at + 3u] = a1[0];`),
  },
  examples: [],
  samples: [{ inputs: [[1], [4], [1]], attributes: { rows: 3 }, integers: { 2: 9 } }],
});
