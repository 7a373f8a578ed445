import { roundHalfEven } from "../checkpoint/halfFloat.ts";
import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, perElement, unroll } from "../wgsl.ts";
import { headColumns } from "./attention.ts";
import { slotInWgsl, slotOf } from "./decode.ts";
import { codeAt, codesInWgsl } from "./packedWeights.ts";
import { type HeadLayout, headWidth } from "./rope.ts";

/** A cache in 8 bits: words of four codes [nKvHeads,capacity,dHead/4] i32, and a scale for each head and position [nKvHeads,capacity]. */
export interface KeyValuesInt8 {
  readonly keys: Tensor;
  readonly values: Tensor;
  readonly keyScales: Tensor;
  readonly valueScales: Tensor;
  /** As in `KeyValues`. */
  readonly sinks?: number;
}

/**
 * `attentionCached` on a cache of a quarter of the size: each key and value is kept as q·s, q in [−127, 127], s = max|x| / 127.
 * Shapes: qkv [1,time,(nHeads + 2 nKvHeads) dHead], offset [1] i32 → [1,time,nHeads dHead].
 */
export function attentionCachedInt8(qkv: Tensor, cache: KeyValuesInt8, offset: Tensor, { nHeads, nKvHeads }: HeadLayout): Tensor {
  const { keys, values, keyScales, valueScales, sinks = 0 } = cache;
  const into = [keys, values, keyScales, valueScales].map((tensor) => ({ tensor, accumulate: false }));
  launch(cacheAppendInt8Kernel, [qkv, offset], { nHeads, nKvHeads, capacity: keys.shape[1]!, sinks }, into);
  return apply(attentionDecodeInt8Kernel, [qkv, keys, values, keyScales, valueScales, offset], { nHeads, nKvHeads }, () => () => {
    throw new Error("attentionCachedInt8: decoding has no gradient");
  })[0]!;
}

