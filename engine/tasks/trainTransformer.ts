import type { Backend } from "../backend.ts";
import { mixtureBatch } from "../data/batches.ts";
import { readParameters } from "../nn/parameters.ts";
import type { StepReport } from "../nn/reportRing.ts";
import { type Batch, trainer, type TrainerOptions, type TrainerState } from "../nn/trainer.ts";
import { defaultAdamW } from "../optim/adamW.ts";
import { type Baselines, baselines, heldOutBatches } from "./baselines.ts";
import { type Divergence, worst } from "./divergence.ts";
import { type KeptCurve, type LossCurve, lossHistory } from "./lossHistory.ts";
import { type BlockType, nano, nanoConfig } from "./nano.ts";
import { nanoWeights } from "./nanoWeights.ts";
import type { Run, Seam, TakeKind, Task } from "./task.ts";
import type { Sample } from "./trainingSample.ts";
import { type CorpusName, type TrainingText, trainingText } from "./trainingText.ts";

export interface TrainTransformerParams {
  readonly corpus: CorpusName;
  /** The reader's own text, read where `corpus` is "own". */
  readonly text: string;
  readonly block: BlockType;
  /** `shipped`: one is trained on the corpus; or a tokenizer of the reader's, `mine:<hash>`. */
  readonly tokenizer?: string;
  /** Live: the next step uses it. After a divergence a smaller one goes on from the last sound step. */
  readonly learningRate: number;
  /** Live. */
  readonly steps: number;
  /** Live. */
  readonly sampleEvery: number;
  readonly seed: number;
}

export interface TrainTransformerFrame {
  readonly step: number;
  readonly steps: number;
  /** Of the last step; before the first, on the held-out text. Null when there is nothing to train on. */
  readonly loss: number | null;
  readonly curve: LossCurve;
  readonly validation: readonly { readonly step: number; readonly loss: number }[];
  readonly baselines: Baselines | null;
  /** Oldest first. */
  readonly samples: readonly Sample[];
  readonly tokensSeen: number;
  /** Of the last second or so; null before the first. */
  readonly tokensPerSecond: number | null;
  readonly parameters: number;
  readonly vocabSize: number;
  readonly corpus: { readonly documents: number; readonly characters: number; readonly tokens: number; readonly heldOut: number };
  /** What the last step used: the param, but for the warm-up. */
  readonly learningRate: number;
  readonly gradientNorm: number | null;
  readonly diverged: Divergence | null;
  /** Curves of steps that were undone by going back. */
  readonly abandoned: readonly LossCurve[];
  /** Where the run went over to another backend. */
  readonly seams: readonly Seam[];
  /** Why nothing can be trained, in one sentence. */
  readonly fault: string | null;
  readonly finished: boolean;
}

const validateEvery = 25;
/** Tokens of held-out text that are looked at each time: the same for the model and for the baselines. */
const validationTokens = 4096;
const keptSamples = 24;
const soundEvery = 20;
/** Milliseconds of training between two frames. */
const frameTime = 100;
/** Worse than guessing evenly, by this much, this many steps in a row: that is no training any more. */
const runaway = { nats: 1, steps: 3 };

/**
 * Trains a small transformer on a corpus while somebody watches: corpus, tokenizer, batches, AdamW, held-out loss against counting,
 * samples. The first frame is step 0, before anything was learnt. A run is a pure function of its params; a learning rate moved
 * on the way acts on the next step.
 */
export const trainTransformer: Task<TrainTransformerParams, TrainTransformerFrame> = async function* (run) {
  const text = await trainingText(run, run.params.corpus, run.params.text, nano.vocabSize, run.params.tokenizer);
  const fault = faultOf(text);
  if (fault !== null) {
    yield { ...emptyFrame(text, run.params), fault };
    return;
  }
  // What needs no backend is done before one is asked for: a GPU that turns out not to be there has cost the less.
  const measure = await measureOf(text, () => run.breathe());
  const training = await openTraining(run, await run.backend(), text, measure);
  run.take = training.take;
  try {
    yield training.frame();
    for (;;) {
      await training.work();
      yield training.frame();
    }
  } finally {
    training.close();
  }
};

function faultOf({ training, heldOut }: TrainingText): string | null {
  const tokens = training.length + heldOut.length, needed = 2 * nano.time;
  if (training.length > nano.time && heldOut.length > 1 && tokens >= needed) return null;
  return tokens <= 2
    ? "There is no text yet: paste a page or two under More."
    : `This text comes to ${tokens} tokens, and one window of ${nano.time} with something held out needs ${needed}: paste more of it.`;
}

