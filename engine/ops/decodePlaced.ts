import { defineKernel } from "../kernel.ts";
import { alibiSlopes } from "../nn/positions.ts";
import { expectShapes, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, perElement } from "../wgsl.ts";
import { headColumns } from "./attention.ts";
import { cacheAppendKernel, type KeyValues } from "./decode.ts";
import { type HeadLayout, headWidth } from "./rope.ts";

/** How attention over a cache counts positions. */
export interface Places {
  /** Scores lose slope · distance. */
  readonly alibi: boolean;
  /** Distances are counted in the cache, not in the text: what fell out of it leaves no gap. */
  readonly moved: boolean;
  /** Angles [capacity,dHead] of `ropeTable`: queries and keys come unturned and are turned by their places. */
  readonly table?: Tensor;
}

/**
 * `attentionCached` for what must know where in the text, or in the cache, a key stands: ALiBi, and the streaming cache of
 * StreamingLLM, whose window closes up behind the sinks, so that a text may go on for ever.
 * Shapes: qkv [1,time,(nHeads + 2 nKvHeads) dHead], offset [1] i32 → [1,time,nHeads dHead].
 * Source: Press, Smith & Lewis 2022 (ALiBi); Xiao et al. 2023, section 3.2 (places in the cache).
 */
export function attentionPlaced(qkv: Tensor, cache: KeyValues, offset: Tensor, { nHeads, nKvHeads }: HeadLayout, places: Places): Tensor {
  const { keys, values, sinks = 0 } = cache, { alibi, moved, table } = places;
  const into = [keys, values].map((tensor) => ({ tensor, accumulate: false }));
  launch(cacheAppendKernel, [qkv, offset], { nHeads, nKvHeads, capacity: keys.shape[1]!, sinks }, into);
  const inputs = [qkv, keys, values, offset, ...(table ? [table] : [])];
  const attributes = { nHeads, nKvHeads, sinks, alibi, moved, turned: table !== undefined };
  return apply(attentionDecodePlacedKernel, inputs, attributes, () => () => {
    throw new Error("attentionPlaced: decoding has no gradient");
  })[0]!;
}

/** The position in the text of what lies in a slot when the newest position is p: the last one that was put there. */
export function positionOf(slot: number, p: number, capacity: number, sinks: number): number {
  if (p < capacity || slot < sinks) return slot;
  return p - ((p - slot) % (capacity - sinks));
}

/** Where a position counts: in the text, or in the cache, where all but the sinks have moved up. */
const placeOf = (position: number, p: number, capacity: number, sinks: number): number =>
  p < capacity || position < sinks ? position : position - (p + 1 - capacity);

