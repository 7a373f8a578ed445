import type { AdaptLoraFrame, AdaptLoraParams } from "./adaptLora.ts";
import type { AttentionByHandFrame, AttentionByHandParams } from "./attentionByHand.ts";
import type { ClassifyPlaneFrame, ClassifyPlaneParams } from "./classifyPlane.ts";
import type { CompareTokenizersFrame, CompareTokenizersParams } from "./compareTokenizers.ts";
import type { ContrastiveFrame, ContrastiveParams } from "./contrastive.ts";
import type { CountLanguagesFrame, CountLanguagesParams } from "./countLanguages.ts";
import type { DescendFrame, DescendParams } from "./descend.ts";
import type { DissectFloatFrame, DissectFloatParams } from "./dissectFloat.ts";
import type { EmbeddingLookupFrame, EmbeddingLookupParams } from "./embeddingLookup.ts";
import type { FitHingesFrame, FitHingesParams } from "./fitHinges.ts";
import type { GenerateFrame, GenerateParams } from "./generateText.ts";
import type { GradientFlowFrame, GradientFlowParams } from "./gradientFlow.ts";
import type { GrammarMaskFrame, GrammarMaskParams } from "./grammarMask.ts";
import type { GrowCacheFrame, GrowCacheParams } from "./growCacheFrame.ts";
import type { HeadGalleryFrame, HeadGalleryParams } from "./headGallery.ts";
import type { InspectFrame, InspectParams } from "./inspect.ts";
import type { LayerSensitivityFrame, LayerSensitivityParams } from "./layerSensitivity.ts";
import type { LearnInductionFrame, LearnInductionParams } from "./learnInduction.ts";
import type { LearnSequencesFrame, LearnSequencesParams } from "./learnSequences.ts";
import type { TaskName } from "./loadTask.ts";
import type { LstmCopyFrame, LstmCopyParams } from "./lstmCopy.ts";
import type { MaskLabFrame, MaskLabParams } from "./maskLab.ts";
import type { ModularAdditionFrame, ModularAdditionParams } from "./modularAddition.ts";
import type { PageMemoryFrame, PageMemoryParams } from "./pageMemory.ts";
import type { PositionWavesFrame, PositionWavesParams } from "./positionWaves.ts";
import type { PredictBlankFrame, PredictBlankParams } from "./predictBlank.ts";
import type { QuantizationLabFrame, QuantizationLabParams } from "./quantizationLab.ts";
import type { RaceBackendsFrame, RaceBackendsParams } from "./raceBackends.ts";
import type { RaceOptimizersFrame, RaceOptimizersParams } from "./raceOptimizers.ts";
import type { RopeClockFrame, RopeClockParams } from "./ropeClock.ts";
import type { SampleBenchFrame, SampleBenchParams } from "./sampleBench.ts";
import type { ScaleModelsFrame, ScaleModelsParams } from "./scaleModels.ts";
import type { ServeRequestsFrame, ServeRequestsParams } from "./serveRequests.ts";
import type { ShuffleTestFrame, ShuffleTestParams } from "./shuffleTest.ts";
import type { SoftmaxSaturationFrame, SoftmaxSaturationParams } from "./softmaxSaturation.ts";
import type { SplitHeadsFrame, SplitHeadsParams } from "./splitHeads.ts";
import type { TimePhasesFrame, TimePhasesParams } from "./timePhases.ts";
import type { TrainBpeFrame, TrainBpeParams } from "./trainBpe.ts";
import type { TrainCnnFrame, TrainCnnParams } from "./trainCnn.ts";
import type { TrainDigitsFrame, TrainDigitsParams } from "./trainDigits.ts";
import type { TrainSkipGramFrame, TrainSkipGramParams } from "./trainSkipGram.ts";
import type { TrainSpiralFrame, TrainSpiralParams } from "./trainSpiral.ts";
import type { TrainTransformerFrame, TrainTransformerParams } from "./trainTransformer.ts";
import type { TranslateSequencesFrame, TranslateSequencesParams } from "./translateSequences.ts";
import type { WalkMinibatchesFrame, WalkMinibatchesParams } from "./walkMinibatches.ts";
import type { WalkTapeFrame, WalkTapeParams } from "./walkTape.ts";

declare const types: unique symbol;

/**
 * A task by name, with the types of its params and frames. The page holds only this; the code is loaded in the worker.
 * Subtle: params appear as a function's argument, so a reference fits a widget whose params are *at least* those of the task.
 */
export interface TaskReference<P = never, F = unknown> {
  readonly name: TaskName;
  /** Training gives way to interactive tasks. */
  readonly training: boolean;
  readonly [types]?: (params: P) => F;
}

