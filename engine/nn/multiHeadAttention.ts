import { addRow } from "../ops/addRow.ts";
import { batchedMatmul } from "../ops/batchedMatmul.ts";
import { softmax } from "../ops/softmax.ts";
import { swapAxes } from "../ops/swapAxes.ts";
import { expectShapes } from "../shapes.ts";
import { reshape, type Tensor } from "../tensor.ts";

export interface HeadOptions {
  readonly nHeads: number;
  /** Heads of keys and values, each shared by nHeads / nKvHeads neighbours among the queries. */
  readonly nKvHeads: number;
  /** Hides keys after the query: self-attention of a decoder. */
  readonly causal?: boolean;
  /** [queries,keys] i32, 1 where visible. */
  readonly mask?: Tensor | null;
  /** [heads · queries · keys], added to the scores before the mask: ALiBi's, say. */
  readonly bias?: Tensor | null;
}

/**
 * Attention in full generality, from parts: queries may come from another sequence than keys and values (cross attention), scores may
 * carry a bias, any mask may hide what it likes. `attention` is the fused form of the usual case and gives the same numbers.
 * Shapes: query [batch,queries,nHeads · dHead], key and value [batch,keys,nKvHeads · dHead] → out [batch,queries,nHeads · dHead], scores
 * and pattern [batch,nHeads,queries,keys].
 * Throws: ShapeError when heads do not divide the widths.
 * Source: Vaswani et al. 2017, section 3.2.
 */
export function multiHeadAttention(
  query: Tensor, key: Tensor, value: Tensor, options: HeadOptions,
): { out: Tensor; scores: Tensor; pattern: Tensor } {
  const { nHeads, nKvHeads, causal = false, mask = null, bias = null } = options;
  const [batch, queries, width] = query.shape as [number, number, number];
  const keys = key.shape[1]!;
  const dHead = width / nHeads;
  const fits = Number.isInteger(
    dHead
  ) && nHeads % nKvHeads === 0 && key.shape[2] === nKvHeads * dHead && value.shape[2] === key.shape[2] && value.shape[1] === keys;
  expectShapes(fits, "multiHeadAttention", "heads do not divide the widths", { query: query.shape, key: key.shape, value: value.shape });
  // [batch,time,heads,dHead] → [batch · heads,time,dHead]
  const split = (x: Tensor, heads: number): Tensor =>
    reshape(swapAxes(reshape(x, [batch, x.shape[1]!, heads, dHead]), 1), [batch * heads, x.shape[1]!, dHead]);
  const raw = batchedMatmul(split(query, nHeads), split(key, nKvHeads), { transposeB: true, factor: 1 / Math.sqrt(dHead) });
  const biased = bias ? addRow(reshape(raw, [batch, nHeads * queries * keys]), bias) : raw;
  const scores = reshape(biased, [batch, nHeads, queries, keys]);
  const pattern = softmax(scores, { causal, mask });
  const mixed = batchedMatmul(reshape(pattern, [batch * nHeads, queries, keys]), split(value, nKvHeads));
  const out = reshape(swapAxes(reshape(mixed, [batch, nHeads, queries, dHead]), 1), [batch, queries, width]);
  return { out, scores, pattern };
}
