// The hot kernels of the CPU backend. Every export is called by name from the `wasm` property of a kernel in engine/ops.
export { adamW, squaredNorm } from "./adamW";
export { add, copy, fill, multiply, plainProduct, scale } from "./elementwise";
export { attention, attentionDecode, attentionGradient } from "./attention";
export { attentionMix, attentionMixPatternGradient, attentionMixValueGradient, attentionScores, attentionScoresGradient } from "./pattern";
export { conv2d, conv2dInputGradient, conv2dWeightGradient } from "./conv";
export { cacheAppend, embedding, embeddingGradient, positionsGradient, rope } from "./embedding";
export { relu, reluGradient, sigmoid, sigmoidGradient, silu, siluGradient, tanh, tanhGradient } from "./curves";
export { gruCell, gruCellGradient, lstmCell, lstmCellGradient } from "./cells";
export { columnSums, gemm } from "./gemm";
export { crossEntropy, crossEntropyGradient, softmax, softmaxGradient } from "./softmax";
export { exp } from "./exp";
export { geluErf, geluErfGradient } from "./normal";
export { log, logGradient, softplus, softplusGradient } from "./logarithm";
export { gelu, geluGradient, swiglu, swigluGradient } from "./activation";
export { layerNorm, layerNormGradient, rmsNorm, rmsNormGradient } from "./norm";
export { attentionDecodeInt8, linearInt4, linearInt8 } from "./packed";
export { reserveScratch } from "./scratch";