const reference = <P, F>(name: TaskName, training = false): TaskReference<P, F> => ({ name, training });

/** Every task there is. A widget names the one that computes its frames. */
export const tasks = {
  adaptLora: reference<AdaptLoraParams, AdaptLoraFrame>("adaptLora", true),
  attentionByHand: reference<AttentionByHandParams, AttentionByHandFrame>("attentionByHand"),
  classifyPlane: reference<ClassifyPlaneParams, ClassifyPlaneFrame>("classifyPlane", true),
  compareTokenizers: reference<CompareTokenizersParams, CompareTokenizersFrame>("compareTokenizers"),
  contrastive: reference<ContrastiveParams, ContrastiveFrame>("contrastive", true),
  countLanguages: reference<CountLanguagesParams, CountLanguagesFrame>("countLanguages"),
  descend: reference<DescendParams, DescendFrame>("descend"),
  dissectFloat: reference<DissectFloatParams, DissectFloatFrame>("dissectFloat"),
  embeddingLookup: reference<EmbeddingLookupParams, EmbeddingLookupFrame>("embeddingLookup"),
  fitHinges: reference<FitHingesParams, FitHingesFrame>("fitHinges"),
  generateText: reference<GenerateParams, GenerateFrame>("generateText"),
  gradientFlow: reference<GradientFlowParams, GradientFlowFrame>("gradientFlow"),
  grammarMask: reference<GrammarMaskParams, GrammarMaskFrame>("grammarMask"),
  growCache: reference<GrowCacheParams, GrowCacheFrame>("growCache"),
  headGallery: reference<HeadGalleryParams, HeadGalleryFrame>("headGallery"),
  inspect: reference<InspectParams, InspectFrame>("inspect"),
  layerSensitivity: reference<LayerSensitivityParams, LayerSensitivityFrame>("layerSensitivity"),
  learnInduction: reference<LearnInductionParams, LearnInductionFrame>("learnInduction", true),
  learnSequences: reference<LearnSequencesParams, LearnSequencesFrame>("learnSequences", true),
  lstmCopy: reference<LstmCopyParams, LstmCopyFrame>("lstmCopy", true),
  maskLab: reference<MaskLabParams, MaskLabFrame>("maskLab"),
  modularAddition: reference<ModularAdditionParams, ModularAdditionFrame>("modularAddition", true),
  pageMemory: reference<PageMemoryParams, PageMemoryFrame>("pageMemory"),
  positionWaves: reference<PositionWavesParams, PositionWavesFrame>("positionWaves"),
  predictBlank: reference<PredictBlankParams, PredictBlankFrame>("predictBlank"),
  quantizationLab: reference<QuantizationLabParams, QuantizationLabFrame>("quantizationLab"),
  raceBackends: reference<RaceBackendsParams, RaceBackendsFrame>("raceBackends"),
  raceOptimizers: reference<RaceOptimizersParams, RaceOptimizersFrame>("raceOptimizers"),
  ropeClock: reference<RopeClockParams, RopeClockFrame>("ropeClock"),
  sampleBench: reference<SampleBenchParams, SampleBenchFrame>("sampleBench"),
  scaleModels: reference<ScaleModelsParams, ScaleModelsFrame>("scaleModels", true),
  serveRequests: reference<ServeRequestsParams, ServeRequestsFrame>("serveRequests"),
  shuffleTest: reference<ShuffleTestParams, ShuffleTestFrame>("shuffleTest"),
  softmaxSaturation: reference<SoftmaxSaturationParams, SoftmaxSaturationFrame>("softmaxSaturation"),
  splitHeads: reference<SplitHeadsParams, SplitHeadsFrame>("splitHeads"),
  timePhases: reference<TimePhasesParams, TimePhasesFrame>("timePhases"),
  trainBpe: reference<TrainBpeParams, TrainBpeFrame>("trainBpe"),
  trainCnn: reference<TrainCnnParams, TrainCnnFrame>("trainCnn", true),
  trainDigits: reference<TrainDigitsParams, TrainDigitsFrame>("trainDigits", true),
  trainSkipGram: reference<TrainSkipGramParams, TrainSkipGramFrame>("trainSkipGram", true),
  trainSpiral: reference<TrainSpiralParams, TrainSpiralFrame>("trainSpiral", true),
  trainTransformer: reference<TrainTransformerParams, TrainTransformerFrame>("trainTransformer", true),
  translateSequences: reference<TranslateSequencesParams, TranslateSequencesFrame>("translateSequences", true),
  walkMinibatches: reference<WalkMinibatchesParams, WalkMinibatchesFrame>("walkMinibatches"),
  walkTape: reference<WalkTapeParams, WalkTapeFrame>("walkTape"),
};
