import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";

/** Chunks in which the squared norm is summed: fixed, so that the order of the sum is the same everywhere. */
export const normChunk = 4096;

/** Per chunk of the flat gradient: the sum of squares, and how many numbers are not finite (told by their bits). Shapes: g [n] → [⌈n/4096⌉,2]. */
export const squaredNormKernel = defineKernel({
  name: "squaredNorm",
  outputs: ([g]) => [{ shape: [Math.ceil(g![0]! / normChunk), 2] }],
  reference([g], [partials]) {
    partials!.fill(0);
    for (let i = 0; i < g!.length; i++) {
      const chunk = Math.floor(i / normChunk);
      if (Number.isFinite(g![i]!)) partials![chunk * 2] = partials![chunk * 2]! + g![i]! ** 2;
      else partials![chunk * 2 + 1] = partials![chunk * 2 + 1]! + 1;
    }
  },
  examples: [{ inputs: [{ shape: [3], values: [3, 4, 0] }], outputs: [[25, 0]] }],
  samples: [{ inputs: [[10000]] }],
});

/**
 * From the partial sums: [factor, norm, nonFinite, 0] with factor = min(1, maxNorm / (norm + 1e-6)), or 1 when maxNorm is 0, and 0 when any
 * gradient is not finite, so that a broken step leaves no trace.
 * Source: Pascanu et al. 2013; the 1e-6 is PyTorch's.
 */
export const clipFactorKernel = defineKernel<{ maxNorm: number }>({
  name: "clipFactor",
  outputs: () => [{ shape: [4] }],
  reference([partials], [clip], { attributes: { maxNorm } }) {
    let sum = 0, nonFinite = 0;
    for (let i = 0; i < partials!.length; i += 2) {
      sum += partials![i]!;
      nonFinite += partials![i + 1]!;
    }
    const norm = Math.sqrt(sum);
    const factor = maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
    clip!.set([nonFinite > 0 ? 0 : factor, norm, nonFinite, 0]);
  },
  examples: [
    { inputs: [{ shape: [1, 2], values: [25, 0] }], attributes: { maxNorm: 0 }, outputs: [[1, 5, 0, 0]] },
    { inputs: [{ shape: [2, 2], values: [16, 2, 9, 1] }], attributes: { maxNorm: 1 }, outputs: [[0, 5, 3, 0]] },
  ],
  samples: [],
});

/** Indices of the numbers that change from step to step, written before each replay. */
export const hyper = { learningRate: 0, correction1: 1, correction2: 2, size: 4 } as const;

type AdamWAttributes = { beta1: number; beta2: number; epsilon: number; weightDecay: number; decayLength: number };

/**
 * One AdamW step, in place, on flat buffers; the first `decayLength` numbers are decayed.
 * g′ = factor · g, m ← β₁ m + (1 − β₁) g′, v ← β₂ v + (1 − β₂) g′², w ← w − η λ w − η (m / c₁) / (√(v / c₂) + ε), with cᵢ = 1 − βᵢᵗ in `hyper`.
 * A factor of 0 (a gradient that is not finite) leaves everything as it was.
 * Shapes: g [n], clip [4] of `clipFactorKernel`, hyper [4] → parameters, m, v [n].
 * Source: Loshchilov & Hutter 2019, algorithm 2; in PyTorch's order of operations.
 */
export const adamWKernel = defineKernel<AdamWAttributes>({
  name: "adamW",
  outputs: ([g, clip, hyperShape]) => {
    expectShapes(sameShape(clip!, [4]) && sameShape(hyperShape!, [hyper.size]), "adamW", "clip and hyper hold 4 numbers", { clip: clip!, hyper: hyperShape! });
    return [{ shape: g! }, { shape: g! }, { shape: g! }];
  },
  reference([g, clip, h], [w, m, v], { attributes: { beta1, beta2, epsilon, weightDecay, decayLength } }) {
    const factor = clip![0]!, rate = h![hyper.learningRate]!;
    if (factor === 0) return;
    for (let i = 0; i < w!.length; i++) {
      const gradient = factor * g![i]!;
      m![i] = beta1 * m![i]! + (1 - beta1) * gradient;
      v![i] = beta2 * v![i]! + (1 - beta2) * gradient * gradient;
      const decay = i < decayLength ? rate * weightDecay : 0;
      const step = m![i]! / h![hyper.correction1]! / (Math.sqrt(v![i]! / h![hyper.correction2]!) + epsilon);
      w![i] = w![i]! - decay * w![i]! - rate * step;
    }
  },
  examples: [],
  samples: [],
});