/** Rounds the keys and values of the new tokens into the cache, in place; the rest of the cache stays. */
export const cacheAppendInt8Kernel = defineKernel<HeadLayout & { capacity: number; sinks: number }>({
  name: "cacheAppendInt8",
  outputs: ([qkv], attributes) => {
    const dHead = headWidth("cacheAppendInt8", qkv!, attributes);
    expectShapes(dHead % 4 === 0, "cacheAppendInt8", "four codes share a word, dHead must be a multiple of 4", { qkv: qkv!, dHead: [dHead] });
    const words = { shape: [attributes.nKvHeads, attributes.capacity, dHead / 4], dtype: "i32" as const };
    const scales = { shape: [attributes.nKvHeads, attributes.capacity] };
    return [words, words, scales, scales];
  },
  reference([qkv, offset], [keys, values, keyScales, valueScales], { inputs, attributes: { nHeads, nKvHeads, capacity, sinks } }) {
    const [, time, width] = inputs[0]!.shape as [number, number, number];
    const dHead = width / (nHeads + 2 * nKvHeads);
    for (let head = 0; head < nKvHeads; head++) {
      for (let t = 0; t < time; t++) {
        const slot = head * capacity + slotOf(offset![0]! + t, capacity, sinks);
        const places = [[nHeads + head, keys!, keyScales!], [nHeads + nKvHeads + head, values!, valueScales!]] as const;
        for (const [from, words, scales] of places) {
          const at = t * width + from * dHead;
          let most = 0;
          for (let j = 0; j < dHead; j++) most = Math.max(most, Math.abs(qkv![at + j]!));
          const scale = most / 127;
          scales[slot] = scale;
          for (let word = 0; word < dHead / 4; word++) {
            let bits = 0;
            for (let j = 0; j < 4; j++) bits |= ((scale === 0 ? 0 : roundHalfEven(qkv![at + 4 * word + j]! / scale)) & 255) << (8 * j);
            words[slot * (dHead / 4) + word] = bits;
          }
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [qkv], attributes: { nHeads, nKvHeads, capacity, sinks } }) {
      const [, time, width] = qkv!.shape as [number, number, number];
      const words = width / (nHeads + 2 * nKvHeads) / 4;
      const store = (from: string, to: number): string => `{
    let source = t * ${width / 4}u + ${from} * ${words}u;
    var most = vec4f();
    for (var j = 0u; j < ${words}u; j++) { most = max(most, abs(a0[source + j])); }
    let scale = max(max(most.x, most.y), max(most.z, most.w)) / 127.0f;
    out${to + 2}[slot] = scale;
    for (var j = 0u; j < ${words}u; j++) {
      let q = vec4i(round(a0[source + j] / max(scale, 1e-37f))) & vec4i(255);
      out${to}[slot * ${words}u + j] = q.x | (q.y << 8u) | (q.z << 16u) | (q.w << 24u);
    }
  }`;
      const body = `let head = i % ${nKvHeads}u;
  let t = i / ${nKvHeads}u;
  let position = u32(a1[0]) + t;
  let slot = head * ${capacity}u + ${slotInWgsl("position", capacity, sinks)};
  ${store(`(${nHeads}u + head)`, 0)}
  ${store(`(${nHeads + nKvHeads}u + head)`, 1)}`;
      return { ...perElement(time * nKvHeads, body), vec4: ["a0"] };
    },
  },
  examples: [
    {
      // The key (127, −127, 0, 63.5) has scale 1 and its last code rounds to the even 64; the value has scale 2.
      inputs: [{ shape: [1, 1, 12], values: [0, 0, 0, 0, 127, -127, 0, 63.5, 254, 2, 0, 0] }, { shape: [1], values: [0], dtype: "i32" }],
      attributes: { nHeads: 1, nKvHeads: 1, capacity: 1, sinks: 0 },
      outputs: [[0x4000817f], [0x17f], [1], [2]],
    },
  ],
  samples: [
    { inputs: [[1, 2, 32], [1]], attributes: { nHeads: 2, nKvHeads: 1, capacity: 6, sinks: 0 }, integers: { 1: 4 } },
    { inputs: [[1, 1, 48], [1]], attributes: { nHeads: 2, nKvHeads: 2, capacity: 6, sinks: 2 }, integers: { 1: 50 } },
  ],
});

/** `attentionDecode` on codes: scores (q·k_codes)·s/√dHead, and the mix of value codes weighted by pattern·s. */
export const attentionDecodeInt8Kernel = defineKernel<HeadLayout>({
  name: "attentionDecodeInt8",
  outputs: ([qkv, keys, values, keyScales, valueScales], attributes) => {
    const name = "attentionDecodeInt8", dHead = headWidth(name, qkv!, attributes);
    const fits = keys!.length === 3 && keys![0] === attributes.nKvHeads && keys![2] === dHead / 4 && sameShape(keys!, values!);
    expectShapes(fits, name, "the cache does not fit", { qkv: qkv!, keys: keys!, values: values! });
    const scaled = sameShape(keyScales!, keys!.slice(0, 2)) && sameShape(valueScales!, keyScales!);
    expectShapes(scaled, name, "scales do not fit", { keys: keys!, keyScales: keyScales!, valueScales: valueScales! });
    return [{ shape: [1, qkv![1]!, attributes.nHeads * dHead] }];
  },
  reference([qkv, keys, values, keyScales, valueScales, offset], [out], { inputs, attributes }) {
    const [, time, width] = inputs[0]!.shape as [number, number, number];
    const capacity = inputs[1]!.shape[1]!;
    const { nHeads, nKvHeads } = attributes;
    const dHead = width / (nHeads + 2 * nKvHeads);
    const weights = new Float64Array(capacity);
    for (let head = 0; head < nHeads; head++) {
      const { query } = headColumns(head, attributes, dHead);
      const shared = Math.floor((head * nKvHeads) / nHeads) * capacity;
      for (let t = 0; t < time; t++) {
        const visible = Math.min(capacity, offset![0]! + t + 1);
        let max = -Infinity, sum = 0;
        for (let s = 0; s < visible; s++) {
          let dot = 0;
          for (let j = 0; j < dHead; j++) dot += qkv![t * width + query + j]! * codeAt(keys!, (shared + s) * dHead + j, 8);
          weights[s] = (dot * keyScales![shared + s]!) / Math.sqrt(dHead);
          max = Math.max(max, weights[s]!);
        }
        for (let s = 0; s < visible; s++) sum += weights[s] = Math.exp(weights[s]! - max);
        for (let j = 0; j < dHead; j++) {
          let mixed = 0;
          for (let s = 0; s < visible; s++) mixed += weights[s]! * valueScales![shared + s]! * codeAt(values!, (shared + s) * dHead + j, 8);
          out![(t * nHeads + head) * dHead + j] = mixed / sum;
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [qkv, keys], attributes: { nHeads, nKvHeads } }) {
      const [, time, width] = qkv!.shape as [number, number, number];
      const [, capacity, words] = keys!.shape as [number, number, number];
      const body = `let t = i / ${nHeads}u;
  let head = i % ${nHeads}u;
  let query = t * ${width / 4}u + head * ${words}u;
  let first = (head / ${nHeads / nKvHeads}u) * ${capacity}u;
  ${unroll(words, (j) => `let q${j} = a0[query + ${j}u] * ${f32(1 / Math.sqrt(4 * words))}; var mix${j} = vec4f();`)}
  var top = -3.4e38f;
  var sum = 0.0f;
  for (var s = 0u; s < min(${capacity}u, u32(a5[0]) + t + 1u); s++) {
    let at = (first + s) * ${words}u;
    var score = 0.0f;
    ${unroll(words, (j) => `score += dot(q${j}, codes(a1[at + ${j}u], 0u));`, "\n    ")}
    score *= a3[first + s];
    let next = max(top, score);
    let keep = exp(top - next);
    let weight = exp(score - next);
    top = next;
    sum = sum * keep + weight;
    let scaled = weight * a4[first + s];
    ${unroll(words, (j) => `mix${j} = mix${j} * keep + scaled * codes(a2[at + ${j}u], 0u);`, "\n    ")}
  }
  ${unroll(words, (j) => `out0[i * ${words}u + ${j}u] = mix${j} / sum;`)}`;
      return { ...perElement(time * nHeads, body, codesInWgsl(8)), vec4: ["a0", "out0"] };
    },
  },
  wasm({ inputs: [qkv, keys, values, keyScales, valueScales, offset], outputs: [out], attributes: { nHeads, nKvHeads } }) {
    const [, capacity, words] = keys!.shape as [number, number, number];
    if (words % 2 !== 0) return null;
    const pointers = [qkv, keys, values, keyScales, valueScales, offset, out].map((operand) => operand!.pointer);
    return [["attentionDecodeInt8", ...pointers, qkv!.shape[1]!, nHeads, nKvHeads, capacity, 4 * words]];
  },
  examples: [],
  // Words are no random numbers: the cases lie in testCases/packed.ts.
  samples: [],
});
