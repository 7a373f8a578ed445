import { attentionCachedInt8 } from "../ops/decodeInt8.ts";
import { type Tensor, tensor } from "../tensor.ts";
import type { CacheFactory } from "./attentionCache.ts";

/** Keys and values in 8 bits a number, with a scale for each head and position: about a quarter of the memory. dHead must be a multiple of 4. */
export const int8Cache: CacheFactory = (backend, { nKvHeads, dHead, nLayers, position }, capacity, sinks = 0) => {
  if (position === "alibi") throw new RangeError("int8Cache: ALiBi decodes over an alibiCache");
  const words = (): Tensor => tensor(backend, [nKvHeads, capacity, dHead / 4], new Int32Array((nKvHeads * capacity * dHead) / 4), "i32");
  const scales = (): Tensor => tensor(backend, [nKvHeads, capacity], new Float32Array(nKvHeads * capacity));
  return Array.from({ length: nLayers }, () => {
    const [keys, values, keyScales, valueScales] = [words(), words(), scales(), scales()];
    return {
      tensors: [keys, values, keyScales, valueScales],
      attend: (qkv, offset, layout) => attentionCachedInt8(qkv, { keys, values, keyScales, valueScales, sinks }, offset, layout),
    };
  });
};
