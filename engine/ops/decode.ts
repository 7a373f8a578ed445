import { defineKernel } from "../kernel.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, lanesOf, perElement, unroll } from "../wgsl.ts";
import { headColumns } from "./attention.ts";
import { type HeadLayout, headWidth } from "./rope.ts";

/**
 * Keys and values of the tokens so far: [nKvHeads,capacity,dHead] each. When position `capacity` is reached, new ones take the
 * places of the oldest, all but the first `sinks`: a sliding window, and with sinks the cache of StreamingLLM (Xiao et al. 2023).
 */
export interface KeyValues {
  readonly keys: Tensor;
  readonly values: Tensor;
  /** 0 when absent. */
  readonly sinks?: number;
}

/**
 * Attention of new tokens over the cache: appends their keys and values at position `offset`, then lets each new query see all
 * positions up to its own.
 * Equal to the last rows of `attention` on the whole sequence; beyond the capacity, where `time` must be 1, on what the cache still holds.
 * Shapes: qkv [1,time,(nHeads + 2 nKvHeads) dHead], offset [1] i32 → [1,time,nHeads dHead].
 */
export function attentionCached(qkv: Tensor, cache: KeyValues, offset: Tensor, layout: HeadLayout): Tensor {
  const { nHeads, nKvHeads } = layout;
  const into = [cache.keys, cache.values].map((tensor) => ({ tensor, accumulate: false }));
  launch(cacheAppendKernel, [qkv, offset], { nHeads, nKvHeads, capacity: cache.keys.shape[1]!, sinks: cache.sinks ?? 0 }, into);
  return apply(attentionDecodeKernel, [qkv, cache.keys, cache.values, offset], { nHeads, nKvHeads }, () => () => {
    throw new Error("attentionCached: decoding has no gradient");
  })[0]!;
}

/** Where position p lies in a cache: p while there is room, then around the ring behind the sinks. */
export const slotOf = (p: number, capacity: number, sinks: number): number => (p < sinks ? p : sinks + ((p - sinks) % (capacity - sinks)));

/** `slotOf` in WGSL, of a u32 expression. */
export const slotInWgsl = (p: string, capacity: number, sinks: number): string =>
  sinks === 0 ? `(${p}) % ${capacity}u` : `select(${sinks}u + ((${p}) - ${sinks}u) % ${capacity - sinks}u, ${p}, (${p}) < ${sinks}u)`;

