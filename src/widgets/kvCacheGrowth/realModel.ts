import { type Chip, type ChipId, chips, type RealModel, type RealModelId, realModels } from "../../../engine/data/configs.ts";
import { kvBytes, weightBytes } from "../../../engine/data/modelCosts.ts";

/** How a real model is served, as the controls say it. */
export interface RealParams {
  readonly realModel: RealModelId;
  readonly realHeads: "own" | "all" | "one";
  readonly cacheBits: "16" | "8" | "4";
  readonly weightBits: "16" | "8" | "4";
  readonly chip: ChipId;
  readonly cards: number;
  readonly conversations: number;
}

export interface Plan {
  readonly model: RealModel;
  readonly chip: Chip;
  readonly cards: number;
  readonly conversations: number;
  readonly weights: number;
  /** Bytes of memory of all cards together. */
  readonly memory: number;
  /** Bytes of all conversations' caches with so many tokens each. */
  cache(tokens: number): number;
  /** The same with another number of key and value heads. */
  cacheWith(heads: RealParams["realHeads"], tokens: number): number;
  /** At the longest context. */
  readonly cacheAtEnd: number;
}

export function planOf({ realModel: id, realHeads, cacheBits, weightBits, chip: chipId, cards, conversations }: RealParams): Plan {
  const model: RealModel = realModels[id], chip: Chip = chips[chipId];
  const cacheWith = (heads: RealParams["realHeads"], tokens: number): number => {
    const bits = Number(cacheBits);
    const options = heads === "own" ? { bits } : { bits, nKvHeads: heads === "all" ? model.nHeads : 1 };
    return conversations * kvBytes(model, tokens, options);
  };
  const cache = (tokens: number): number => cacheWith(realHeads, tokens);
  return {
    model, chip, cards, conversations, weights: weightBytes(model, Number(weightBits)), memory: cards * chip.memory, cache, cacheWith,
    cacheAtEnd: cache(model.contextLength),
  };
}

/** The longest conversations that fit beside the weights, in tokens each; at most the context. */
export function tokensThatFit({ model, weights, memory, cache }: Plan): number {
  let least = 0, most = model.contextLength + 1;
  if (weights + cache(1) > memory) return 0;
  // A cache only grows, so the last length that fits is found by halving.
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (weights + cache(middle) <= memory) least = middle;
    else most = middle;
  }
  return least;
}

/** 42.95 GB, 343.6 GB, 9.66 GB: four digits, 10⁹ bytes. */
export function gigabytes(bytes: number): string {
  const size = bytes / 1e9;
  return `${size >= 99.995 ? size.toFixed(1) : size.toFixed(2)} GB`;
}

/** How many key and value heads each choice means for a model, in words. */
export function headsText(model: RealModel, heads: RealParams["realHeads"]): string {
  if (heads === "own" && model.latent !== undefined) return `a latent vector of ${model.latent} numbers`;
  const count = heads === "own" ? model.nKvHeads : heads === "all" ? model.nHeads : 1;
  return count === 1 ? "one key–value head" : `${count} key–value heads`;
}
