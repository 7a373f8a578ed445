import type { DecoderConfig } from "./decoderConfig.ts";

/** Named weights of a model, as plain arrays. */
type Weights = ReadonlyMap<string, Float32Array>;

/**
 * Gives a trained model fewer key and value heads: the keys of each group of heads become their mean, and so do the values. Nothing is
 * trained afterwards, so the model gets worse; grouped-query models are made like this and then trained for some time more.
 * Subtle: RoPE turns all heads by the same angle, so the mean of rotated keys is the rotated mean, and pooling the weights suffices.
 *
 * Throws: RangeError when the heads cannot be divided into so many groups.
 * Source: Ainslie et al. 2023, section 2.1.
 */
export function poolHeads(config: DecoderConfig, weights: Weights, nKvHeads: number): { config: DecoderConfig; weights: Weights } {
  const { nHeads, nKvHeads: had, dHead, nLayers } = config;
  if (!(nKvHeads >= 1 && had % nKvHeads === 0)) throw new RangeError(`poolHeads: ${had} heads cannot be pooled into ${nKvHeads}`);
  const group = had / nKvHeads;
  /** Rows are query heads, key heads, value heads; each row has `width` numbers (1 for a bias). */
  const pooled = (rows: Float32Array, width: number): Float32Array => {
    const head = dHead * width;
    const out = new Float32Array((nHeads + 2 * nKvHeads) * head);
    out.set(rows.subarray(0, nHeads * head));
    for (let to = 0; to < 2 * nKvHeads; to++) {
      for (let i = 0; i < head; i++) {
        let sum = 0;
        for (let member = 0; member < group; member++) sum += rows[(nHeads + to * group + member) * head + i]!;
        out[(nHeads + to) * head + i] = sum / group;
      }
    }
    return out;
  };
  const changed = new Map(weights);
  for (let layer = 0; layer < nLayers; layer++) {
    for (const [part, width] of [["weight", config.dModel], ["bias", 1]] as const) {
      const name = `blocks.${layer}.attn.qkv.${part}`;
      const rows = weights.get(name);
      if (rows) changed.set(name, pooled(rows, width));
    }
  }
  return { config: { ...config, nKvHeads }, weights: changed };
}
