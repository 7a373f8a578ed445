import { defineKernel } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { lanesOf, perElement, store, unroll } from "../wgsl.ts";

/**
 * Looks up one row of a table for each id: y[b,t] = table[ids[b,t]] (+ positions[offset + t] for a learned position table).
 * Equal to a one-hot matrix times the table, without the multiplication.
 * Shapes: table [vocab,d], ids [batch,time] i32 in [0,vocab), positions [context,d], offset [1] i32 → [batch,time,d].
 */
export function embedding(table: Tensor, ids: Tensor, learned?: { positions: Tensor; offset: Tensor } | null): Tensor {
  const inputs = [table, ids, ...(learned ? [learned.positions, learned.offset] : [])];
  return apply(embeddingKernel, inputs, { positions: Boolean(learned) }, () => (dOut, to) => {
    if (to.needs(0)) launch(embeddingGradientKernel, [ids, dOut], { vocabSize: table.shape[0]! }, [to.into(0)]);
    if (learned && to.needs(2)) launch(positionsGradientKernel, [dOut], { contextLength: learned.positions.shape[0]! }, [to.into(2)]);
  })[0]!;
}

export const embeddingKernel = defineKernel<{ positions: boolean }>({
  name: "embedding",
  outputs: ([table, ids, positions], attributes) => {
    expectShapes(table!.length === 2 && ids!.length === 2, "embedding", "table and ids must be matrices", { table: table!, ids: ids! });
    if (attributes.positions) {
      expectShapes(positions![1] === table![1] && positions![0]! >= ids![1]!, "embedding", "positions do not fit", { ids: ids!, positions: positions! });
    }
    return [{ shape: [...ids!, table![1]!] }];
  },
  reference([table, ids, positions, offset], [y], { inputs, attributes }) {
    const [batch, time] = inputs[1]!.shape as [number, number];
    const d = inputs[0]!.shape[1]!;
    for (let b = 0; b < batch; b++) {
      for (let t = 0; t < time; t++) {
        for (let j = 0; j < d; j++) {
          const position = attributes.positions ? positions![(offset![0]! + t) * d + j]! : 0;
          y![(b * time + t) * d + j] = table![ids![b * time + t]! * d + j]! + position;
        }
      }
    }
  },
  wgsl: {
    flat({ inputs: [table, ids], outputs: [y], attributes: { positions } }) {
      const { lanes, units, declarations, vec4 } = lanesOf(table!.shape[1]!);
      const body = `let row = i / ${units}u;
  let column = i % ${units}u;
  let position = ${positions ? `a2[(u32(a3[0]) + row % ${ids!.shape[1]!}u) * ${units}u + column]` : "Number()"};
  out0[i] = a0[u32(a1[row]) * ${units}u + column] + position;`;
      return { ...perElement(y!.size / lanes, body, declarations), vec4: vec4("a0", "out0", ...(positions ? ["a2"] : [])) };
    },
  },
  wasm({ inputs: [table, ids, positions, offset], outputs: [y] }) {
    const [batch, time] = ids!.shape as [number, number];
    const d = table!.shape[1]!;
    if (d % 4 !== 0) return null;
    return [["embedding", table!.pointer, ids!.pointer, positions?.pointer ?? 0, offset?.pointer ?? 0, y!.pointer, batch, time, d]];
  },
  examples: [
    {
      inputs: [{ shape: [3, 2], values: [0, 1, 10, 11, 20, 21] }, { shape: [1, 2], values: [2, 0], dtype: "i32" }],
      attributes: { positions: false },
      outputs: [[20, 21, 0, 1]],
    },
  ],
  samples: [
    { inputs: [[11, 8], [2, 5]], attributes: { positions: false }, integers: { 1: 11 } },
    { inputs: [[11, 6], [2, 5], [9, 6], [1]], attributes: { positions: true }, integers: { 1: 11, 3: 4 } },
  ],
});

