import type { Catalogue } from "../widget/figure.ts";

/** Every widget there is, by id. The code of one is loaded when its figure comes near. */
export const widgets: Catalogue = {
  "attention-by-hand": async () => (await import("./attentionByHand.ts")).attentionByHand,
  "attention-heatmap": async () => (await import("./attentionHeatmap.ts")).attentionHeatmap,
  "backprop-stepper": async () => (await import("./backpropStepper.ts")).backpropStepper,
  "bpe-trainer": async () => (await import("./bpeTrainer.ts")).bpeTrainer,
  "causal-mask-lab": async () => (await import("./causalMaskLab.ts")).causalMaskLab,
  "decision-playground": async () => (await import("./decisionPlayground.ts")).decisionPlayground,
  "descent-1d": async () => (await import("./descent1d.ts")).descent1d,
  "float-dissector": async () => (await import("./floatDissector.ts")).floatDissector,
  "gradient-flow": async () => (await import("./gradientFlow.ts")).gradientFlow,
  "gpu-cpu-race": async () => (await import("./gpuCpuRace.ts")).gpuCpuRace,
  "grammar-mask": async () => (await import("./grammarMask.ts")).grammarMask,
  "hinge-sculptor": async () => (await import("./hingeSculptor.ts")).hingeSculptor,
  "kv-cache-growth": async () => (await import("./kvCacheGrowth.ts")).kvCacheGrowth,
  "layer-sensitivity": async () => (await import("./layerSensitivity.ts")).layerSensitivity,
  "paged-blocks": async () => (await import("./pagedBlocks.ts")).pagedBlocks,
  "loss-curve-lab": async () => (await import("./lossCurveLab.ts")).lossCurveLab,
  "predict-the-blank": async () => (await import("./predictTheBlank.ts")).predictTheBlank,
  "prefill-vs-decode": async () => (await import("./prefillVsDecode.ts")).prefillVsDecode,
  "quantization-error-lab": async () => (await import("./quantizationErrorLab.ts")).quantizationErrorLab,
  "head-gallery": async () => (await import("./headGallery.ts")).headGallery,
  "head-splitter": async () => (await import("./headSplitter.ts")).headSplitter,
  "sampler-bench": async () => (await import("./samplerBench.ts")).samplerBench,
  "serving-simulator": async () => (await import("./servingSimulator.ts")).servingSimulator,
  "train-tiny-gpt": async () => (await import("./trainTinyGpt.ts")).trainTinyGpt,
};
