import type { Backend } from "../backend.ts";
import { attentionCached } from "../ops/decode.ts";
import type { HeadLayout } from "../ops/rope.ts";
import { type Tensor, tensor } from "../tensor.ts";
import type { DecoderConfig } from "./decoderConfig.ts";

/** The keys and values of one block so far, and how attention reads them: the transformer knows no more of a cache. */
export interface AttentionCache {
  readonly tensors: readonly Tensor[];
  /** Appends the keys and values of `qkv` at position `offset` and attends over all there are. */
  attend(qkv: Tensor, offset: Tensor, layout: HeadLayout): Tensor;
}

/**
 * Makes an empty cache for every block. A full one slides: the newest id takes the place of the oldest, but for the first `sinks` positions.
 */
export type CacheFactory = (backend: Backend, config: DecoderConfig, capacity: number, sinks?: number) => AttentionCache[];

/** Keys and values [nKvHeads,capacity,dHead] in float32. */
export const float32Cache: CacheFactory = (backend, { nKvHeads, dHead, nLayers }, capacity, sinks = 0) => {
  const empty = (): Tensor => tensor(backend, [nKvHeads, capacity, dHead], new Float32Array(nKvHeads * capacity * dHead));
  return Array.from({ length: nLayers }, () => {
    const [keys, values] = [empty(), empty()];
    return { tensors: [keys, values], attend: (qkv, offset, layout) => attentionCached(qkv, { keys, values, sinks }, offset, layout) };
  });
};
