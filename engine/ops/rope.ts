import { defineKernel, type Numbers, type Shape, type WasmCall, type WasmOperand } from "../kernel.ts";
import { cosine, exponential, logarithm, sine } from "../portable.ts";
import { expectShapes, lastOf, sameShape } from "../shapes.ts";
import { apply, launch, type Tensor } from "../tensor.ts";
import { lanesOf, perElement } from "../wgsl.ts";

/** How the columns of a qkv row divide: nHeads queries, then nKvHeads keys, then nKvHeads values, each dHead wide. */
export type HeadLayout = { nHeads: number; nKvHeads: number };

/** dHead of a fused qkv tensor. Throws: ShapeError when its last size does not divide. */
export function headWidth(name: string, qkv: Shape, { nHeads, nKvHeads }: HeadLayout): number {
  const width = lastOf(qkv) / (nHeads + 2 * nKvHeads);
  expectShapes(qkv.length === 3 && Number.isInteger(width), name, `qkv must be [batch,time,(${nHeads}+2·${nKvHeads})·dHead]`, { qkv });
  expectShapes(nHeads % nKvHeads === 0, name, `${nHeads} query heads do not divide among ${nKvHeads} key heads`, { qkv });
  return width;
}

/** The shape [batch,time,nHeads dHead] of values mixed by a pattern [batch,heads,time,time]. Throws: ShapeError when it is another. */
export function mixShape(name: string, pattern: Shape, qkv: Shape, layout: HeadLayout): Shape {
  const dHead = headWidth(name, qkv, layout), [batch, time] = qkv as unknown as [number, number];
  expectShapes(sameShape(pattern, [batch, layout.nHeads, time, time]), name, "the pattern does not fit", { pattern, qkv });
  return [batch, time, layout.nHeads * dHead];
}

/**
 * Rotary positions: in every query and key, the pair (x[j], x[j + dHead/2]) is turned by the angle position · base^(−2j/dHead).
 * A query–key product then depends only on the difference of their positions. Values stay.
 * Shapes: qkv [batch,time,(nHeads + 2 nKvHeads) dHead], table [context,dHead] of `ropeTable`, offset [1] i32 → like qkv.
 * Source: Su et al. 2021 (RoFormer), in the half-split pairing that Hugging Face stores.
 */
export function rope(qkv: Tensor, table: Tensor, offset: Tensor, layout: HeadLayout): Tensor {
  const { nHeads, nKvHeads } = layout;
  return apply(ropeKernel, [qkv, table, offset], { nHeads, nKvHeads, inverse: false }, () => (dOut, to) => {
    // A rotation's transpose is the rotation back.
    launch(ropeKernel, [dOut, table, offset], { nHeads, nKvHeads, inverse: true }, [to.into(0)]);
  })[0]!;
}

/**
 * How a model that was trained on short texts is stretched to long ones: `linear` divides every frequency by `factor`; `llama3` only
 * those whose wave is longer than originalContext / lowFrequency, and blends up to originalContext / highFrequency; `factors` lists a
 * divisor for each pair, and may lengthen queries and keys by `magnitude`; `dynamic` leaves texts up to originalContext as they are and
 * raises the base for longer ones.
 * Source: Chen et al. 2023 (position interpolation); modeling_rope_utils.py of huggingface/transformers (llama3, dynamic).
 */
export type RopeScaling =
  | { readonly type: "linear"; readonly factor: number }
  | {
    readonly type: "llama3"; readonly factor: number; readonly lowFrequency: number; readonly highFrequency: number;
    readonly originalContext: number;
  }
  | { readonly type: "dynamic"; readonly factor: number; readonly originalContext: number }
  | {
    readonly type: "factors"; readonly factors: readonly number[]; readonly magnitude?: number;
    /** What says the same in a config.json. */
    readonly config?: Readonly<Record<string, unknown>>;
  };

/** The frequency of each pair, θⱼ = base^(−2j/dHead), after scaling; `length` is that of the text, which `dynamic` goes by. */
export function ropeFrequencies(dHead: number, base: number, scaling?: RopeScaling, length = 0): Float64Array {
  let logBase = logarithm(base);
  if (scaling?.type === "dynamic" && length > scaling.originalContext && dHead > 2) {
    const { factor, originalContext } = scaling;
    logBase += (dHead / (dHead - 2)) * logarithm((factor * length) / originalContext - (factor - 1));
  }
  return Float64Array.from({ length: dHead / 2 }, (_, j) => {
    const plain = exponential(((-2 * j) / dHead) * logBase);
    if (!scaling || scaling.type === "dynamic") return plain;
    if (scaling.type === "linear") return plain / scaling.factor;
    if (scaling.type === "factors") return plain / scaling.factors[j]!;
    const { factor, lowFrequency, highFrequency, originalContext } = scaling;
    // How often the pair turns within the original context.
    const turns = (originalContext * plain) / (2 * Math.PI);
    if (turns < lowFrequency) return plain / factor;
    if (turns > highFrequency) return plain;
    const share = (turns - lowFrequency) / (highFrequency - lowFrequency);
    return (1 - share) * (plain / factor) + share * plain;
  });
}

