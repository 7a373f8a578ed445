import { digitClasses, digitsPack, readDigits } from "../data/digits.ts";
import { learningRateAt, type Schedule } from "../optim/schedule.ts";
import { type CurveReading, type Look, readCurves } from "./curveReading.ts";
import { type DigitRecipe, type DigitState, digitTraining, heldOut } from "./digitTraining.ts";
import type { Divergence } from "./divergence.ts";
import { type KeptCurve, type LossCurve, lossHistory } from "./lossHistory.ts";
import type { Run, TakeKind, Task } from "./task.ts";

export interface TrainDigitsParams extends DigitRecipe {
  /** Live: the next step uses it. After a divergence a smaller one goes on from the last sound step. */
  readonly learningRate: number;
  readonly schedule: ScheduleName;
  /** Live: a longer run goes on. */
  readonly steps: number;
  /** Steps already taken in the first frame. */
  readonly headStart: number;
}

export type ScheduleName = "constant" | "warmup" | "cosine" | "linear";

export interface DigitLook extends Look {
  /** Shares of pictures named rightly. */
  readonly trainingAccuracy: number;
  readonly validationAccuracy: number;
}

export interface TrainDigitsFrame {
  readonly step: number;
  readonly steps: number;
  /** Of the last step's batch; before the first, of the training examples. */
  readonly loss: number;
  /** Batch losses; each point may stand for several steps. */
  readonly curve: LossCurve;
  /** At the steps of `curve`: norm of the gradient before clipping, and learning rate. */
  readonly gradientNorms: readonly number[];
  readonly rates: readonly number[];
  readonly looks: readonly DigitLook[];
  readonly reading: CurveReading;
  /** The loss of guessing evenly among ten digits. */
  readonly guess: number;
  readonly examples: number;
  readonly heldOut: number;
  readonly parameters: number;
  /** Times that every example was seen, with parts. */
  readonly epochs: number;
  readonly diverged: Divergence | null;
  /** Curves of steps that were undone by going back. */
  readonly abandoned: readonly LossCurve[];
  readonly finished: boolean;
}

const guess = Math.log(digitClasses);
const stepsPerFrame = 5, lookEvery = 10, soundEvery = 20;
/** Worse than guessing evenly, by this much, in so many of the last steps: that is no training any more. */
const runaway = { nats: 1, steps: 3, of: 5 };
/** The share of the run over which a warm-up rises. */
const warmupShare = 0.1;

/**
 * Trains a perceptron on handwritten digits while somebody watches both losses: momentum 0.9, cross-entropy, looks at 500 held-out
 * pictures every ten steps, and a reading of the curves' shape. A run is a pure function of its params and of when live ones moved; a
 * learning rate moved after its end begins another.
 */
export const trainDigits: Task<TrainDigitsParams, TrainDigitsFrame> = async function* (run) {
  let training = await openTraining(run, run.resume);
  try {
    if (!run.single) await training.advance(Math.min(run.params.headStart, run.params.steps));
    for (;;) {
      run.take = training.take;
      yield training.frame();
      await training.work();
      if (!training.isOver()) continue;
      training.close();
      training = await openTraining(run);
    }
  } finally {
    training.close();
  }
};

/** The learning rate of a step (0 is the first) under the params. */
export function rateAt(
  { learningRate: peak, schedule: name, steps }: Pick<TrainDigitsParams, "learningRate" | "schedule" | "steps">, step: number,
): number {
  const schedule: Schedule = {
    peak, steps, final: 0, warmup: name === "constant" || name === "linear" ? 0 : Math.round(warmupShare * steps),
    decay: name === "cosine" || name === "linear" ? name : "none",
  };
  return learningRateAt(schedule, step);
}

/** What a checkpoint holds beside weights and velocity. */
interface Notes {
  readonly curves: readonly KeptCurve[];
  readonly looks: readonly DigitLook[];
  readonly loss: number;
}

/** File formats are needed by no frame: they are loaded when a run is kept or handed out. */
const fileFormats = (): Promise<typeof import("./digitCheckpoint.ts")> => import("./digitCheckpoint.ts");