export const attentionDecodePlacedKernel = defineKernel<HeadLayout & { sinks: number; alibi: boolean; moved: boolean; turned: boolean }>({
  name: "attentionDecodePlaced",
  outputs: ([qkv, keys, values, , table], attributes) => {
    const name = "attentionDecodePlaced", dHead = headWidth(name, qkv!, attributes);
    const fits = keys!.length === 3 && keys![0] === attributes.nKvHeads && keys![2] === dHead && sameShape(keys!, values!);
    expectShapes(fits, name, "the cache does not fit", { qkv: qkv!, keys: keys!, values: values! });
    const isTurnable = !attributes.turned || (table!.length === 2 && table![0]! >= keys![1]! && table![1] === dHead && dHead % 2 === 0);
    expectShapes(isTurnable, name, "the table does not fit", { keys: keys!, table: table ?? [] });
    return [{ shape: [1, qkv![1]!, attributes.nHeads * dHead] }];
  },
  reference([qkv, keys, values, offset, table], [out], { inputs, attributes }) {
    const [, time, width] = inputs[0]!.shape as [number, number, number];
    const [, capacity, dHead] = inputs[1]!.shape as [number, number, number];
    const { nHeads, nKvHeads, sinks, alibi, moved, turned } = attributes;
    const half = dHead / 2, slopes = alibiSlopes(nHeads), weights = new Float64Array(capacity);
    /** Number j of a head that begins at `at`, turned by the angles of its place. */
    const number = (from: ArrayLike<number>, at: number, j: number, place: number): number => {
      if (!turned) return from[at + j]!;
      const cos = table![place * dHead + (j % half)]!, sin = table![place * dHead + half + (j % half)]!;
      return j < half ? from[at + j]! * cos - from[at + j + half]! * sin : from[at + j]! * cos + from[at + j - half]! * sin;
    };
    for (let head = 0; head < nHeads; head++) {
      const { query } = headColumns(head, attributes, dHead);
      const shared = Math.floor((head * nKvHeads) / nHeads) * capacity;
      for (let t = 0; t < time; t++) {
        const p = offset![0]! + t, visible = Math.min(capacity, p + 1);
        const place = (position: number): number => (moved ? placeOf(position, p, capacity, sinks) : position);
        let max = -Infinity, sum = 0;
        for (let s = 0; s < visible; s++) {
          const at = place(positionOf(s, p, capacity, sinks));
          let dot = 0;
          for (let j = 0; j < dHead; j++) dot += number(qkv!, t * width + query, j, place(p)) * number(keys!, (shared + s) * dHead, j, at);
          weights[s] = dot / Math.sqrt(dHead) - (alibi ? slopes[head]! * (place(p) - at) : 0);
          max = Math.max(max, weights[s]!);
        }
        for (let s = 0; s < visible; s++) sum += weights[s] = Math.exp(weights[s]! - max);
        for (let j = 0; j < dHead; j++) {
          let mixed = 0;
          for (let s = 0; s < visible; s++) mixed += weights[s]! * values![(shared + s) * dHead + j]!;
          out![(t * nHeads + head) * dHead + j] = mixed / sum;
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [qkv, keys], attributes: { nHeads, nKvHeads, sinks, alibi, moved, turned } }) {
      const [, time, width] = qkv!.shape as [number, number, number];
      const [, capacity, dHead] = keys!.shape as [number, number, number];
      const half = dHead / 2;
      const turn = (name: string, from: string, at: string, place: string): string => (turned
        ? `for (var j = 0u; j < ${half}u; j++) {
    let cosine = a4[${place} * ${dHead}u + j];
    let sine = a4[${place} * ${dHead}u + ${half}u + j];
    let low = ${from}[${at} + j];
    let high = ${from}[${at} + ${half}u + j];
    ${name}[j] = low * cosine - high * sine;
    ${name}[j + ${half}u] = high * cosine + low * sine;
  }`
        : `for (var j = 0u; j < ${dHead}u; j++) { ${name}[j] = ${from}[${at} + j]; }`);
      const place = (position: string): string =>
        (moved ? `select(${position} - (p + 1u - ${capacity}u), ${position}, p < ${capacity}u || ${position} < ${sinks}u)` : position);
      const ring = `p - (p - s) % ${capacity - sinks}u`;
      const body = `let t = i / ${nHeads}u;
  let head = i % ${nHeads}u;
  let p = u32(a3[0]) + t;
  let own = ${place("p")};
  var query: array<f32, ${dHead}>;
  ${turn("query", "a0", `t * ${width}u + head * ${dHead}u`, "own")}
  let first = (head / ${nHeads / nKvHeads}u) * ${capacity}u;
  var key: array<f32, ${dHead}>;
  var mix: array<f32, ${dHead}>;
  var top = -3.4e38f;
  var sum = 0.0f;
  for (var s = 0u; s < min(${capacity}u, p + 1u); s++) {
    let position = select(${ring}, s, p < ${capacity}u || s < ${sinks}u);
    let place = ${place("position")};
    let at = (first + s) * ${dHead}u;
    ${turn("key", "a1", "at", "place")}
    var score = 0.0f;
    for (var j = 0u; j < ${dHead}u; j++) { score += query[j] * key[j]; }
    score *= ${f32(1 / Math.sqrt(dHead))};
    ${alibi ? "score -= slopes[head] * f32(own - place);" : ""}
    let next = max(top, score);
    let keep = exp(top - next);
    let weight = exp(score - next);
    top = next;
    sum = sum * keep + weight;
    for (var j = 0u; j < ${dHead}u; j++) { mix[j] = mix[j] * keep + weight * a2[at + j]; }
  }
  for (var j = 0u; j < ${dHead}u; j++) { out0[i * ${dHead}u + j] = mix[j] / sum; }`;
      // A constant array may only be read at a changing index as a variable.
      const slopes = `var<private> slopes: array<f32, ${nHeads}> = array<f32, ${nHeads}>(${alibiSlopes(nHeads).map(f32).join(", ")});`;
      return perElement(time * nHeads, body, alibi ? slopes : "");
    },
  },
  examples: [],
  samples: [
    {
      inputs: [[1, 3, 32], [1, 6, 8], [1, 6, 8], [1]], integers: { 3: 3 },
      attributes: { nHeads: 2, nKvHeads: 1, sinks: 0, alibi: true, moved: false, turned: false },
    },
    {
      inputs: [[1, 1, 48], [2, 6, 8], [2, 6, 8], [1]], integers: { 3: 900 },
      attributes: { nHeads: 2, nKvHeads: 2, sinks: 2, alibi: true, moved: false, turned: false },
    },
    {
      inputs: [[1, 1, 32], [1, 6, 8], [1, 6, 8], [1], [6, 8]], integers: { 3: 900 },
      attributes: { nHeads: 2, nKvHeads: 1, sinks: 1, alibi: false, moved: true, turned: true },
    },
    {
      inputs: [[1, 2, 48], [2, 6, 8], [2, 6, 8], [1], [7, 8]], integers: { 3: 4 },
      attributes: { nHeads: 2, nKvHeads: 2, sinks: 0, alibi: true, moved: true, turned: true },
    },
  ],
});
