import { defineKernel } from "../kernel.ts";
import { lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { type HeadLayout, headWidth } from "./rope.ts";

/**
 * Scaled dot-product attention of every head, fused: out = softmax(q kᵀ / √dHead) v, position t seeing 0…t when causal.
 * The score matrix is never stored. With fewer key heads than query heads, consecutive query heads share one (grouped-query attention).
 * Shapes: qkv [batch,time,(nHeads + 2 nKvHeads) dHead] → [batch,time,nHeads dHead].
 * Source: Vaswani et al. 2017, eq. 1; online softmax: Milakov & Gimelshein 2018.
 */
export function attention(qkv: Tensor, layout: HeadLayout & { causal: boolean }): Tensor {
  const attributes = { nHeads: layout.nHeads, nKvHeads: layout.nKvHeads, causal: layout.causal };
  return apply(attentionKernel, [qkv], attributes, ([out, logSumExp]) => (dOut, to) => {
    launch(attentionGradientKernel, [qkv, out!, logSumExp!, dOut], attributes, [to.into(0)]);
  })[0]!;
}

type AttentionAttributes = HeadLayout & { causal: boolean };

/** Offsets of the query, key and value of one head within qkv: `row(b, t)` times the width of a row, plus these. */
export function headColumns(head: number, { nHeads, nKvHeads }: HeadLayout, dHead: number): { query: number; key: number; value: number } {
  const shared = Math.floor((head * nKvHeads) / nHeads);
  return { query: head * dHead, key: (nHeads + shared) * dHead, value: (nHeads + nKvHeads + shared) * dHead };
}

/** Also leaves log Σ exp(score) of every query, from which the gradient recomputes the pattern. */
export const attentionKernel = defineKernel<AttentionAttributes>({
  name: "attention",
  outputs: ([qkv], attributes) => {
    const dHead = headWidth("attention", qkv!, attributes);
    const [batch, time] = qkv as [number, number];
    return [{ shape: [batch, time, attributes.nHeads * dHead] }, { shape: [batch, attributes.nHeads, time] }];
  },
  reference([qkv], [out, logSumExp], { inputs, outputs, attributes }) {
    const [batch, time, width] = inputs[0]!.shape as [number, number, number];
    const { nHeads, causal } = attributes;
    const dModel = lastOf(outputs[0]!.shape);
    const dHead = dModel / nHeads;
    for (let b = 0; b < batch; b++) {
      for (let head = 0; head < nHeads; head++) {
        const at = headColumns(head, attributes, dHead);
        for (let t = 0; t < time; t++) {
          const last = causal ? t : time - 1;
          const scores: number[] = [];
          for (let s = 0; s <= last; s++) {
            let dot = 0;
            for (let j = 0; j < dHead; j++) dot += qkv![(b * time + t) * width + at.query + j]! * qkv![(b * time + s) * width + at.key + j]!;
            scores.push(dot / Math.sqrt(dHead));
          }
          const max = Math.max(...scores);
          const sum = scores.reduce((total, score) => total + Math.exp(score - max), 0);
          logSumExp![(b * nHeads + head) * time + t] = max + Math.log(sum);
          for (let j = 0; j < dHead; j++) {
            let mixed = 0;
            scores.forEach((score, s) => { mixed += (Math.exp(score - max) / sum) * qkv![(b * time + s) * width + at.value + j]!; });
            out![(b * time + t) * dModel + head * dHead + j] = mixed;
          }
        }
      }
    }
  },
  examples: [
    {
      // Two tokens, identity projections, one-dimensional heads of equal keys: every row is a plain mean of what it sees.
      inputs: [{ shape: [1, 2, 3], values: [1, 0, 4, 1, 0, 8] }],
      attributes: { nHeads: 1, nKvHeads: 1, causal: true },
      outputs: [[4, 6], [0, Math.log(2)]],
    },
  ],
  samples: [
    { inputs: [[2, 9, 36]], attributes: { nHeads: 3, nKvHeads: 3, causal: true } },
    { inputs: [[2, 7, 64]], attributes: { nHeads: 4, nKvHeads: 2, causal: true } },
    { inputs: [[1, 8, 24]], attributes: { nHeads: 2, nKvHeads: 1, causal: false } },
    { inputs: [[2, 33, 96]], attributes: { nHeads: 2, nKvHeads: 2, causal: true } },
  ],
});

/**
 * With P the pattern and D[t] = dOut[t]·out[t]: dV = Pᵀ dOut, dS = P ∘ (dOut Vᵀ − D), dQ = dS K / √dHead, dK = dSᵀ Q / √dHead.
 * Source: Dao et al. 2022 (FlashAttention), appendix B.
 */
export const attentionGradientKernel = defineKernel<AttentionAttributes>({
  name: "attentionGradient",
  outputs: ([qkv]) => [{ shape: qkv! }],
  reference([qkv, out, logSumExp, dOut], [dQkv], { inputs, attributes }) {
    const [batch, time, width] = inputs[0]!.shape as [number, number, number];
    const { nHeads, causal } = attributes;
    const dModel = inputs[1]!.shape[2]!;
    const dHead = dModel / nHeads;
    const scale = 1 / Math.sqrt(dHead);
    dQkv!.fill(0);
    for (let b = 0; b < batch; b++) {
      for (let head = 0; head < nHeads; head++) {
        const at = headColumns(head, attributes, dHead);
        for (let t = 0; t < time; t++) {
          const query = (b * time + t) * width + at.query;
          const o = (b * time + t) * dModel + head * dHead;
          let delta = 0;
          for (let j = 0; j < dHead; j++) delta += dOut![o + j]! * out![o + j]!;
          for (let s = 0; s <= (causal ? t : time - 1); s++) {
            const key = (b * time + s) * width + at.key;
            const value = (b * time + s) * width + at.value;
            let dot = 0, dWeight = 0;
            for (let j = 0; j < dHead; j++) {
              dot += qkv![query + j]! * qkv![key + j]!;
              dWeight += dOut![o + j]! * qkv![value + j]!;
            }
            const weight = Math.exp(dot * scale - logSumExp![(b * nHeads + head) * time + t]!);
            const dScore = weight * (dWeight - delta) * scale;
            for (let j = 0; j < dHead; j++) {
              dQkv![query + j] = dQkv![query + j]! + dScore * qkv![key + j]!;
              dQkv![key + j] = dQkv![key + j]! + dScore * qkv![query + j]!;
              dQkv![value + j] = dQkv![value + j]! + weight * dOut![o + j]!;
            }
          }
        }
      }
    }
  },
  examples: [],
  // The test derives `out` and `logSumExp` from qkv by the forward kernel: random ones would not be a pattern.
  samples: [],
});
