import { defineKernel, type Launch, type Product } from "../kernel.ts";
import { expectShapes } from "../shapes.ts";
import { free, launch, record, type Tensor } from "../tensor.ts";
import { attention, attentionGradientKernel, attentionKernel } from "./attention.ts";
import { linear, linearGradient, linearKernel } from "./linear.ts";
import { type HeadLayout, rope, turnInPlace, turnRows } from "./rope.ts";

/**
 * Attention over rotary positions from its input on: attention(rope(x Wᵀ + bias)), rows of x standing at positions 0, 1, ….
 * The rotation is no launch of its own: it is done as the product is stored, and undone as the gradient is.
 * Shapes: x [batch,time,in], weight [(nHeads + 2 nKvHeads) dHead,in], bias like a row of its product, table [context,dHead] of `ropeTable`
 * → [batch,time,nHeads dHead].
 */
export function rotaryAttention(
  x: Tensor, weight: Tensor, bias: Tensor | null, { table, start }: { table: Tensor; start: Tensor }, { nHeads, nKvHeads, causal }: HeadLayout & { causal: boolean },
): Tensor {
  const layout = { nHeads, nKvHeads };
  // Shaders turn four pairs at a time.
  if (table.shape[1]! % 8 !== 0) return attention(rope(linear(x, weight, bias), table, start, layout), { ...layout, causal });
  const inputs = [x, weight, ...(bias ? [bias] : [])];
  const qkv = launch(linearRopeKernel, [x, weight, table, ...(bias ? [bias] : [])], layout)[0]!;
  const [out, logSumExp] = launch(attentionKernel, [qkv], { ...layout, causal });
  return record(out!, inputs, () => (dOut, to) => {
    const [dQkv] = launch(attentionGradientKernel, [qkv, out!, logSumExp!, dOut, table], { ...layout, causal });
    linearGradient(x, weight, Boolean(bias), dQkv!, to);
    free(dQkv!);
  });
}

function turnedProduct({ inputs: [x, weight, table, bias], outputs: [y], attributes: { nHeads, nKvHeads } }: Launch<HeadLayout>): Product {
  const [n, k] = weight!.shape as [number, number];
  const time = x!.shape[1]!, dHead = table!.shape[1]!, half = dHead / 2;
  return {
    m: y!.size / n, n, k,
    a: { name: "a0", alongInner: true },
    b: { name: "a1", alongInner: true },
    pairs: half,
    finish(wide) {
      const lanes = wide ? 4 : 1;
      const added = (column: string): string => (bias ? ` + a3[(${column}) / ${lanes}u]` : "");
      return `let late = column % ${dHead}u >= ${half}u;
      let own = value${added("column")};
      if (column >= ${(nHeads + nKvHeads) * dHead}u) { out0[at] = own; } else {
        let partner = other${added(`select(column + ${half}u, column - ${half}u, late)`)};
        let angle = ((row % ${time}u) * ${dHead}u + column % ${half}u) / ${lanes}u;
        out0[at] = own * a2[angle] + select(-1.0f, 1.0f, late) * partner * a2[angle + ${half / lanes}u];
      }`;
    },
    finished: ["out0", "a2", ...(bias ? ["a3"] : [])],
  };
}

/** The queries, keys and values of x, queries and keys turned: rope(x Wᵀ + bias). Shapes: x [batch,time,in], weight, table, bias (optional) as above. */
export const linearRopeKernel = defineKernel<HeadLayout>({
  name: "linearRope",
  outputs: ([x, weight, table, bias], layout) => {
    const [product] = linearKernel.outputs([x!, weight!, ...(bias ? [bias] : [])], { bias: Boolean(bias), residual: false });
    const dHead = table![1]!;
    const fits = x!.length === 3 && weight![0] === (layout.nHeads + 2 * layout.nKvHeads) * dHead && dHead % 8 === 0 && table![0]! >= x![1]!;
    expectShapes(fits, "linearRope", "x, weight and table do not fit together", { x: x!, weight: weight!, table: table! });
    return [product!];
  },
  reference([x, weight, table, ...bias], [y], launch) {
    const { inputs, attributes } = launch;
    const attributesOfLinear = { bias: bias.length > 0, residual: false };
    linearKernel.reference([x!, weight!, ...bias], [y!], { ...launch, inputs: [inputs[0]!, inputs[1]!, ...inputs.slice(3)], attributes: attributesOfLinear });
    turnRows(y!, y!, table!, inputs[0]!.shape[1]!, inputs[2]!.shape[1]!, { ...attributes, inverse: false });
  },
  wgsl: { flat: turnedProduct, tiled: turnedProduct },
  wasm({ inputs: [x, weight, table, bias], outputs: [y], attributes }) {
    const [n, k] = weight!.shape as [number, number];
    const product = ["gemm", x!.pointer, weight!.pointer, y!.pointer, x!.size / k, n, k, 0, 1, 0, bias?.pointer ?? 0, 0] as const;
    return [product, turnInPlace(y!, table!, { ...attributes, inverse: false })];
  },
  examples: [],
  samples: [
    { inputs: [[2, 5, 12], [32, 12], [9, 8]], attributes: { nHeads: 2, nKvHeads: 1 } },
    { inputs: [[1, 3, 7], [48, 7], [3, 16], [48]], attributes: { nHeads: 1, nKvHeads: 1 } },
    { inputs: [[4, 70, 20], [128, 20], [70, 16], [128]], attributes: { nHeads: 4, nKvHeads: 2 } },
    { inputs: [[1, 1, 16], [144, 16], [2, 24]], attributes: { nHeads: 4, nKvHeads: 1 } },
  ],
});