function emptyFrame(text: TrainingText, params: TrainTransformerParams): TrainTransformerFrame {
  const { documents, characters, training, heldOut, tokenizer } = text;
  return {
    step: 0, steps: params.steps, loss: null, curve: { steps: [], losses: [], smooth: [] }, validation: [], baselines: null, samples: [],
    tokensSeen: 0, tokensPerSecond: null, parameters: 0, vocabSize: tokenizer.vocabSize,
    corpus: { documents, characters, tokens: training.length, heldOut: heldOut.length },
    learningRate: 0, gradientNorm: null, diverged: null, abandoned: [], seams: [], fault: null, finished: true,
  };
}

/** File formats are a tenth of this task's code and needed by no frame: a page loads them when a run is kept or handed out. */
const fileFormats = (): Promise<typeof import("./trainingCheckpoint.ts")> => import("./trainingCheckpoint.ts");

/** What a checkpoint holds beside weights and moments. */
interface Notes {
  readonly curve: KeptCurve;
  readonly validation: TrainTransformerFrame["validation"];
  readonly samples: readonly Sample[];
  readonly loss: number;
}

/** The held-out batches of a text, and what counting reaches on them. */
interface Measure {
  readonly heldOut: readonly Batch[];
  readonly baseline: Baselines;
}

/** By text: counting takes a tenth of a second, which a run that is taken up again need not wait for. */
const counted = new WeakMap<TrainingText, Measure>();

async function measureOf(text: TrainingText, breathe: () => Promise<void>): Promise<Measure> {
  const known = counted.get(text);
  if (known) return known;
  const { rows, time } = nano;
  const heldOut = heldOutBatches(text.heldOut, rows, time, validationTokens / (rows * time));
  const made = { heldOut, baseline: await baselines(text.training, heldOut, text.tokenizer.vocabSize, breathe) };
  counted.set(text, made);
  return made;
}

