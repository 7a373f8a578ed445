import type { DecoderConfig } from "./decoderConfig.ts";

/** Multiply–adds of the matrices of all blocks for one token: queries, keys, values, output projection and MLP. */
export function blockMultiplyAdds({ nLayers, dModel, nHeads, nKvHeads, dHead, dMlp, activation, attentionOnly }: DecoderConfig): number {
  const attention = (2 * nHeads + 2 * nKvHeads) * dHead * dModel;
  const mlp = attentionOnly ? 0 : (activation === "swiglu" ? 3 : 2) * dMlp * dModel;
  return nLayers * (attention + mlp);
}

/** Multiply–adds of one query with `keys` keys and values in all layers: a dot product and a share of the mix for each. */
export const attendMultiplyAdds = ({ nLayers, nHeads, dHead }: DecoderConfig, keys: number): number => 2 * nLayers * nHeads * dHead * keys;

/**
 * Multiply–adds for the logits of the next token from a cache that then holds `keys` tokens: each matrix once, and one query against
 * the keys.
 * Norms, rotations and softmax are left out; they are below 2 % in the models of this book.
 */
export function cachedStep(config: DecoderConfig, keys: number): number {
  return blockMultiplyAdds(config) + attendMultiplyAdds(config, keys) + config.vocabSize * config.dModel;
}

/** The same from nothing but the ids: every one of the `tokens` goes through all blocks again, and only the last is unembedded. */
export function uncachedStep(config: DecoderConfig, tokens: number): number {
  return tokens * blockMultiplyAdds(config) + attendMultiplyAdds(config, (tokens * (tokens + 1)) / 2) + config.vocabSize * config.dModel;
}

/** Bytes that one token adds to the cache of one layer: 32 bits a number, or 8 with a 32-bit scale for each head's key and value. */
export function cacheBytesPerLayer({ nKvHeads, dHead }: DecoderConfig, store: "float32" | "int8"): number {
  return 2 * nKvHeads * (store === "int8" ? dHead + 4 : 4 * dHead);
}
