import type { DecoderConfig } from "../nn/decoderConfig.ts";

/** The book's family of small language models, GPT-2-type: tied embeddings, learned positions, biases, MLPs four times as wide. */
export type PresetName = "nano" | "micro" | "mini";

interface Preset {
  readonly vocabSize: number;
  readonly dModel: number;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly contextLength: number;
  /** Sequences in a batch of training. */
  readonly rows: number;
}

/** 136,960, 940,800 and 3,111,936 parameters. `mini` is what a graphics card is for. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  nano: { vocabSize: 512, dModel: 64, nLayers: 2, nHeads: 4, contextLength: 64, rows: 8 },
  micro: { vocabSize: 1024, dModel: 128, nLayers: 4, nHeads: 4, contextLength: 128, rows: 8 },
  mini: { vocabSize: 2048, dModel: 192, nLayers: 6, nHeads: 6, contextLength: 256, rows: 4 },
};

export function presetConfig(name: PresetName): DecoderConfig {
  const { vocabSize, dModel, nLayers, nHeads, contextLength } = presets[name];
  return {
    vocabSize, contextLength, dModel, nLayers, nHeads, nKvHeads: nHeads, dHead: dModel / nHeads, dMlp: 4 * dModel,
    position: "learned", ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
  };
}