/** Copies the keys and values of the new tokens to their places in the cache, in place; the rest of the cache stays. */
export const cacheAppendKernel = defineKernel<HeadLayout & { capacity: number; sinks: number }>({
  name: "cacheAppend",
  outputs: ([qkv], attributes) => {
    const shape = [attributes.nKvHeads, attributes.capacity, headWidth("cacheAppend", qkv!, attributes)];
    return [{ shape }, { shape }];
  },
  reference([qkv, offset], [keys, values], { inputs, outputs, attributes }) {
    const [, time, width] = inputs[0]!.shape as [number, number, number];
    const [, capacity, dHead] = outputs[0]!.shape as [number, number, number];
    const { nHeads, nKvHeads, sinks } = attributes;
    for (let head = 0; head < nKvHeads; head++) {
      for (let t = 0; t < time; t++) {
        for (let j = 0; j < dHead; j++) {
          const to = (head * capacity + slotOf(offset![0]! + t, capacity, sinks)) * dHead + j;
          keys![to] = qkv![t * width + (nHeads + head) * dHead + j]!;
          values![to] = qkv![t * width + (nHeads + nKvHeads + head) * dHead + j]!;
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [qkv], attributes: { nHeads, nKvHeads, capacity, sinks } }) {
      const [, time, width] = qkv!.shape as [number, number, number];
      const { lanes, units, declarations, vec4 } = lanesOf(width / (nHeads + 2 * nKvHeads));
      const body = `let j = i % ${units}u;
  let head = (i / ${units}u) % ${nKvHeads}u;
  let t = i / ${units * nKvHeads}u;
  let position = u32(a1[0]) + t;
  let to = (head * ${capacity}u + ${slotInWgsl("position", capacity, sinks)}) * ${units}u + j;
  let source = t * ${width / lanes}u + (${nHeads}u + head) * ${units}u + j;
  out0[to] = a0[source];
  out1[to] = a0[source + ${nKvHeads * units}u];`;
      return { ...perElement(units * nKvHeads * time, body, declarations), vec4: vec4("a0", "out0", "out1") };
    },
  },
  wasm({ inputs: [qkv, offset], outputs: [keys, values], attributes: { nHeads, nKvHeads, capacity, sinks } }) {
    const pointers = [qkv!.pointer, offset!.pointer, keys!.pointer, values!.pointer];
    return [["cacheAppend", ...pointers, qkv!.shape[1]!, nHeads, nKvHeads, capacity, keys!.shape[2]!, sinks]];
  },
  examples: [],
  samples: [
    { inputs: [[1, 2, 32], [1]], attributes: { nHeads: 2, nKvHeads: 1, capacity: 6, sinks: 0 }, integers: { 1: 4 } },
    { inputs: [[1, 1, 32], [1]], attributes: { nHeads: 2, nKvHeads: 1, capacity: 6, sinks: 2 }, integers: { 1: 50 } },
    { inputs: [[1, 1, 32], [1]], attributes: { nHeads: 2, nKvHeads: 1, capacity: 6, sinks: 0 }, integers: { 1: 90 } },
  ],
});

/** out[t] = softmax(q[t]·keys[0…offset+t] / √dHead) · values, or all of the cache once it is full: its order does not matter. */
export const attentionDecodeKernel = defineKernel<HeadLayout>({
  name: "attentionDecode",
  outputs: ([qkv, keys, values], attributes) => {
    const dHead = headWidth("attentionDecode", qkv!, attributes);
    const fits = keys!.length === 3 && keys![0] === attributes.nKvHeads && keys![2] === dHead && sameShape(keys!, values!);
    expectShapes(fits, "attentionDecode", "the cache does not fit", { qkv: qkv!, keys: keys!, values: values! });
    return [{ shape: [1, qkv![1]!, attributes.nHeads * dHead] }];
  },
  reference([qkv, keys, values, offset], [out], { inputs, attributes }) {
    const [, time, width] = inputs[0]!.shape as [number, number, number];
    const [, capacity, dHead] = inputs[1]!.shape as [number, number, number];
    const { nHeads, nKvHeads } = attributes;
    for (let head = 0; head < nHeads; head++) {
      const { query } = headColumns(head, attributes, dHead);
      const shared = Math.floor((head * nKvHeads) / nHeads) * capacity * dHead;
      for (let t = 0; t < time; t++) {
        const scores: number[] = [];
        for (let s = 0; s < Math.min(capacity, offset![0]! + t + 1); s++) {
          let dot = 0;
          for (let j = 0; j < dHead; j++) dot += qkv![t * width + query + j]! * keys![shared + s * dHead + j]!;
          scores.push(dot / Math.sqrt(dHead));
        }
        const max = Math.max(...scores);
        const sum = scores.reduce((total, score) => total + Math.exp(score - max), 0);
        for (let j = 0; j < dHead; j++) {
          let mixed = 0;
          scores.forEach((score, s) => { mixed += (Math.exp(score - max) / sum) * values![shared + s * dHead + j]!; });
          out![(t * nHeads + head) * dHead + j] = mixed;
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [qkv, keys], attributes: { nHeads, nKvHeads } }) {
      const [, time, width] = qkv!.shape as [number, number, number];
      const [, capacity, dHead] = keys!.shape as [number, number, number];
      const { lanes, units, declarations, vec4 } = lanesOf(dHead);
      const body = `let t = i / ${nHeads}u;
  let head = i % ${nHeads}u;
  let query = t * ${width / lanes}u + head * ${units}u;
  let first = (head / ${nHeads / nKvHeads}u) * ${capacity * units}u;
  ${unroll(units, (j) => `let q${j} = a0[query + ${j}u] * ${f32(1 / Math.sqrt(dHead))}; var mix${j} = Number();`)}
  var top = -3.4e38f;
  var sum = 0.0f;
  for (var s = 0u; s < min(${capacity}u, u32(a3[0]) + t + 1u); s++) {
    let at = first + s * ${units}u;
    var score = 0.0f;
    ${unroll(units, (j) => `score += inner(q${j}, a1[at + ${j}u]);`, "\n    ")}
    let next = max(top, score);
    let keep = exp(top - next);
    let weight = exp(score - next);
    top = next;
    sum = sum * keep + weight;
    ${unroll(units, (j) => `mix${j} = mix${j} * keep + weight * a2[at + ${j}u];`, "\n    ")}
  }
  ${unroll(units, (j) => `out0[i * ${units}u + ${j}u] = mix${j} / sum;`)}`;
      return { ...perElement(time * nHeads, body, declarations), vec4: vec4("a0", "a1", "a2", "out0") };
    },
  },
  wasm({ inputs: [qkv, keys, values, offset], outputs: [out], attributes: { nHeads, nKvHeads } }) {
    const [, capacity, dHead] = keys!.shape as [number, number, number];
    const pointers = [qkv!.pointer, keys!.pointer, values!.pointer, offset!.pointer, out!.pointer];
    return [["attentionDecode", ...pointers, qkv!.shape[1]!, nHeads, nKvHeads, capacity, dHead]];
  },
  examples: [],
  samples: [
    { inputs: [[1, 2, 32], [1, 6, 8], [1, 6, 8], [1]], attributes: { nHeads: 2, nKvHeads: 1 }, integers: { 3: 4 } },
    { inputs: [[1, 1, 32], [1, 6, 8], [1, 6, 8], [1]], attributes: { nHeads: 2, nKvHeads: 1 }, integers: { 3: 900 } },
  ],
});
