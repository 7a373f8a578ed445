import { type Shape, sizeOf } from "../kernel.ts";
import { add } from "../ops/add.ts";
import { linear } from "../ops/linear.ts";
import { matmul } from "../ops/matmul.ts";
import { scale } from "../ops/scale.ts";
import { random } from "../random.ts";
import { read, type Tensor } from "../tensor.ts";
import { type PackedReader, type Parameters, trainable } from "./parameters.ts";

export interface LoraOptions {
  readonly rank: number;
  /** The change is multiplied by alpha / rank. */
  readonly alpha: number;
  /** Which matrices get an adapter, by name. */
  readonly targets: (name: string) => boolean;
  readonly seed: number;
}

/** The usual choice for the engine's transformers: queries, keys, values and the projection behind them. */
export const attentionMatrices = (name: string): boolean => /\.attn\.(qkv|out)\.weight$/.test(name);

export interface Lora {
  /** What is trained: `NAME.a` [rank,in] and `NAME.b` [out,rank] for each target. */
  readonly adapters: Parameters;
  /** The adapted model's parameters: build any model over them. Each look-up of a target computes W + (alpha / rank) · B A on the tape. */
  readonly parameters: Parameters;
  /** The targets with their change added in, by name, to be stored or run without adapters. */
  merged(): Promise<Map<string, Float32Array>>;
}

/**
 * Low-rank adaptation: the weights W of a trained model stay as they are, and a change B A of low rank is learned beside them. B starts
 * at zero, so training starts from the model as it is. The base may be packed in 8 or 4 bits (QLoRA).
 * Throws: RangeError when no matrix is a target.
 * Source: Hu et al. 2022; Dettmers et al. 2023 (over packed weights).
 */
export function lora(base: Parameters, { rank, alpha, targets, seed }: LoraOptions): Lora {
  const shapesOf = new Map([...base.tensors].map(([name, { shape }]) => [name, shape] as const).concat([...base.packed?.shapes ?? []]));
  const names = [...shapesOf.keys()].filter((name) => targets(name) && shapesOf.get(name)!.length === 2);
  if (names.length === 0) throw new RangeError("lora: no matrix is a target");
  const shapes = new Map<string, Shape>(names.flatMap((name): [string, Shape][] => {
    const [out, from] = shapesOf.get(name) as [number, number];
    return [[`${name}.a`, [rank, from]], [`${name}.b`, [out, rank]]];
  }));
  const draw = random(seed);
  const adapters = trainable(base.backend, shapes, new Map([...shapes].map(([name, shape]) =>
    [name, Float32Array.from({ length: sizeOf(shape) }, () => (name.endsWith(".a") ? draw.normal() / Math.sqrt(shape[1]!) : 0))])));
  // Subtle: no gradient may land in the base, even if it was laid out for training.
  const frozenBase = new Map(
    [...base.tensors].map(([name, x]): [string, Tensor] => [name, { ...x, needsGradient: false, gradient: null }])
  );
  const factor = (name: string, which: "a" | "b"): Tensor => adapters.tensors.get(`${name}.${which}`)!;
  const changed = (name: string): Tensor => {
    const change = matmul(factor(name, "b"), factor(name, "a"));
    return add(frozenBase.get(name) ?? base.packed!.widen(name), scale(change, alpha / rank));
  };
  // Over packed weights the change is not added to the matrix but to what it makes of x: W x + (alpha / rank) · B (A x).
  const packed: PackedReader | undefined = base.packed && {
    ...base.packed,
    linear(x, weight, bias, residual) {
      const y = base.packed!.linear(x, weight, bias, residual);
      if (!y || !names.includes(weight)) return y;
      return add(y, scale(linear(linear(x, factor(weight, "a")), factor(weight, "b")), alpha / rank));
    },
  };
  const tensors = new Map(frozenBase);
  tensors.get = (name) => (names.includes(name) && frozenBase.has(name) ? changed(name) : frozenBase.get(name));
  return {
    adapters,
    parameters: { ...base, tensors, flat: null, ...(packed && { packed }), close: () => undefined },
    merged: async () => new Map(
      await Promise.all(names.map(async (name) => [name, Float32Array.from(await read(changed(name)))] as const))
    ),
  };
}
