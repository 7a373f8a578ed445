import { packedLinearKernel } from "./packedWeights.ts";

/**
 * y = x Wᵀ (+ bias) (+ residual) with W[j,i] = (q − 8)·s: 4-bit codes, eight to a word, and a scale for each `group` of them.
 * Shapes: x [..,in], words [out,in/8] i32, scales [⌈out·in / group⌉], bias [out], residual [..,out] → [..,out].
 * Subtle: as in `linearInt8`, the WebAssembly kernel rounds each row of x to 16 bits.
 */
export const linearInt4Kernel = packedLinearKernel("linearInt4", 4, [
  {
    // Codes 1 − 8 = −7, then seven of 8 − 8 = 0; in the second row 15 − 8 = 7 comes last.
    inputs: [
      { shape: [1, 8], values: [2, 1, 1, 1, 1, 1, 1, 3] },
      { shape: [2, 1], values: [-2004318079, -125269880], dtype: "i32" },
      { shape: [1], values: [0.5] },
    ],
    attributes: { group: 16, bias: false, residual: false },
    outputs: [[-7, 10.5]],
  },
]);
