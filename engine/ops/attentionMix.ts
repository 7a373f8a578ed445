import { defineKernel } from "../kernel.ts";
import { lastOf } from "../shapes.ts";
import { perElement, store, unroll } from "../wgsl.ts";
import { eachHead, inWgsl, sizesOf } from "./patternHeads.ts";
import { type HeadLayout, mixShape } from "./rope.ts";

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
