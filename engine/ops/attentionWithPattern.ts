import { apply, launch, type Tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { attentionMixKernel, attentionMixPatternGradientKernel, attentionMixValueGradientKernel } from "./attentionMix.ts";
import { attentionScoresGradientKernel, attentionScoresKernel } from "./attentionScores.ts";
import type { HeadLayout } from "./rope.ts";
import { softmax } from "./softmax.ts";

/**
 * The same attention as `attention`, step by step, so that scores and pattern can be looked at, changed, and differentiated:
 * scores = q kᵀ / √dHead (+ bias), pattern = softmax(mask(scores)), out = pattern v.
 * Shapes: qkv as in `attention`; mask [time,time] i32, 1 where a query (row) may see a key (column); bias, scores and pattern
 * [batch,nHeads,time,time].
 */
export function attentionWithPattern(
  qkv: Tensor, layout: HeadLayout & { causal: boolean }, mask?: Tensor | null, bias?: Tensor | null,
): { out: Tensor; scores: Tensor; pattern: Tensor } {
  const { nHeads, nKvHeads, causal } = layout;
  const products = apply(attentionScoresKernel, [qkv], { nHeads, nKvHeads }, () => (dOut, to) => {
    launch(attentionScoresGradientKernel, [qkv, dOut], { nHeads, nKvHeads }, [to.into(0)]);
  })[0]!;
  const scores = bias ? add(products, bias) : products;
  const pattern = softmax(scores, { causal, mask: mask ?? null });
  const out = apply(attentionMixKernel, [pattern, qkv], { nHeads, nKvHeads }, () => (dOut, to) => {
    if (to.needs(0)) launch(attentionMixPatternGradientKernel, [pattern, qkv, dOut], { nHeads, nKvHeads }, [to.into(0)]);
    if (to.needs(1)) launch(attentionMixValueGradientKernel, [pattern, qkv, dOut], { nHeads, nKvHeads }, [to.into(1)]);
  })[0]!;
  return { out, scores, pattern };
}