/** The angles of rotary positions: row p holds cos(p θⱼ) for j < dHead/2, then sin(p θⱼ). Made on the CPU: WGSL's sin is coarse. */
export function ropeTable(contextLength: number, dHead: number, base: number, scaling?: RopeScaling): Float64Array {
  const frequencies = ropeFrequencies(dHead, base, scaling, contextLength);
  const magnitude = (scaling as { readonly magnitude?: number } | undefined)?.magnitude ?? 1;
  const table = new Float64Array(contextLength * dHead);
  for (let p = 0; p < contextLength; p++) {
    frequencies.forEach((frequency, j) => {
      const at = p * dHead + j;
      table[at] = magnitude * cosine(p * frequency);
      table[at + dHead / 2] = magnitude * sine(p * frequency);
    });
  }
  return table;
}

type Turn = HeadLayout & { inverse: boolean };

/** y = qkv with its queries and keys turned by the angles of positions `first`, `first` + 1, …; `y` may be `qkv`. */
export function turnRows(qkv: Numbers, y: Numbers, table: Numbers, time: number, dHead: number, { nHeads, nKvHeads, inverse }: Turn, first = 0): void {
  const half = dHead / 2, width = (nHeads + 2 * nKvHeads) * dHead;
  for (let i = 0; i < qkv.length; i++) {
    const column = i % width, j = column % dHead;
    if (column >= (nHeads + nKvHeads) * dHead) y[i] = qkv[i]!;
    else if (j < half) {
      const angle = (first + (Math.floor(i / width) % time)) * dHead + j;
      const cos = table[angle]!, sin = table[angle + half]! * (inverse ? -1 : 1);
      const a = qkv[i]!, b = qkv[i + half]!;
      y[i] = a * cos - b * sin;
      y[i + half] = b * cos + a * sin;
    }
  }
}

/** The WebAssembly call that turns the queries and keys of whole sequences where they lie. */
export const turnInPlace = ({ pointer, shape: [batch, time] }: WasmOperand, { pointer: table, shape: [, dHead] }: WasmOperand, { nHeads, nKvHeads, inverse }: Turn): WasmCall =>
  ["rope", pointer, table, 0, pointer, batch! * time!, time!, nHeads + nKvHeads, nKvHeads, dHead!, inverse ? -1 : 1];

export const ropeKernel = defineKernel<Turn>({
  name: "rope",
  outputs: ([qkv, table], attributes) => {
    const dHead = headWidth("rope", qkv!, attributes);
    expectShapes(table![1] === dHead && dHead % 2 === 0 && table![0]! >= qkv![1]!, "rope", "the table does not fit", { qkv: qkv!, table: table! });
    return [{ shape: qkv! }];
  },
  reference([qkv, table, offset], [y], { inputs, attributes }) {
    turnRows(qkv!, y!, table!, inputs[0]!.shape[1]!, inputs[1]!.shape[1]!, attributes, offset![0]!);
  },
  wgsl: {
    flat({ inputs: [qkv, table], attributes: { nHeads, nKvHeads, inverse } }) {
      const [, time, width] = qkv!.shape as [number, number, number];
      const { lanes, units: half, declarations, vec4 } = lanesOf(table!.shape[1]! / 2);
      const row = width / lanes;
      const body = `let column = i % ${row}u;
  if (column >= ${(nHeads + nKvHeads) * 2 * half}u) { out0[i] = a0[i]; return; }
  let angle = (u32(a2[0]) + (i / ${row}u) % ${time}u) * ${2 * half}u + column % ${half}u;
  let turned = a1[angle + ${half}u] * ${inverse ? "-1.0f" : "1.0f"};
  if (column % ${2 * half}u < ${half}u) { out0[i] = a0[i] * a1[angle] - a0[i + ${half}u] * turned; }
  else { out0[i] = a0[i] * a1[angle] + a0[i - ${half}u] * turned; }`;
      return { ...perElement(qkv!.size / lanes, body, declarations), vec4: vec4("a0", "a1", "out0") };
    },
  },
  wasm({ inputs: [qkv, table, offset], outputs: [y], attributes: { nHeads, nKvHeads, inverse } }) {
    const [batch, time] = qkv!.shape as [number, number];
    const dHead = table!.shape[1]!;
    const pointers = [qkv!.pointer, table!.pointer, offset!.pointer, y!.pointer];
    return [["rope", ...pointers, batch * time, time, nHeads + nKvHeads, nKvHeads, dHead, inverse ? -1 : 1]];
  },
  examples: [
    {
      // Position 1 at angle 90°: the pair (1, 2) becomes (−2, 1); the value stays.
      inputs: [
        { shape: [1, 2, 6], values: [1, 2, 1, 2, 5, 6, 1, 2, 1, 2, 5, 6] },
        { shape: [2, 2], values: [1, 0, 0, 1] },
        { shape: [1], values: [0], dtype: "i32" },
      ],
      attributes: { nHeads: 1, nKvHeads: 1, inverse: false },
      outputs: [[1, 2, 1, 2, 5, 6, -2, 1, -2, 1, 5, 6]],
    },
  ],
  samples: [
    { inputs: [[2, 5, 32], [9, 8], [1]], attributes: { nHeads: 2, nKvHeads: 1, inverse: false }, integers: { 2: 4 } },
    { inputs: [[2, 4, 36], [4, 6], [1]], attributes: { nHeads: 2, nKvHeads: 2, inverse: true }, integers: { 2: 1 } },
  ],
});
