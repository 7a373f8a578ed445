import type { DecoderConfig } from "../nn/decoderConfig.ts";

/** A small configuration of each family, its sizes different wherever a mix-up could hide. */
export const gpt2: DecoderConfig = {
  vocabSize: 7, contextLength: 5, dModel: 6, nLayers: 2, nHeads: 3, nKvHeads: 3, dHead: 2, dMlp: 8,
  position: "learned", ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
};

export const llama: DecoderConfig = {
  ...gpt2, nHeads: 4, nKvHeads: 2, dHead: 4, position: "rope", norm: "rms", activation: "swiglu", bias: false, tied: false,
};
