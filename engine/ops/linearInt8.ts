import { packedLinearKernel } from "./packedWeights.ts";

/**
 * y = x Wᵀ (+ bias) (+ residual) with W[j,i] = q·s: 8-bit codes, four to a word, and a scale for each `group` of them.
 * Shapes: x [..,in], words [out,in/4] i32, scales [⌈out·in / group⌉], bias [out], residual [..,out] → [..,out].
 * Subtle: the WebAssembly kernel rounds each row of x to 16 bits, of a step that is a power of two; the error is at most
 * 2⁻¹⁵ of the row's largest number, far below that of the weights.
 */
export const linearInt8Kernel = packedLinearKernel("linearInt8", 8, [
  {
    // Codes 1, −2, 3, 4 and four zeros with scale ½, then 127 and zeros with scale 2.
    inputs: [
      { shape: [1, 8], values: [1, 1, 1, 2, 0, 0, 0, 0] },
      { shape: [2, 2], values: [0x0403fe01, 0, 127, 0], dtype: "i32" },
      { shape: [2], values: [0.5, 2] },
      { shape: [2], values: [10, 0] },
    ],
    attributes: { group: 8, bias: true, residual: false },
    outputs: [[15, 254]],
  },
]);
