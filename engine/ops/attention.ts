import { defineKernel, type Shape } from "../kernel.ts";
import { lastOf } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { f32, lanesOf, nextGroup, perElement, unroll } from "../wgsl.ts";
import { type HeadLayout, headWidth, turnInPlace, turnRows } from "./rope.ts";

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

/** What the WebAssembly function asks for; null when the panels of one head would not fit in its scratch memory. */
function wasmSizes(qkv: Shape, attributes: AttentionAttributes): number[] | null {
  const [batch, time] = qkv as [number, number];
  const dHead = headWidth("attention", qkv, attributes);
  if ((time + 8) * (dHead + 8) > 2 ** 18) return null;
  return [batch, time, attributes.nHeads, attributes.nKvHeads, dHead, Number(attributes.causal)];
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
  wgsl: {
    // A query row an invocation: its query and its mix stay in registers while the keys go by.
    flat({ inputs: [qkv], outputs: [out, logSumExp], attributes: { nHeads, nKvHeads, causal } }) {
      const [, time, width] = qkv!.shape as [number, number, number];
      const dHead = lastOf(out!.shape) / nHeads;
      const { lanes, units, declarations, vec4 } = lanesOf(dHead);
      const row = width / lanes;
      const body = `let t = i % ${time}u;
  let head = (i / ${time}u) % ${nHeads}u;
  let b = i / ${time * nHeads}u;
  let query = (b * ${time}u + t) * ${row}u + head * ${units}u;
  let keys = b * ${time * row}u + (${nHeads}u + head / ${nHeads / nKvHeads}u) * ${units}u;
  ${unroll(units, (j) => `let q${j} = a0[query + ${j}u] * ${f32(1 / Math.sqrt(dHead))}; var mix${j} = Number();`)}
  var top = -3.4e38f;
  var sum = 0.0f;
  for (var s = 0u; s <= ${causal ? "t" : `${time - 1}u`}; s++) {
    let key = keys + s * ${row}u;
    let value = key + ${nKvHeads * units}u;
    var score = 0.0f;
    ${unroll(units, (j) => `score += inner(q${j}, a0[key + ${j}u]);`, "\n    ")}
    let next = max(top, score);
    let keep = exp(top - next);
    let weight = exp(score - next);
    top = next;
    sum = sum * keep + weight;
    ${unroll(units, (j) => `mix${j} = mix${j} * keep + weight * a0[value + ${j}u];`, "\n    ")}
  }
  let to = ((b * ${time}u + t) * ${nHeads}u + head) * ${units}u;
  ${unroll(units, (j) => `out0[to + ${j}u] = mix${j} / sum;`)}
  out1[i] = top + log(sum);`;
      return { ...perElement(logSumExp!.size, body, declarations), vec4: vec4("a0", "out0") };
    },
  },
  wasm({ inputs: [qkv], outputs: [out, logSumExp], attributes }) {
    const sizes = wasmSizes(qkv!.shape, attributes);
    return sizes && [["attention", qkv!.pointer, out!.pointer, logSumExp!.pointer, ...sizes]];
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
 * With the table of the rotary positions by which row t of qkv was turned, as a fifth input: the gradient of what was not yet turned.
 * Source: Dao et al. 2022 (FlashAttention), appendix B.
 */
export const attentionGradientKernel = defineKernel<AttentionAttributes>({
  name: "attentionGradient",
  outputs: ([qkv]) => [{ shape: qkv! }],
  reference([qkv, out, logSumExp, dOut, table], [dQkv], { inputs, attributes }) {
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
    if (table) turnRows(dQkv!, dQkv!, table, time, dHead, { ...attributes, inverse: true });
  },
  wgsl: {
    // One launch: the first workgroups take a query row each (dQ), the rest a key row each (dK and dV), both recomputing the pattern.
    flat({ inputs: [qkv, , logSumExp, , table], attributes: { nHeads, nKvHeads, causal } }) {
      const [batch, time, width] = qkv!.shape as [number, number, number];
      const dHead = width / (nHeads + 2 * nKvHeads);
      const { lanes, units, declarations, vec4 } = lanesOf(dHead);
      const row = width / lanes;
      const group = nHeads / nKvHeads;
      const queries = logSumExp!.size;
      const keyStart = nextGroup(queries);
      const scale = f32(1 / Math.sqrt(dHead));
      const dot = (left: (j: number) => string, right: (j: number) => string): string => unroll(units, (j) => `inner(${left(j)}, ${right(j)})`, " + ");
      const half = units / 2;
      /** Stores d, turned back by the angles of its position. */
      const storeTurned = (at: string, position: string, d: string): string => {
        if (!table) return unroll(units, (j) => `out0[${at} + ${j}u] = ${d}${j};`, "\n    ");
        return `let angle = ${position} * ${units}u;
    ${unroll(half, (j) => `{
      let c = a4[angle + ${j}u]; let s = a4[angle + ${half + j}u];
      out0[${at} + ${j}u] = ${d}${j} * c + ${d}${half + j} * s; out0[${at} + ${half + j}u] = ${d}${half + j} * c - ${d}${j} * s;
    }`, "\n    ")}`;
      };
      const body = `if (i < ${queries}u) {
    let t = i % ${time}u;
    let head = (i / ${time}u) % ${nHeads}u;
    let b = i / ${time * nHeads}u;
    let query = (b * ${time}u + t) * ${row}u + head * ${units}u;
    let keys = b * ${time * row}u + (${nHeads}u + head / ${group}u) * ${units}u;
    let o = ((b * ${time}u + t) * ${nHeads}u + head) * ${units}u;
    ${unroll(units, (j) => `let q${j} = a0[query + ${j}u]; let g${j} = a3[o + ${j}u]; var d${j} = Number();`, "\n    ")}
    let delta = ${dot((j) => `g${j}`, (j) => `a1[o + ${j}u]`)};
    for (var s = 0u; s <= ${causal ? "t" : `${time - 1}u`}; s++) {
      let key = keys + s * ${row}u;
      let value = key + ${nKvHeads * units}u;
      ${unroll(units, (j) => `let k${j} = a0[key + ${j}u];`, "\n      ")}
      let score = ${dot((j) => `q${j}`, (j) => `k${j}`)};
      let dWeight = ${dot((j) => `g${j}`, (j) => `a0[value + ${j}u]`)};
      let dScore = exp(score * ${scale} - a2[i]) * (dWeight - delta) * ${scale};
      ${unroll(units, (j) => `d${j} += dScore * k${j};`, "\n      ")}
    }
    ${storeTurned("query", "t", "d")}
  } else if (i >= ${keyStart}u) {
    let n = i - ${keyStart}u;
    let s = n % ${time}u;
    let keyHead = (n / ${time}u) % ${nKvHeads}u;
    let b = n / ${time * nKvHeads}u;
    let key = (b * ${time}u + s) * ${row}u + (${nHeads}u + keyHead) * ${units}u;
    let value = key + ${nKvHeads * units}u;
    ${unroll(units, (j) => `let k${j} = a0[key + ${j}u]; let v${j} = a0[value + ${j}u]; var dK${j} = Number(); var dV${j} = Number();`, "\n    ")}
    for (var head = keyHead * ${group}u; head < (keyHead + 1u) * ${group}u; head++) {
      for (var t = ${causal ? "s" : "0u"}; t < ${time}u; t++) {
        let query = (b * ${time}u + t) * ${row}u + head * ${units}u;
        let o = ((b * ${time}u + t) * ${nHeads}u + head) * ${units}u;
        ${unroll(units, (j) => `let q${j} = a0[query + ${j}u]; let g${j} = a3[o + ${j}u];`, "\n        ")}
        let score = ${dot((j) => `q${j}`, (j) => `k${j}`)};
        let dWeight = ${dot((j) => `g${j}`, (j) => `v${j} - a1[o + ${j}u]`)};
        let weight = exp(score * ${scale} - a2[(b * ${nHeads}u + head) * ${time}u + t]);
        let dScore = weight * dWeight * ${scale};
        ${unroll(units, (j) => `dK${j} += dScore * q${j}; dV${j} += weight * g${j};`, "\n        ")}
      }
    }
    ${storeTurned("key", "s", "dK")}
    ${unroll(units, (j) => `out0[value + ${j}u] = dV${j};`, "\n    ")}
  }`;
      return { ...perElement(keyStart + batch * nKvHeads * time, body, declarations), vec4: vec4("a0", "a1", "a3", ...(table ? ["a4"] : []), "out0") };
    },
  },
  wasm({ inputs, outputs, attributes }) {
    const sizes = wasmSizes(inputs[0]!.shape, attributes);
    const [qkv, out, logSumExp, dOut, table] = inputs, [dQkv] = outputs;
    const plain = ["attentionGradient", ...[qkv, out, logSumExp, dOut, dQkv].map((operand) => operand!.pointer), ...(sizes ?? [])] as const;
    return sizes && (table ? [plain, turnInPlace(dQkv!, table, { ...attributes, inverse: true })] : [plain]);
  },
  examples: [],
  // The test derives `out` and `logSumExp` from qkv by the forward kernel: random ones would not be a pattern.
  samples: [],
});
