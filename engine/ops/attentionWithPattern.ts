import { defineKernel } from "../kernel.ts";
import { lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { headColumns } from "./attention.ts";
import { type HeadLayout, headWidth } from "./rope.ts";
import { softmax } from "./softmax.ts";

/**
 * The same attention as `attention`, step by step, so that scores and pattern can be looked at, changed, and differentiated:
 * scores = q kᵀ / √dHead, pattern = softmax(mask(scores)), out = pattern v.
 * Shapes: qkv as in `attention`; mask [time,time] i32, 1 where a query (row) may see a key (column); scores and pattern [batch,nHeads,time,time].
 */
export function attentionWithPattern(qkv: Tensor, layout: HeadLayout & { causal: boolean }, mask?: Tensor | null): { out: Tensor; scores: Tensor; pattern: Tensor } {
  const { nHeads, nKvHeads, causal } = layout;
  const scores = apply(attentionScoresKernel, [qkv], { nHeads, nKvHeads }, () => (dOut, to) => {
    launch(attentionScoresGradientKernel, [qkv, dOut], { nHeads, nKvHeads }, [to.into(0)]);
  })[0]!;
  const pattern = softmax(scores, { causal, mask: mask ?? null });
  const out = apply(attentionMixKernel, [pattern, qkv], { nHeads, nKvHeads }, () => (dOut, to) => {
    if (to.needs(0)) launch(attentionMixPatternGradientKernel, [pattern, qkv, dOut], { nHeads, nKvHeads }, [to.into(0)]);
    if (to.needs(1)) launch(attentionMixValueGradientKernel, [pattern, qkv, dOut], { nHeads, nKvHeads }, [to.into(1)]);
  })[0]!;
  return { out, scores, pattern };
}

/** Runs `visit` for every head of every sequence with the places of its parts. */
function eachHead(
  qkvShape: readonly number[], layout: HeadLayout,
  visit: (head: { pattern: number; out: number; query: number; key: number; value: number }) => void,
): void {
  const [batch, time, width] = qkvShape as [number, number, number];
  const dHead = headWidth("attention", qkvShape, layout);
  for (let b = 0; b < batch; b++) {
    for (let head = 0; head < layout.nHeads; head++) {
      const at = headColumns(head, layout, dHead);
      const row = b * time * width;
      visit({
        pattern: (b * layout.nHeads + head) * time * time, out: b * time * layout.nHeads * dHead + head * dHead,
        query: row + at.query, key: row + at.key, value: row + at.value,
      });
    }
  }
}

/** scores[b,h,t,s] = q[t]·k[s] / √dHead, before any mask. */
export const attentionScoresKernel = defineKernel<HeadLayout>({
  name: "attentionScores",
  outputs: ([qkv], layout) => {
    headWidth("attentionScores", qkv!, layout);
    return [{ shape: [qkv![0]!, layout.nHeads, qkv![1]!, qkv![1]!] }];
  },
  reference([qkv], [scores], { inputs, attributes }) {
    const [, time, width] = inputs[0]!.shape as [number, number, number];
    const dHead = headWidth("attentionScores", inputs[0]!.shape, attributes);
    eachHead(inputs[0]!.shape, attributes, ({ pattern, query, key }) => {
      for (let t = 0; t < time; t++) {
        for (let s = 0; s < time; s++) {
          let dot = 0;
          for (let j = 0; j < dHead; j++) dot += qkv![query + t * width + j]! * qkv![key + s * width + j]!;
          scores![pattern + t * time + s] = dot / Math.sqrt(dHead);
        }
      }
    });
  },
  examples: [
    {
      inputs: [{ shape: [1, 2, 3], values: [1, 2, 0, 3, 4, 0] }],
      attributes: { nHeads: 1, nKvHeads: 1 },
      outputs: [[2, 4, 6, 12]],
    },
  ],
  samples: [{ inputs: [[2, 7, 32]], attributes: { nHeads: 2, nKvHeads: 1 } }, { inputs: [[1, 9, 36]], attributes: { nHeads: 2, nKvHeads: 2 } }],
});

/** dQ = dScores K / √dHead, dK = dScoresᵀ Q / √dHead, dV = 0. */
export const attentionScoresGradientKernel = defineKernel<HeadLayout>({
  name: "attentionScoresGradient",
  outputs: ([qkv]) => [{ shape: qkv! }],
  reference([qkv, dScores], [dQkv], { inputs, outputs, attributes }) {
    const [, time, width] = inputs[0]!.shape as [number, number, number];
    const dHead = headWidth("attentionScores", inputs[0]!.shape, attributes);
    if (!outputs[0]!.accumulate) dQkv!.fill(0);
    eachHead(inputs[0]!.shape, attributes, ({ pattern, query, key }) => {
      for (let t = 0; t < time; t++) {
        for (let s = 0; s < time; s++) {
          const d = dScores![pattern + t * time + s]! / Math.sqrt(dHead);
          for (let j = 0; j < dHead; j++) {
            const q = query + t * width + j, k = key + s * width + j;
            dQkv![q] = dQkv![q]! + d * qkv![k]!;
            dQkv![k] = dQkv![k]! + d * qkv![q]!;
          }
        }
      }
    });
  },
  accumulates: true,
  examples: [],
  samples: [
    { inputs: [[2, 7, 32], [2, 2, 7, 7]], attributes: { nHeads: 2, nKvHeads: 1 } },
    { inputs: [[1, 5, 36], [1, 2, 5, 5]], attributes: { nHeads: 2, nKvHeads: 2 } },
  ],
});

/** out[t] = Σₛ pattern[t,s] v[s], heads side by side. */
export const attentionMixKernel = defineKernel<HeadLayout>({
  name: "attentionMix",
  outputs: ([pattern, qkv], layout) => [{ shape: [pattern![0]!, pattern![2]!, layout.nHeads * headWidth("attentionMix", qkv!, layout)] }],
  reference([pattern, qkv], [out], { inputs, outputs, attributes }) {
    const [, time, width] = inputs[1]!.shape as [number, number, number];
    const dModel = lastOf(outputs[0]!.shape);
    const dHead = dModel / attributes.nHeads;
    eachHead(inputs[1]!.shape, attributes, (at) => {
      for (let t = 0; t < time; t++) {
        for (let j = 0; j < dHead; j++) {
          let sum = 0;
          for (let s = 0; s < time; s++) sum += pattern![at.pattern + t * time + s]! * qkv![at.value + s * width + j]!;
          out![at.out + t * dModel + j] = sum;
        }
      }
    });
  },
  examples: [
    {
      inputs: [{ shape: [1, 1, 2, 2], values: [1, 0, 0.25, 0.75] }, { shape: [1, 2, 3], values: [0, 0, 4, 0, 0, 8] }],
      attributes: { nHeads: 1, nKvHeads: 1 },
      outputs: [[4, 7]],
    },
  ],
  samples: [
    { inputs: [[2, 2, 7, 7], [2, 7, 32]], attributes: { nHeads: 2, nKvHeads: 1 } },
    { inputs: [[1, 2, 9, 9], [1, 9, 36]], attributes: { nHeads: 2, nKvHeads: 2 } },
  ],
});

/** dPattern[t,s] = dOut[t]·v[s]. */
export const attentionMixPatternGradientKernel = defineKernel<HeadLayout>({
  name: "attentionMixPatternGradient",
  outputs: ([pattern]) => [{ shape: pattern! }],
  reference([, qkv, dOut], [dPattern], { inputs, outputs, attributes }) {
    const [, time, width] = inputs[1]!.shape as [number, number, number];
    const dModel = inputs[2]!.shape[2]!;
    const dHead = dModel / attributes.nHeads;
    eachHead(inputs[1]!.shape, attributes, (at) => {
      for (let t = 0; t < time; t++) {
        for (let s = 0; s < time; s++) {
          let sum = 0;
          for (let j = 0; j < dHead; j++) sum += dOut![at.out + t * dModel + j]! * qkv![at.value + s * width + j]!;
          const i = at.pattern + t * time + s;
          dPattern![i] = (outputs[0]!.accumulate ? dPattern![i]! : 0) + sum;
        }
      }
    });
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[2, 2, 7, 7], [2, 7, 32], [2, 7, 16]], attributes: { nHeads: 2, nKvHeads: 1 } }],
});

/** dV[s] = Σₜ pattern[t,s] dOut[t], summed over the query heads that share it; zero for queries and keys. */
export const attentionMixValueGradientKernel = defineKernel<HeadLayout>({
  name: "attentionMixValueGradient",
  outputs: ([, qkv]) => [{ shape: qkv! }],
  reference([pattern, , dOut], [dQkv], { inputs, outputs, attributes }) {
    const [, time, width] = inputs[1]!.shape as [number, number, number];
    const dModel = inputs[2]!.shape[2]!;
    const dHead = dModel / attributes.nHeads;
    if (!outputs[0]!.accumulate) dQkv!.fill(0);
    eachHead(inputs[1]!.shape, attributes, (at) => {
      for (let t = 0; t < time; t++) {
        for (let s = 0; s < time; s++) {
          for (let j = 0; j < dHead; j++) {
            const v = at.value + s * width + j;
            dQkv![v] = dQkv![v]! + pattern![at.pattern + t * time + s]! * dOut![at.out + t * dModel + j]!;
          }
        }
      }
    });
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[2, 2, 7, 7], [2, 7, 32], [2, 7, 16]], attributes: { nHeads: 2, nKvHeads: 1 } }],
});