async function openTraining(run: Run<TrainTransformerParams>, backend: Backend, text: TrainingText, { heldOut, baseline }: Measure) {
  const { params } = run;
  const { seed } = params;
  const config = nanoConfig(params.block, text.tokenizer.vocabSize);
  const { rows, time, warmup } = nano;
  const options: TrainerOptions = {
    config, rows, time, shards: 1, optimizer: defaultAdamW, heads: [], headWeight: () => 0,
    schedule: { peak: params.learningRate, steps: params.steps, warmup, decay: "none", final: 1 },
  };
  const mixture = { rows, time, seed, streams: [{ ids: text.training, share: 1 }], repeats: 0, randomIds: 0, attend: false };
  const resumed = run.resume ? (await fileFormats()).readTraining<Notes>(run.resume) : null;

  await run.breathe();
  let sound: TrainerState = resumed?.state ?? { step: 0, parameters: nanoWeights(params.block, config.vocabSize, seed), m: null, v: null };
  await run.breathe();
  let current = trainer(backend, options, sound);
  /** Weights that are kept as sound once the next step's loss has shown that they are: a step's loss is that of the weights before it. */
  let candidate: TrainerState | null = null;
  const history = lossHistory(400, resumed?.notes.curve);
  let validation = [...(resumed?.notes.validation ?? [])];
  let samples = [...(resumed?.notes.samples ?? [])];
  let loss = resumed?.notes.loss ?? 0;
  let gradientNorm: number | null = null;
  let diverged: Divergence | null = null;
  let bad = 0;
  const abandoned: LossCurve[] = [];
  let rate = 0, setting = params.learningRate;
  let speed: number | null = null;
  let betweenSteps: Promise<void> = Promise.resolve();
  /** A run that was interrupted shows its next step as soon as there is one. */
  let hurry = resumed !== null;

  const validate = async (): Promise<void> => {
    let sum = 0;
    for (const batch of heldOut) {
      sum += await current.evaluate([batch]);
      await run.breathe();
    }
    validation.push({ step: current.step, loss: sum / heldOut.length });
  };
  const draw = async (): Promise<void> => {
    // Decoding is loaded with the first sample, after the first frame.
    const { drawSample } = await import("./trainingSample.ts");
    samples.push(await drawSample(current, text, seed, run));
    // The first and the latest tell most: of those between, every second goes when there are too many.
    if (samples.length > keptSamples) samples = samples.filter((_, n) => n % 2 === 0 || n === samples.length - 1);
  };
  const keep = async (): Promise<void> => {
    if (bad === 0) candidate = await current.state();
  };

  /** Looks at the reports since the last time; false when the training ran away. */
  const judge = async (reports: readonly StepReport[]): Promise<boolean> => {
    for (const report of reports) {
      const finite = report.nonFinite === 0 && Number.isFinite(report.loss) && Number.isFinite(report.gradientNorm);
      bad = report.loss > baseline.uniform + runaway.nats ? bad + 1 : 0;
      if (finite) {
        history.push(report.loss);
        ({ loss, gradientNorm } = report);
        if (candidate && bad === 0 && report.step > candidate.step) {
          sound = candidate;
          candidate = null;
        }
      }
      if (finite && bad < runaway.steps) continue;
      diverged = {
        step: report.step, loss: Number.isFinite(report.loss) ? report.loss : null, learningRate: params.learningRate, finite,
        gradientNorm: finite ? report.gradientNorm : null, tensor: worst(await readParameters(current.model.parameters, "gradients")),
        soundStep: sound.step,
      };
      return false;
    }
    return true;
  };

  const step = async (): Promise<void> => {
    // What is about to be risked is kept first.
    if (params.learningRate > setting) await keep();
    setting = params.learningRate;
    rate = setting * Math.min(1, (current.step + 1) / warmup);
    current.learningRate = rate;
    current.begin(mixtureBatch(mixture, current.step));
    await current.ready();
    while (!current.advance(12)) await run.breathe();
    const { step: done } = current;
    const isSample = done % params.sampleEvery === 0, isValidation = done % validateEvery === 0, isEnd = done >= params.steps;
    // Reading back is free on the CPU; a GPU would stand still each time.
    if (backend.kind !== "webgpu" || done % 8 === 0 || isSample || isValidation || isEnd) {
      if (!(await judge(await current.reports()))) return;
    }
    if (done % soundEvery === 0) await keep();
    if (isValidation || isEnd) await validate();
    if (isSample || isEnd) await draw();
  };

  const goBack = (): void => {
    current.close();
    current = trainer(backend, options, sound);
    abandoned.push(history.truncate(sound.step));
    validation = validation.filter((point) => point.step <= sound.step);
    samples = samples.filter((sample) => sample.step <= sound.step);
    loss = history.curve().losses.at(-1) ?? validation.at(-1)?.loss ?? loss;
    diverged = null;
    candidate = null;
    gradientNorm = null;
    bad = 0;
  };

  const work = async (): Promise<void> => {
    if (diverged) {
      while (params.learningRate >= diverged.learningRate) await run.changed();
      return goBack();
    }
    if (samples.length === 0) {
      await draw();
      // What is written with nothing learnt is seen before the first step; who presses Step wants the step as well.
      if (!run.single && current.step === 0) return;
    }
    while (current.step >= params.steps) await run.changed();
    const begun = performance.now(), first = current.step;
    const budget = run.single || hurry ? 0 : frameTime;
    hurry = false;
    do {
      const ended = step();
      betweenSteps = ended.catch(() => undefined);
      await ended;
      await run.breathe();
    } while (!diverged && current.step < params.steps && performance.now() - begun < budget);
    const now = ((current.step - first) * rows * time * 1000) / Math.max(1, performance.now() - begun);
    speed = speed === null ? now : 0.9 * speed + 0.1 * now;
  };

  if (!resumed) {
    await validate();
    loss = validation[0]!.loss;
  }
  const parameters = [...sound.parameters.values()].reduce((sum, { length }) => sum + length, 0);
  return {
    work,
    frame: (): TrainTransformerFrame => ({
      ...emptyFrame(text, params), step: current.step, loss, curve: history.curve(), validation: validation.slice(), baselines: baseline,
      samples: samples.slice(), tokensSeen: current.step * rows * time, tokensPerSecond: speed, parameters, learningRate: rate,
      gradientNorm, diverged, abandoned: abandoned.slice(), seams: run.seams ?? [], finished: !diverged && current.step >= params.steps,
    }),
    /** A model (with config.json and tokenizer.json in its metadata) or all that is needed to go on, between two steps. */
    take: async (kind: TakeKind): Promise<Uint8Array> => {
      if (kind === "tokenizer" || kind === "profile") throw new Error(`trainTransformer: a ${kind} is not handed out`);
      await betweenSteps;
      const state = diverged ? sound : await current.state();
      const { writeTraining, writeTrainedModel } = await fileFormats();
      if (kind === "checkpoint") {
        return writeTraining<Notes>(state, { curve: { ...history.curve(), stride: history.stride() }, validation, samples, loss });
      }
      return writeTrainedModel(config, state, text.tokenizer, { ...params, text: undefined, step: state.step, heldOutLoss: validation.at(-1)?.loss });
    },
    close: () => current.close(),
  };
}
