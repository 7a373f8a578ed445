/**
 * The engine as a library: everything a program needs to build, train, run and read a small network. The pages of the book import single
 * modules instead, so that a figure loads only what it runs.
 */
export type { Backend, Counts, Plan } from "./backend.ts";
export { createCpuBackend } from "./backends/cpu/cpuBackend.ts";
export { createReferenceBackend } from "./backends/reference/referenceBackend.ts";
export { createWebGpuBackend } from "./backends/webgpu/webgpu.ts";
export { readConfig, writeConfig } from "./checkpoint/huggingFace.ts";
export { openModel, saveModel } from "./checkpoint/modelDirectory.ts";
export { ModelFileError } from "./checkpoint/modelFileError.ts";
export { parameterShapes } from "./checkpoint/parameterShapes.ts";
export { readSafetensors, writeSafetensors } from "./checkpoint/safetensors.ts";
export { mixtureBatch, tokenStream, windows } from "./data/batches.ts";
export { corpus, story } from "./data/storyGrammar.ts";
export { defineKernel, type Kernel, type Shape, ShapeError } from "./kernel.ts";
export type { DecoderConfig } from "./nn/decoderConfig.ts";
export { decoder } from "./nn/decoder.ts";
export { continueText, generate } from "./nn/generate.ts";
export { frozen, readParameters, trainable } from "./nn/parameters.ts";
export { repeatScores } from "./nn/repeatScores.ts";
export { trainer } from "./nn/trainer.ts";
export { defaultInitialisation, initialWeights, transformer } from "./nn/transformer.ts";
export { add } from "./ops/add.ts";
export { attention } from "./ops/attention.ts";
export { attentionWithPattern } from "./ops/attentionWithPattern.ts";
export { crossEntropy } from "./ops/crossEntropy.ts";
export { embedding } from "./ops/embedding.ts";
export { gelu } from "./ops/gelu.ts";
export { layerNorm } from "./ops/layerNorm.ts";
export { linear } from "./ops/linear.ts";
export { matmul } from "./ops/matmul.ts";
export { meanWhere } from "./ops/meanWhere.ts";
export { multiply } from "./ops/multiply.ts";
export { pickLog } from "./ops/pickLog.ts";
export { rmsNorm } from "./ops/rmsNorm.ts";
export { rope, ropeTable } from "./ops/rope.ts";
export { scale } from "./ops/scale.ts";
export { softmax } from "./ops/softmax.ts";
export { swiglu } from "./ops/swiglu.ts";
export { adamW, defaultAdamW } from "./optim/adamW.ts";
export { learningRateAt } from "./optim/schedule.ts";
export { random } from "./random.ts";
export { candidates, greedy, sample } from "./sampling/sample.ts";
export { apply, backward, free, launch, parameter, read, reshape, scope, type Tensor, tensor } from "./tensor.ts";
export { tokenizerFromMerges } from "./tokenizer/bpe.ts";
export { readTokenizerJson, writeTokenizerJson } from "./tokenizer/tokenizerJson.ts";
export { trainBpe } from "./tokenizer/trainBpe.ts";