/** dTable[v] = Σ over the places where ids = v of dOut, in order of the places. Shapes: ids [b,t], dOut [b,t,d] → [vocab,d]. */
export const embeddingGradientKernel = defineKernel<{ vocabSize: number }>({
  name: "embeddingGradient",
  outputs: ([, dOut], { vocabSize }) => [{ shape: [vocabSize, dOut![dOut!.length - 1]!] }],
  reference([ids, dOut], [dTable], { inputs, outputs: [out] }) {
    const d = inputs[1]!.shape[2]!;
    if (!out!.accumulate) dTable!.fill(0);
    for (let i = 0; i < ids!.length; i++) {
      for (let j = 0; j < d; j++) dTable![ids![i]! * d + j] = dTable![ids![i]! * d + j]! + dOut![i * d + j]!;
    }
  },
  wgsl: {
    // Many places may share an id, so each table row looks through all of them: no atomics, and the sum keeps its order.
    flat({ inputs: [ids, dOut], outputs: [out] }) {
      const { units, declarations, vec4 } = lanesOf(dOut!.shape[2]!);
      const chunk = Math.max(...[1, 2, 4, 8, 16, 3, 6, 12, 5, 10].filter((size) => units % size === 0));
      const chunks = units / chunk;
      const four = ids!.size % 4 === 0;
      const add = (row: string): string => `let source = (${row}) * ${units}u + first;
      ${unroll(chunk, (j) => `sum${j} += a1[source + ${j}u];`, "\n      ")}`;
      const body = `let token = i32(i / ${chunks}u);
  let first = (i % ${chunks}u) * ${chunk}u;
  ${unroll(chunk, (j) => `var sum${j} = Number();`)}
  for (var row = 0u; row < ${four ? ids!.size / 4 : ids!.size}u; row++) {
    ${four
      ? `let hits = a0[row] == vec4i(token);
    if (any(hits)) { for (var j = 0u; j < 4u; j++) { if (hits[j]) { ${add("row * 4u + j")} } } }`
      : `if (a0[row] == token) { ${add("row")} }`}
  }
  let to = u32(token) * ${units}u + first;
  ${unroll(chunk, (j) => store("out0", `to + ${j}u`, `sum${j}`, out!))}`;
      return { ...perElement(out!.shape[0]! * chunks, body, declarations), vec4: [...vec4("a1", "out0"), ...(four ? ["a0"] : [])] };
    },
  },
  wasm({ inputs: [ids, dOut], outputs: [dTable] }) {
    const [vocab, d] = dTable!.shape as [number, number];
    return d % 4 === 0 ? [["embeddingGradient", ids!.pointer, dOut!.pointer, dTable!.pointer, ids!.size, d, vocab, Number(dTable!.accumulate)]] : null;
  },
  accumulates: true,
  examples: [
    {
      inputs: [{ shape: [1, 3], values: [1, 0, 1], dtype: "i32" }, { shape: [1, 3, 1], values: [5, 7, 9] }],
      attributes: { vocabSize: 3 },
      outputs: [[7, 14, 0]],
    },
  ],
  samples: [{ inputs: [[2, 7], [2, 7, 8]], attributes: { vocabSize: 5 }, integers: { 0: 5 } }],
});

/** dPositions[t] = Σ over the batch of dOut[·,t]; zero beyond the window. Shapes: dOut [b,t,d] → [context,d]. Offset 0 only: training. */
export const positionsGradientKernel = defineKernel<{ contextLength: number }>({
  name: "positionsGradient",
  outputs: ([dOut], { contextLength }) => [{ shape: [contextLength, dOut![2]!] }],
  reference([dOut], [dPositions], { inputs, outputs: [out] }) {
    const [batch, time, d] = inputs[0]!.shape as [number, number, number];
    for (let i = 0; i < dPositions!.length; i++) {
      let sum = 0;
      if (i < time * d) for (let b = 0; b < batch; b++) sum += dOut![b * time * d + i]!;
      dPositions![i] = (out!.accumulate ? dPositions![i]! : 0) + sum;
    }
  },
  wgsl: {
    flat({ inputs: [dOut], outputs: [out] }) {
      const [batch, time, d] = dOut!.shape as [number, number, number];
      const { lanes, units, declarations, vec4 } = lanesOf(d);
      const body = `var sum = Number();
  if (i < ${time * units}u) { for (var b = 0u; b < ${batch}u; b++) { sum += a0[b * ${time * units}u + i]; } }
  ${store("out0", "i", "sum", out!)}`;
      return { ...perElement(out!.size / lanes, body, declarations), vec4: vec4("a0", "out0") };
    },
  },
  wasm({ inputs: [dOut], outputs: [dPositions], attributes: { contextLength } }) {
    const [batch, time, d] = dOut!.shape as [number, number, number];
    if (d % 4 !== 0) return null;
    return [["positionsGradient", dOut!.pointer, dPositions!.pointer, batch, time, d, contextLength, Number(dPositions!.accumulate)]];
  },
  accumulates: true,
  examples: [{ inputs: [{ shape: [2, 1, 2], values: [1, 2, 10, 20] }], attributes: { contextLength: 2 }, outputs: [[11, 22, 0, 0]] }],
  samples: [{ inputs: [[3, 4, 8]], attributes: { contextLength: 6 } }],
});
