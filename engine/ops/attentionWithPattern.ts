import { defineKernel, type Shape } from "../kernel.ts";
import { lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, lanesOf, perElement, store, unroll } from "../wgsl.ts";
import { add } from "./add.ts";
import { headColumns } from "./attention.ts";
import { type HeadLayout, headWidth, mixShape } from "./rope.ts";
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

/** What the shaders of this file share: sizes in units of `lanes` numbers, and the names of a head's parts. */
function inWgsl(qkv: Shape, layout: HeadLayout) {
  const [batch, time, width] = qkv as [number, number, number];
  const { nHeads, nKvHeads } = layout;
  const dHead = headWidth("attention", qkv, layout);
  const read = lanesOf(dHead);
  const row = width / read.lanes;
  const group = nHeads / nKvHeads;
  return {
    ...read, batch, time, row, nHeads, nKvHeads, group, scale: f32(1 / Math.sqrt(dHead)),
    parts: nHeads + 2 * nKvHeads,
    /** Names for one query head: where its keys and values begin. */
    head: `let keys = b * ${time * row}u + (${nHeads}u + head / ${group}u) * ${read.units}u;
  let values = keys + ${nKvHeads * read.units}u;`,
  };
}

/** What the WebAssembly functions ask for. */
function sizesOf(qkv: readonly number[], layout: HeadLayout): number[] {
  return [qkv[0]!, qkv[1]!, layout.nHeads, layout.nKvHeads, headWidth("attention", qkv, layout)];
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
  wgsl: {
    flat({ inputs: [qkv], outputs: [scores], attributes }) {
      const { units, declarations, vec4, time, row, nHeads, scale, head } = inWgsl(qkv!.shape, attributes);
      const body = `let s = i % ${time}u;
  let t = (i / ${time}u) % ${time}u;
  let head = (i / ${time * time}u) % ${nHeads}u;
  let b = i / ${time * time * nHeads}u;
  ${head}
  let query = (b * ${time}u + t) * ${row}u + head * ${units}u;
  let key = keys + s * ${row}u;
  var score = 0.0f;
  for (var j = 0u; j < ${units}u; j++) { score += inner(a0[query + j], a0[key + j]); }
  out0[i] = score * ${scale};`;
      return { ...perElement(scores!.size, body, declarations), vec4: vec4("a0") };
    },
  },
  wasm: ({ inputs: [qkv], outputs: [scores], attributes }) => [["attentionScores", qkv!.pointer, scores!.pointer, ...sizesOf(qkv!.shape, attributes)]],
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
  wgsl: {
    // An invocation a part of a row of qkv: a query, a key, or a value, which gets nothing.
    flat({ inputs: [qkv], outputs: [out], attributes }) {
      const { units, declarations, vec4, batch, time, row, nHeads, nKvHeads, group, scale, parts, head } = inWgsl(qkv!.shape, attributes);
      const body = `let part = i % ${parts}u;
  let t = (i / ${parts}u) % ${time}u;
  let b = i / ${parts * time}u;
  let to = i * ${units}u;
  ${unroll(units, (j) => `var sum${j} = Number();`)}
  if (part < ${nHeads}u) {
    let head = part;
    ${head}
    for (var s = 0u; s < ${time}u; s++) {
      let d = a1[((b * ${nHeads}u + head) * ${time}u + t) * ${time}u + s] * ${scale};
      ${unroll(units, (j) => `sum${j} += d * a0[keys + s * ${row}u + ${j}u];`, "\n      ")}
    }
  } else if (part < ${nHeads + nKvHeads}u) {
    for (var head = (part - ${nHeads}u) * ${group}u; head < (part - ${nHeads - 1}u) * ${group}u; head++) {
      for (var s = 0u; s < ${time}u; s++) {
        let d = a1[((b * ${nHeads}u + head) * ${time}u + s) * ${time}u + t] * ${scale};
        let query = (b * ${time}u + s) * ${row}u + head * ${units}u;
        ${unroll(units, (j) => `sum${j} += d * a0[query + ${j}u];`, "\n        ")}
      }
    }
  }
  ${unroll(units, (j) => store("out0", `to + ${j}u`, `sum${j}`, out!))}`;
      return { ...perElement(batch * time * parts, body, declarations), vec4: vec4("a0", "out0") };
    },
  },
  wasm({ inputs: [qkv, dScores], outputs: [dQkv], attributes }) {
    const pointers = [qkv!.pointer, dScores!.pointer, dQkv!.pointer];
    return [["attentionScoresGradient", ...pointers, ...sizesOf(qkv!.shape, attributes), Number(dQkv!.accumulate)]];
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
  outputs: ([pattern, qkv], layout) => [{ shape: mixShape("attentionMix", pattern!, qkv!, layout) }],
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
  wgsl: {
    flat({ inputs: [, qkv], attributes }) {
      const { units, declarations, vec4, batch, time, row, nHeads, head } = inWgsl(qkv!.shape, attributes);
      const body = `let head = i % ${nHeads}u;
  let t = (i / ${nHeads}u) % ${time}u;
  let b = i / ${nHeads * time}u;
  ${head}
  let pattern = ((b * ${nHeads}u + head) * ${time}u + t) * ${time}u;
  ${unroll(units, (j) => `var mix${j} = Number();`)}
  for (var s = 0u; s < ${time}u; s++) {
    let weight = a0[pattern + s];
    ${unroll(units, (j) => `mix${j} += weight * a1[values + s * ${row}u + ${j}u];`, "\n    ")}
  }
  ${unroll(units, (j) => `out0[i * ${units}u + ${j}u] = mix${j};`)}`;
      return { ...perElement(batch * time * nHeads, body, declarations), vec4: vec4("a1", "out0") };
    },
  },
  wasm({ inputs: [pattern, qkv], outputs: [out], attributes }) {
    return [["attentionMix", pattern!.pointer, qkv!.pointer, out!.pointer, ...sizesOf(qkv!.shape, attributes)]];
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
  wgsl: {
    flat({ inputs: [, qkv], outputs: [out], attributes }) {
      const { units, declarations, vec4, time, row, nHeads, head } = inWgsl(qkv!.shape, attributes);
      // The pattern itself is not read, but its binding is declared.
      const body = `let s = i % ${time}u;
  let t = (i / ${time}u) % ${time}u;
  let head = (i / ${time * time}u) % ${nHeads}u;
  let b = i / ${time * time * nHeads}u;
  ${head}
  let source = ((b * ${time}u + t) * ${nHeads}u + head) * ${units}u;
  var sum = 0.0f;
  for (var j = 0u; j < ${units}u; j++) { sum += inner(a2[source + j], a1[values + s * ${row}u + j]); }
  ${store("out0", "i", "sum", out!)}`;
      return { ...perElement(out!.size, body, declarations), vec4: vec4("a1", "a2") };
    },
  },
  wasm({ inputs: [, qkv, dOut], outputs: [dPattern], attributes }) {
    const pointers = [qkv!.pointer, dOut!.pointer, dPattern!.pointer];
    return [["attentionMixPatternGradient", ...pointers, ...sizesOf(qkv!.shape, attributes), Number(dPattern!.accumulate)]];
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
  wgsl: {
    flat({ inputs: [, qkv], outputs: [out], attributes }) {
      const { units, declarations, vec4, batch, time, nHeads, nKvHeads, group, parts } = inWgsl(qkv!.shape, attributes);
      const body = `let part = i % ${parts}u;
  let s = (i / ${parts}u) % ${time}u;
  let b = i / ${parts * time}u;
  let to = i * ${units}u;
  ${unroll(units, (j) => `var sum${j} = Number();`)}
  if (part >= ${nHeads + nKvHeads}u) {
    let keyHead = part - ${nHeads + nKvHeads}u;
    for (var head = keyHead * ${group}u; head < (keyHead + 1u) * ${group}u; head++) {
      for (var t = 0u; t < ${time}u; t++) {
        let weight = a0[((b * ${nHeads}u + head) * ${time}u + t) * ${time}u + s];
        let source = ((b * ${time}u + t) * ${nHeads}u + head) * ${units}u;
        ${unroll(units, (j) => `sum${j} += weight * a2[source + ${j}u];`, "\n        ")}
      }
    }
  }
  ${unroll(units, (j) => store("out0", `to + ${j}u`, `sum${j}`, out!))}`;
      return { ...perElement(batch * time * parts, body, declarations), vec4: vec4("a2", "out0") };
    },
  },
  wasm({ inputs: [pattern, qkv, dOut], outputs: [dQkv], attributes }) {
    const pointers = [pattern!.pointer, dOut!.pointer, dQkv!.pointer];
    return [["attentionMixValueGradient", ...pointers, ...sizesOf(qkv!.shape, attributes), Number(dQkv!.accumulate)]];
  },
  accumulates: true,
  examples: [],
  samples: [{ inputs: [[2, 2, 7, 7], [2, 7, 32], [2, 7, 16]], attributes: { nHeads: 2, nKvHeads: 1 } }],
});
