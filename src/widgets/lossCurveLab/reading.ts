import type { CurveShape } from "../../../engine/tasks/curveReading.ts";
import type { TrainDigitsFrame, TrainDigitsParams } from "../../../engine/tasks/trainDigits.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** The shapes as the verdict begins. */
export const shapeWords: Readonly<Record<CurveShape, string>> = {
  early: "Too early to tell", flat: "Flat", falling: "Still learning", wellFit: "Well fit", overfit: "Overfit", gap: "A gap",
  underfit: "Underfit", unsteady: "Unsteady", diverged: "Diverged",
};

/** What the curves say, in words made of their own numbers. */
export function verdict(frame: TrainDigitsFrame): string {
  const { reading, guess, step, looks, diverged } = frame;
  const { best, rise } = reading;
  const [training, validation, gap] = [reading.training, reading.validation, reading.gap].map((value) => formatNumber(value, 3));
  switch (reading.shape) {
    case "early": return `after ${step} steps validation was looked at ${looks.length === 1 ? "once" : `${looks.length} times`}, and eight looks are needed.`;
    case "flat": {
      const advice = rise > 0.2 * guess
        ? `Validation had been down to ${formatNumber(best.validation, 3)} at step ${best.step}: these steps are too large.`
        : "Before blaming the model, try a learning rate ten times smaller and one ten times larger.";
      return `after ${step} steps the training loss is ${training}, and guessing evenly gives ${guess.toFixed(3)}. ${advice}`;
    }
    case "falling": return `training ${training} and validation ${validation} both still fall. Give it more steps.`;
    case "wellFit": return `validation rests at ${validation}, ${gap} above training. `
      + `The lowest it was is ${formatNumber(best.validation, 3)}.`;
    case "overfit": return `validation rose after step ${best.step}, from ${formatNumber(best.validation, 3)} by ${formatNumber(rise, 3)}, `
      + `while training went on down to ${training}.`;
    case "gap": return `validation rests at ${validation} and does not rise, but it lies ${gap} above training.`;
    case "underfit": return `both rest, and both are high: training ${training}, validation ${validation}, where guessing evenly gives `
      + `${guess.toFixed(3)}.`;
    case "unsteady": return `training is near ${training} and jumps from look to look, so no level can be told. The steps may be too large.`;
    case "diverged": return diverged ? explanation(frame, diverged) : "the training ran away.";
  }
}

function explanation({ guess }: TrainDigitsFrame, diverged: NonNullable<TrainDigitsFrame["diverged"]>): string {
  const { step, loss, learningRate, gradientNorm, tensor, finite } = diverged;
  const what = finite
    ? `at step ${step} the loss was ${formatNumber(loss ?? 0, 3)}, one of three among five far above the ${guess.toFixed(3)} of guessing`
    : `at step ${step} numbers left the range that the machine can hold`;
  const norm = gradientNorm === null ? "no finite number" : formatNumber(gradientNorm, 3);
  return `${what}. With η\u00a0=\u00a0${formatNumber(learningRate)} each step overshoots, and the next one starts somewhere worse. `
    + `Gradient norm: ${norm}; ${finite ? "largest" : "first bad"} in ${tensor}.`;
}

/** What a learning rate that ran away is followed by: a tenth of it, and no more than what works. */
export const slowerRate = (learningRate: number): number => Math.min(0.1, Math.max(0.0001, Number((learningRate / 10).toPrecision(3))));

/** A run in a few words: what was set, for the ledger of pinned runs. */
export function settings(params: TrainDigitsParams): string {
  const { examples, width, depth, learningRate, dropout, weightDecay, shifts, batch, schedule, clip, seed } = params;
  return [
    `${examples} pictures`, `${width}${depth > 1 ? ` × ${depth}` : ""} neurons`, `η ${formatNumber(learningRate)}`,
    weightDecay > 0 && `λ ${weightDecay}`, dropout > 0 && `dropout ${dropout}`, shifts && "shifts", batch !== 32 && `batch ${batch}`,
    schedule !== "constant" && schedule, clip > 0 && `clip ${clip}`, seed !== 1 && `seed ${seed}`,
  ].filter(Boolean).join(", ");
}

/** The value of a per-step curve at the last of its points up to a step; the first point before that. */
export function valueAt(steps: readonly number[], values: readonly number[], step: number): number | undefined {
  return values[Math.max(0, steps.findLastIndex((at) => at <= step))];
}

export function describe(frame: TrainDigitsFrame): Description {
  const { looks, curve, gradientNorms, rates, reading, step, steps, finished, diverged } = frame;
  const cell = (value: number | undefined): string => (value === undefined ? "–" : formatNumber(value));
  const share = (value: number): string => `${(value * 100).toFixed(1)} %`;
  const rows = looks.map((look) => [
    look.step, cell(look.training), cell(look.validation), share(look.trainingAccuracy), share(look.validationAccuracy),
    cell(valueAt(curve.steps, gradientNorms, look.step)), cell(valueAt(curve.steps, rates, look.step)),
  ]);
  const columns = [
    "step", "training loss", "validation loss", "training accuracy", "validation accuracy", "gradient norm", "learning rate",
  ];
  const back = diverged ? ` A smaller learning rate goes on from step ${diverged.soundStep}.` : "";
  const at = `Step ${step} of ${Math.max(step, steps)}${finished ? ", finished" : ""}.`;
  const sentence = `${at} ${shapeWords[reading.shape]}: ${verdict(frame)}${back}`;
  return { sentence, table: { columns, rows } };
}
