import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { f32, lanesOf, perBlock, perElement } from "../wgsl.ts";

/** Chunks in which the squared norm is summed: fixed, so that the order of the sum is the same everywhere. */
export const normChunk = 4096;

/** WGSL that adds a0[j] to `squares`, or to `bad` when it is not finite, told by its exponent's bits: compilers may assume there are none and drop any other test. */
function addSquare(lanes: number): string {
  const bits = lanes === 4 ? "vec4u" : "u32";
  return `let x = a0[j];
    let broken = (bitcast<${bits}>(x) & ${bits}(0x7f800000u)) == ${bits}(0x7f800000u);
    squares += select(x * x, Number(), broken);
    bad += select(Number(), Number(1.0f), broken);`;
}

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
  wgsl: {
    flat({ inputs: [g], outputs: [partials] }) {
      const { lanes, declarations, vec4 } = lanesOf(g!.size);
      const body = `var squares = Number();
  var bad = Number();
  for (var j = i * ${normChunk / lanes}u; j < min((i + 1u) * ${normChunk / lanes}u, ${g!.size / lanes}u); j++) { ${addSquare(lanes)} }
  out0[i * 2u] = total(squares);
  out0[i * 2u + 1u] = total(bad);`;
      return { ...perElement(partials!.size / 2, body, declarations), vec4: vec4("a0") };
    },
    tiled({ inputs: [g], outputs: [partials] }) {
      const { lanes, declarations, vec4 } = lanesOf(g!.size);
      const body = `var squares = Number();
  var bad = Number();
  for (var j = block * ${normChunk / lanes}u + local; j < min((block + 1u) * ${normChunk / lanes}u, ${g!.size / lanes}u); j += 64u) { ${addSquare(lanes)} }
  let square = sumOf(local, squares);
  let broken = sumOf(local, bad);
  if (local == 0u) { out0[block * 2u] = total(square); out0[block * 2u + 1u] = total(broken); }`;
      return { ...perBlock(partials!.size / 2, body, declarations), vec4: vec4("a0") };
    },
  },
  wasm: ({ inputs: [g], outputs: [partials] }) => [["squaredNorm", g!.pointer, partials!.pointer, g!.size, normChunk]],
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
  wgsl: {
    flat({ inputs: [partials], attributes: { maxNorm } }) {
      return perElement(1, `var sum = 0.0f;
  var bad = 0.0f;
  for (var j = 0u; j < ${partials!.size}u; j += 2u) { sum += a0[j]; bad += a0[j + 1u]; }
  let norm = sqrt(sum);
  let factor = ${maxNorm > 0 ? `min(1.0f, ${f32(maxNorm)} / (norm + 1e-6f))` : "1.0f"};
  out0[0] = select(factor, 0.0f, bad > 0.0f);
  out0[1] = norm;
  out0[2] = bad;
  out0[3] = 0.0f;`);
    },
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
  wgsl: {
    flat({ inputs: [g], attributes: { beta1, beta2, epsilon, weightDecay, decayLength } }) {
      const { lanes, declarations, vec4 } = lanesOf(g!.size % 4 === 0 && decayLength % 4 === 0 ? 4 : 1);
      const body = `let factor = a1[0];
  if (factor == 0.0f) { return; }
  let rate = a2[${hyper.learningRate}];
  let gradient = factor * a0[i];
  let m = ${f32(beta1)} * out1[i] + ${f32(1 - beta1)} * gradient;
  let v = ${f32(beta2)} * out2[i] + ${f32(1 - beta2)} * gradient * gradient;
  out1[i] = m;
  out2[i] = v;
  let w = out0[i];
  let decay = select(0.0f, rate * ${f32(weightDecay)}, i < ${decayLength / lanes}u);
  out0[i] = w - decay * w - rate * (m / a2[${hyper.correction1}] / (sqrt(v / a2[${hyper.correction2}]) + ${f32(epsilon)}));`;
      return { ...perElement(g!.size / lanes, body, declarations), vec4: vec4("a0", "out0", "out1", "out2") };
    },
  },
  wasm({ inputs, outputs, attributes: { beta1, beta2, epsilon, weightDecay, decayLength } }) {
    const pointers = [...inputs, ...outputs].map((operand) => operand.pointer);
    return [["adamW", ...pointers, outputs[0]!.size, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, weightDecay, decayLength]];
  },
  examples: [],
  samples: [],
});
