import type { PackedTensor } from "../quantize/packedMatrix.ts";
import { apply, type Tensor } from "../tensor.ts";
import { embeddingPackedKernel } from "./embeddingPacked.ts";
import { linearInt4Kernel } from "./linearInt4.ts";
import { linearInt8Kernel } from "./linearInt8.ts";

const noGradient = (name: string) => () => () => {
  throw new Error(`${name}: packed weights are for running a model, no gradient passes them`);
};

/**
 * `linear` with weights that stay packed in 8 or 4 bits: y = x Wᵀ + bias + residual. No gradient.
 * Shapes: x [..,in], weight [out,in], bias [out], residual [..,out] → [..,out].
 */
export function packedLinear(
  x: Tensor, { bits, group, words, scales }: PackedTensor, bias?: Tensor | null, residual?: Tensor | null,
): Tensor {
  const kernel = bits === 8 ? linearInt8Kernel : linearInt4Kernel;
  const inputs = [x, words, scales, ...(bias ? [bias] : []), ...(residual ? [residual] : [])];
  return apply(kernel, inputs, { group, bias: Boolean(bias), residual: Boolean(residual) }, noGradient("packedLinear"))[0]!;
}

/**
 * Rows of a packed table by id (+ positions[offset + t]). Shapes: table [vocab,d], ids [batch,time] i32, positions [context,d] →
 * [batch,time,d].
 */
export function packedEmbedding(
  { bits, group, words, scales }: PackedTensor, ids: Tensor, learned?: { positions: Tensor; offset: Tensor } | null,
): Tensor {
  const inputs = [words, scales, ids, ...(learned ? [learned.positions, learned.offset] : [])];
  return apply(embeddingPackedKernel, inputs, { bits, group, positions: Boolean(learned) }, noGradient("packedEmbedding"))[0]!;
}
