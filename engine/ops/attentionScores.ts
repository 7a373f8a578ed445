import { defineKernel } from "../kernel.ts";
import { perElement, store, unroll } from "../wgsl.ts";
import { eachHead, inWgsl, sizesOf } from "./patternHeads.ts";
import { type HeadLayout, headWidth } from "./rope.ts";

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
