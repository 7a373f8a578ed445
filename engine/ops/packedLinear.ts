import type { PackedTensor } from "../quantize/packedMatrix.ts";
import { lastOf, rowsOf } from "../shapes.ts";
import { apply, free, launch, reshape, type Tensor } from "../tensor.ts";
import { embeddingPackedKernel } from "./embeddingPacked.ts";
import { linearInt4Kernel } from "./linearInt4.ts";
import { linearInt8Kernel } from "./linearInt8.ts";
import { matmulKernel } from "./matmul.ts";
import { unpackWeightsKernel } from "./unpackWeights.ts";

/**
 * `linear` with weights that stay packed in 8 or 4 bits: y = x Wᵀ + bias + residual. The gradient goes on to x, dX = dY W with W widened
 * for the moment, and to the residual; weights and bias have none. So adapters can be trained over a packed model (QLoRA).
 * Source: Dettmers et al. 2023.
 * Shapes: x [..,in], weight [out,in], bias [out], residual [..,out] → [..,out].
 */
export function packedLinear(
  x: Tensor, { bits, group, words, scales }: PackedTensor, bias?: Tensor | null, residual?: Tensor | null,
): Tensor {
  const kernel = bits === 8 ? linearInt8Kernel : linearInt4Kernel;
  const inputs = [x, words, scales, ...(bias ? [bias] : []), ...(residual ? [residual] : [])];
  const { 0: y } = apply(kernel, inputs, { group, bias: Boolean(bias), residual: Boolean(residual) }, () => (dOut, to) => {
    const rows = rowsOf(x.shape), last = inputs.length - 1;
    if (to.needs(0)) {
      const weight = widenPacked({ bits, group, words, scales });
      launch(matmulKernel, [reshape(dOut, [rows, lastOf(dOut.shape)]), weight], { transposeA: false, transposeB: false }, [to.into(0)]);
      free(weight);
    }
    if (residual && to.needs(last)) to.share(last, dOut);
  });
  return y!;
}

/** The weights that a packed matrix stands for, [out,in] in float32. */
export const widenPacked = ({ bits, group, words, scales }: Omit<PackedTensor, "shape">): Tensor =>
  launch(unpackWeightsKernel, [words, scales], { bits, group })[0]!;

/**
 * Rows of a packed table by id (+ positions[offset + t]). Shapes: table [vocab,d], ids [batch,time] i32, positions [context,d] →
 * [batch,time,d].
 */
export function packedEmbedding(
  { bits, group, words, scales }: PackedTensor, ids: Tensor, learned?: { positions: Tensor; offset: Tensor } | null,
): Tensor {
  const inputs = [words, scales, ids, ...(learned ? [learned.positions, learned.offset] : [])];
  return apply(embeddingPackedKernel, inputs, { bits, group, positions: Boolean(learned) }, () => () => {
    throw new Error("packedEmbedding: a packed table has no gradient");
  })[0]!;
}
