import { type Shape, sizeOf } from "../kernel.ts";
import { add } from "../ops/add.ts";
import { matmul } from "../ops/matmul.ts";
import { scale } from "../ops/scale.ts";
import { random } from "../random.ts";
import { read, type Tensor } from "../tensor.ts";
import { type Parameters, trainable } from "./parameters.ts";

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
 * at zero, so training starts from the model as it is.
 * Throws: RangeError when no matrix is a target.
 * Source: Hu et al. 2022.
 */
export function lora(base: Parameters, { rank, alpha, targets, seed }: LoraOptions): Lora {
  const names = [...base.tensors.keys()].filter((name) => targets(name) && base.tensors.get(name)!.shape.length === 2);
  if (names.length === 0) throw new RangeError("lora: no matrix is a target");
  const shapes = new Map<string, Shape>(names.flatMap((name): [string, Shape][] => {
    const [out, from] = base.tensors.get(name)!.shape as [number, number];
    return [[`${name}.a`, [rank, from]], [`${name}.b`, [out, rank]]];
  }));
  const draw = random(seed);
  const adapters = trainable(base.backend, shapes, new Map([...shapes].map(([name, shape]) =>
    [name, Float32Array.from({ length: sizeOf(shape) }, () => (name.endsWith(".a") ? draw.normal() / Math.sqrt(shape[1]!) : 0))])));
  // Subtle: no gradient may land in the base, even if it was laid out for training.
  const frozenBase = new Map(
    [...base.tensors].map(([name, x]): [string, Tensor] => [name, { ...x, needsGradient: false, gradient: null }])
  );
  const changed = (name: string): Tensor => {
    const change = matmul(adapters.tensors.get(`${name}.b`)!, adapters.tensors.get(`${name}.a`)!);
    return add(frozenBase.get(name)!, scale(change, alpha / rank));
  };
  const tensors = new Map(frozenBase);
  tensors.get = (name) => (names.includes(name) ? changed(name) : frozenBase.get(name));
  return {
    adapters,
    parameters: { ...base, tensors, flat: null, close: () => undefined },
    merged: async () => new Map(
      await Promise.all(names.map(async (name) => [name, Float32Array.from(await read(changed(name)))] as const))
    ),
  };
}
