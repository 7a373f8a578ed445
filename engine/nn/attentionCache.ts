import type { Backend } from "../backend.ts";
import { attentionCached } from "../ops/decode.ts";
import type { HeadLayout } from "../ops/rope.ts";
import { type Tensor, tensor } from "../tensor.ts";
import type { DecoderConfig } from "./decoderConfig.ts";

/** The keys and values of one block so far, and how attention reads them: the transformer knows no more of a cache. */
export interface AttentionCache {
  readonly tensors: readonly Tensor[];
  /** Tensors that never change, to be freed with the cache. */
  readonly constants?: readonly Tensor[];
  /** Places are counted in the cache: queries and keys come without rotary positions, and the context is no end. */
  readonly endless?: boolean;
  /** Appends the keys and values of `qkv` at position `offset` and attends over all there are. */
  attend(qkv: Tensor, offset: Tensor, layout: HeadLayout): Tensor;
}

/**
 * Makes an empty cache for every block. A full one slides: the newest id takes the place of the oldest, but for the first `sinks` positions.
 */
export type CacheFactory = (backend: Backend, config: DecoderConfig, capacity: number, sinks?: number) => AttentionCache[];

/** Keys and values [nKvHeads,capacity,dHead] of zeros. */
export function emptyKeyValues(backend: Backend, { nKvHeads, dHead }: DecoderConfig, capacity: number): { keys: Tensor; values: Tensor } {
  const empty = (): Tensor => tensor(backend, [nKvHeads, capacity, dHead], new Float32Array(nKvHeads * capacity * dHead));
  return { keys: empty(), values: empty() };
}

/** Keys and values in float32. Throws: RangeError for ALiBi, which wants an `alibiCache`. */
export const float32Cache: CacheFactory = (backend, config, capacity, sinks = 0) => {
  if (config.position === "alibi") throw new RangeError("float32Cache: ALiBi decodes over an alibiCache");
  return Array.from({ length: config.nLayers }, () => {
    const { keys, values } = emptyKeyValues(backend, config, capacity);
    return { tensors: [keys, values], attend: (qkv, offset, layout) => attentionCached(qkv, { keys, values, sinks }, offset, layout) };
  });
};
