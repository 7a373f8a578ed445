import type { Task } from "./task.ts";

/** Apart from the names in `index.ts`, which every page carries: the list of what each task's code needs is longer than they are. */
const loaders = {
  attentionByHand: async () => (await import("./attentionByHand.ts")).attentionByHand,
  classifyPlane: async () => (await import("./classifyPlane.ts")).classifyPlane,
  compareTokenizers: async () => (await import("./compareTokenizers.ts")).compareTokenizers,
  countLanguages: async () => (await import("./countLanguages.ts")).countLanguages,
  descend: async () => (await import("./descend.ts")).descend,
  dissectFloat: async () => (await import("./dissectFloat.ts")).dissectFloat,
  embeddingLookup: async () => (await import("./embeddingLookup.ts")).embeddingLookup,
  positionWaves: async () => (await import("./positionWaves.ts")).positionWaves,
  ropeClock: async () => (await import("./ropeClock.ts")).ropeClock,
  shuffleTest: async () => (await import("./shuffleTest.ts")).shuffleTest,
  trainSkipGram: async () => (await import("./trainSkipGram.ts")).trainSkipGram,
  fitHinges: async () => (await import("./fitHinges.ts")).fitHinges,
  generateText: async () => (await import("./generateText.ts")).generateText,
  growCache: async () => (await import("./growCache.ts")).growCache,
  gradientFlow: async () => (await import("./gradientFlow.ts")).gradientFlow,
  headGallery: async () => (await import("./headGallery.ts")).headGallery,
  grammarMask: async () => (await import("./grammarMask.ts")).grammarMask,
  inspect: async () => (await import("./inspect.ts")).inspect,
  pageMemory: async () => (await import("./pageMemory.ts")).pageMemory,
  predictBlank: async () => (await import("./predictBlank.ts")).predictBlank,
  layerSensitivity: async () => (await import("./layerSensitivity.ts")).layerSensitivity,
  maskLab: async () => (await import("./maskLab.ts")).maskLab,
  quantizationLab: async () => (await import("./quantizationLab.ts")).quantizationLab,
  raceBackends: async () => (await import("./raceBackends.ts")).raceBackends,
  raceOptimizers: async () => (await import("./raceOptimizers.ts")).raceOptimizers,
  sampleBench: async () => (await import("./sampleBench.ts")).sampleBench,
  serveRequests: async () => (await import("./serveRequests.ts")).serveRequests,
  softmaxSaturation: async () => (await import("./softmaxSaturation.ts")).softmaxSaturation,
  splitHeads: async () => (await import("./splitHeads.ts")).splitHeads,
  timePhases: async () => (await import("./timePhases.ts")).timePhases,
  trainBpe: async () => (await import("./trainBpe.ts")).trainBpe,
  trainDigits: async () => (await import("./trainDigits.ts")).trainDigits,
  trainTransformer: async () => (await import("./trainTransformer.ts")).trainTransformer,
  adaptLora: async () => (await import("./adaptLora.ts")).adaptLora,
  contrastive: async () => (await import("./contrastive.ts")).contrastive,
  learnInduction: async () => (await import("./learnInduction.ts")).learnInduction,
  learnSequences: async () => (await import("./learnSequences.ts")).learnSequences,
  lstmCopy: async () => (await import("./lstmCopy.ts")).lstmCopy,
  modularAddition: async () => (await import("./modularAddition.ts")).modularAddition,
  scaleModels: async () => (await import("./scaleModels.ts")).scaleModels,
  trainCnn: async () => (await import("./trainCnn.ts")).trainCnn,
  trainSpiral: async () => (await import("./trainSpiral.ts")).trainSpiral,
  translateSequences: async () => (await import("./translateSequences.ts")).translateSequences,
  walkMinibatches: async () => (await import("./walkMinibatches.ts")).walkMinibatches,
  walkTape: async () => (await import("./walkTape.ts")).walkTape,
};

export type TaskName = keyof typeof loaders;

/** Loads the code of a task. Throws: RangeError for a name that is none. */
export async function loadTask(name: string): Promise<Task<Readonly<Record<string, unknown>>, unknown>> {
  if (!Object.hasOwn(loaders, name)) throw new RangeError(`loadTask: no task is called "${name}"`);
  // The caller's params were checked against the widget's schema, and `defineWidget` against the task's params.
  return (await loaders[name as TaskName]()) as Task<never, unknown> as Task<Readonly<Record<string, unknown>>, unknown>;
}