async function openTraining(run: Run<TrainDigitsParams>, resume?: Uint8Array) {
  const { params } = run;
  const recipe: DigitRecipe = { ...params };
  const [digits, backend] = await Promise.all([run.artefact(digitsPack).then(readDigits), run.backend()]);
  const examples = Math.min(params.examples, digits.labels.length - heldOut);
  const resumed = resume ? (await fileFormats()).readCheckpoint<Notes>(resume) : null;
  let current = digitTraining(backend, digits, recipe, resumed?.state ?? null);
  let sound: DigitState = resumed?.state ?? await current.state();
  /** Weights that are kept as sound once the next step's loss has shown that they are: a step's loss is that of the weights before it. */
  let candidate: DigitState | null = null;
  const kept = (i: number) => lossHistory(400, resumed?.notes.curves[i]);
  const losses = kept(0), norms = kept(1), rates = kept(2);
  let looks = [...(resumed?.notes.looks ?? [])];
  let loss = resumed?.notes.loss ?? 0;
  let diverged: Divergence | null = null;
  /** Of the last steps, those whose loss was far above guessing. */
  let bad: number[] = [];
  const abandoned: LossCurve[] = [];
  let setting = params.learningRate;
  /** Learning rates of the steps that are not reported yet. */
  let used: number[] = [];
  let betweenSteps: Promise<unknown> = Promise.resolve();

  const look = async (): Promise<void> => {
    const { training, validation } = await current.measure();
    if (!Number.isFinite(training.loss) || !Number.isFinite(validation.loss)) return;
    looks.push({
      step: current.step, training: training.loss, validation: validation.loss,
      trainingAccuracy: training.accuracy, validationAccuracy: validation.accuracy,
    });
  };
  const keep = async (): Promise<void> => {
    if (bad.length === 0) candidate = await current.state();
  };

  /** Looks at the reports since the last time; false when the training ran away. */
  const judge = async (): Promise<boolean> => {
    for (const [i, report] of (await current.reports()).entries()) {
      const finite = report.nonFinite === 0 && Number.isFinite(report.loss) && Number.isFinite(report.gradientNorm);
      bad = [...bad, ...(report.loss > guess + runaway.nats ? [report.step] : [])].filter((at) => at > report.step - runaway.of);
      if (finite) {
        losses.push(report.loss);
        norms.push(report.gradientNorm);
        rates.push(used[i]!);
        ({ loss } = report);
        if (candidate && bad.length === 0 && report.step > candidate.step) {
          sound = candidate;
          candidate = null;
        }
      }
      if (finite && bad.length < runaway.steps) continue;
      diverged = {
        step: report.step, loss: Number.isFinite(report.loss) ? report.loss : null, learningRate: params.learningRate, finite,
        gradientNorm: finite ? report.gradientNorm : null, tensor: await current.worst(), soundStep: sound.step,
      };
      return false;
    }
    used = [];
    return true;
  };

  const step = async (): Promise<void> => {
    // What is about to be risked is kept first.
    if (params.learningRate > setting) await keep();
    setting = params.learningRate;
    const rate = rateAt(params, current.step);
    used.push(rate);
    current.advance(rate);
    const { step: done } = current;
    const isLook = done % lookEvery === 0 || done >= params.steps;
    // Reading back is free on the CPU; a GPU would stand still each time.
    if ((backend.kind !== "webgpu" || done % 5 === 0 || isLook) && !(await judge())) return;
    if (done % soundEvery === 0) await keep();
    if (isLook) await look();
  };

  const advance = async (count: number): Promise<void> => {
    for (let k = 0; k < count && !diverged && current.step < params.steps; k++) {
      const ended = step();
      betweenSteps = ended.catch(() => undefined);
      await ended;
      await run.breathe();
    }
  };

  const goBack = (): void => {
    current.close();
    current = digitTraining(backend, digits, recipe, sound);
    abandoned.push(losses.truncate(sound.step));
    for (const other of [norms, rates]) other.truncate(sound.step);
    looks = looks.filter((one) => one.step <= sound.step);
    loss = losses.curve().losses.at(-1) ?? looks.at(-1)?.training ?? loss;
    diverged = null;
    candidate = null;
    used = [];
    bad = [];
  };

  if (looks.length === 0) {
    await look();
    loss = looks[0]!.training;
  }
  return {
    advance,
    /** A finished run cannot be steered any more: another learning rate means another run. */
    isOver: (): boolean => diverged === null && current.step >= params.steps && params.learningRate !== setting,
    async work(): Promise<void> {
      if (diverged) {
        while (params.learningRate >= diverged.learningRate) await run.changed();
        return goBack();
      }
      // Finished: a longer run goes on, and other live params may ask for another picture of the same run.
      if (current.step >= params.steps) await run.changed();
      return advance(run.single ? 1 : stepsPerFrame);
    },
    frame: (): TrainDigitsFrame => ({
      step: current.step, steps: params.steps, loss,
      curve: losses.curve(), gradientNorms: norms.curve().losses, rates: rates.curve().losses,
      looks: looks.slice(), reading: readCurves(looks, { guess, diverged: diverged !== null }), guess, examples, heldOut,
      parameters: current.size, epochs: (current.step * params.batch) / examples, diverged, abandoned: abandoned.slice(),
      finished: !diverged && current.step >= params.steps,
    }),
    /** A model or all that is needed to go on, between two steps. */
    take: async (kind: TakeKind): Promise<Uint8Array> => {
      if (kind === "profile" || kind === "tokenizer") throw new Error(`trainDigits: a ${kind} is not handed out`);
      await betweenSteps;
      const state = diverged ? sound : await current.state();
      const { writeCheckpoint, writeModel } = await fileFormats();
      if (kind === "model") return writeModel(state, { ...params, step: state.step });
      const curves = [losses, norms, rates].map((one) => ({ ...one.curve(), stride: one.stride() }));
      return writeCheckpoint<Notes>(state, { curves, looks, loss });
    },
    close: () => current.close(),
  };
}
