/** One head alone, or what a layer or a whole model does together. */
export type AttentionMixture = "head" | "average" | "maximum" | "averageAll" | "maximumAll" | "rollout";

export interface AttentionPatterns {
  /** [layers,heads,query,key], each row a distribution. */
  readonly patterns: Float32Array;
  readonly layers: number;
  readonly heads: number;
  /** Queries, and as many keys. */
  readonly size: number;
}

/**
 * One matrix [query,key] from the patterns of many heads. `average` and `maximum` go over the heads of the layer, `averageAll` and
 * `maximumAll` over those of every layer; `rollout` follows the layers from the first to this one. A maximum's rows need not sum to 1.
 */
export function mixAttention(from: AttentionPatterns, mixture: AttentionMixture, layer: number, head: number): Float32Array {
  const { layers, heads } = from;
  const layersOf = mixture === "average" || mixture === "maximum" ? [layer] : Array.from({ length: layers }, (_, l) => l);
  switch (mixture) {
    case "head": return patternOf(from, layer, head);
    case "rollout": return rollout(from, layer);
    default: {
      const parts = layersOf.flatMap((l) => Array.from({ length: heads }, (_, h) => patternOf(from, l, h)));
      const isAverage = mixture === "average" || mixture === "averageAll";
      return parts[0]!.map((_, cell) => (isAverage ? parts.reduce((sum, one) => sum + one[cell]!, 0) / parts.length
        : parts.reduce((most, one) => Math.max(most, one[cell]!), 0)));
    }
  }
}

/** The pattern of one head, without a copy. */
export function patternOf({ patterns, heads, size }: AttentionPatterns, layer: number, head: number): Float32Array {
  const from = (layer * heads + head) * size * size;
  return patterns.subarray(from, from + size * size);
}

/**
 * How much of each position's vector after `layer` comes from each token, if every layer passed on half of what it got unchanged and
 * half through the average of its heads: R_l = ½ (I + mean A_l) R_{l−1}, with R_{−1} = I. Rows sum to 1.
 * Source: Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers", equation 1 and section 3.
 */
export function rollout(from: AttentionPatterns, layer: number): Float32Array {
  const { size } = from;
  let flow = Float64Array.from({ length: size * size }, (_, cell) => (cell % (size + 1) === 0 ? 1 : 0));
  for (let l = 0; l <= layer; l++) {
    const mean = mixAttention(from, "average", l, 0);
    const next = flow.map((own) => own / 2);
    for (let query = 0; query < size; query++) {
      for (let middle = 0; middle < size; middle++) {
        const half = mean[query * size + middle]! / 2;
        if (half === 0) continue;
        for (let key = 0; key < size; key++) next[query * size + key]! += half * flow[middle * size + key]!;
      }
    }
    flow = next;
  }
  return Float32Array.from(flow);
}
