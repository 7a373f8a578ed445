import { defineKernel } from "../kernel.ts";

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
  examples: [],
  samples: [{ inputs: [[1], [4], [1]], attributes: { rows: 3 }, integers: { 2: 9 } }],
});
