import type { DecoderConfig } from "../nn/decoderConfig.ts";

/** How the blocks of the model are made: as in GPT-2 or as in Llama. */
export type BlockType = "gpt2" | "llama";

/** The smallest of the book's language models, made to be trained while one watches. */
export const nano = { vocabSize: 512, rows: 8, time: 64, warmup: 20 } as const;

/**
 * The configuration of `nano`: 2 layers of width 64 with 4 heads over 64 positions. With 512 tokens the GPT-2 type (learned positions,
 * LayerNorm, GELU, biases, tied) has 136,960 parameters, the Llama type (RoPE, RMSNorm, SwiGLU, no biases) 131,904.
 */
export function nanoConfig(block: BlockType, vocabSize: number): DecoderConfig {
  const common = {
    vocabSize, contextLength: nano.time, dModel: 64, nLayers: 2, nHeads: 4, nKvHeads: 4, dHead: 16, ropeBase: 10_000, normEpsilon: 1e-5, tied: true,
  };
  return block === "gpt2"
    ? { ...common, dMlp: 256, position: "learned", norm: "layer", activation: "gelu", bias: true }
    : { ...common, dMlp: 172, position: "rope", norm: "rms", activation: "swiglu", bias: false };
}
