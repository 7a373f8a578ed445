import type { RealModel } from "./configs.ts";

export interface CacheOptions {
  /** Bits of a stored number; 16 when absent. Scales of quantized caches are left out. */
  readonly bits?: number;
  /** Key and value heads, in place of the model's own. */
  readonly nKvHeads?: number;
}

/**
 * Numbers that one layer keeps for one token: 2 · nKvHeads · dHead, or the length of its latent vector. A latent vector
 * takes the place of the heads, so that their number does not matter; with other `nKvHeads` it is left aside.
 */
export function kvNumbersPerLayer(model: RealModel, { nKvHeads }: CacheOptions = {}): number {
  return nKvHeads === undefined && model.latent !== undefined ? model.latent : 2 * (nKvHeads ?? model.nKvHeads) * model.dHead;
}

/**
 * Bytes of keys and values that a token adds while nothing falls out of a window: 2 · layers · KV heads · head width · bytes.
 * For Llama 3 70B in 16 bits 2 · 80 · 8 · 128 · 2 = 327,680.
 */
export function kvBytesPerToken(model: RealModel, options: CacheOptions = {}): number {
  return (model.nLayers * kvNumbersPerLayer(model, options) * (options.bits ?? 16)) / 8;
}

/** Bytes of the cache of one sequence of `tokens`; a layer with a window keeps no more than that. */
export function kvBytes(model: RealModel, tokens: number, options: CacheOptions = {}): number {
  const { sliding, nLayers } = model;
  const short = sliding?.layers ?? 0;
  const kept = (nLayers - short) * tokens + short * Math.min(tokens, sliding?.window ?? tokens);
  return (kept * kvBytesPerToken(model, options)) / nLayers;
}

/** Bytes of the weights at so many bits each, without scales. */
export const weightBytes = ({ parameters }: RealModel, bits: number): number => (parameters * bits) / 8;
