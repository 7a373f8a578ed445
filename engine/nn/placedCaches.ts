import { attentionPlaced } from "../ops/decodePlaced.ts";
import { ropeTable } from "../ops/rope.ts";
import { tensor } from "../tensor.ts";
import { type CacheFactory, emptyKeyValues } from "./attentionCache.ts";

/** Keys and values in float32 for ALiBi: scores lose what the distance in the text costs, also behind a window. */
export const alibiCache: CacheFactory = (backend, config, capacity, sinks = 0) =>
  Array.from({ length: config.nLayers }, () => {
    const { keys, values } = emptyKeyValues(backend, config, capacity);
    const places = { alibi: true, moved: false };
    return { tensors: [keys, values], attend: (qkv, offset, layout) => attentionPlaced(qkv, { keys, values, sinks }, offset, layout, places) };
  });

/**
 * The cache of StreamingLLM: keys are kept unturned and counted by their place in the cache, so when the oldest leave, the window closes
 * up behind the sinks, no distance grows past the capacity, and a text may run past the context. A few `sinks` (four, say) keep the
 * model's habit of looking at the start.
 *
 * Throws: RangeError for positions that are added to the embedding, which cannot move.
 * Source: Xiao et al. 2023, "Efficient Streaming Language Models with Attention Sinks".
 */
export const streamingCache: CacheFactory = (backend, config, capacity, sinks = 0) => {
  const { position, dHead, ropeBase, ropeScaling, nLayers } = config;
  if (position !== "rope" && position !== "alibi") {
    throw new RangeError(`streamingCache: ${position} positions are added to the embedding and cannot move, rope and alibi can`);
  }
  const table = position === "rope" ? tensor(backend, [capacity, dHead], ropeTable(capacity, dHead, ropeBase, ropeScaling)) : null;
  const places = { alibi: position === "alibi", moved: true, ...(table && { table }) };
  return Array.from({ length: nLayers }, (_, layer) => {
    const { keys, values } = emptyKeyValues(backend, config, capacity);
    return {
      // The table is shared: the first block gives it back.
      tensors: [keys, values], constants: table && layer === 0 ? [table] : [], endless: true,
      attend: (qkv, offset, layout) => attentionPlaced(qkv, { keys, values, sinks }, offset, layout, places),
    };
  });
};
