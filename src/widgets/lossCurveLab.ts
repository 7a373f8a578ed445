import { digitsPack } from "../../engine/data/digits.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawLossLab } from "./lossCurveLab/draw.ts";
import { describe, shapeWords } from "./lossCurveLab/reading.ts";

/** Few pictures, a wide network: what every remedy starts from. */
const overfit = { examples: 100, width: 128, weightDecay: 0, headStart: 0 } as const;

/** Trains a small network on handwritten digits and reads its loss curves: well fit, overfit, underfit, diverging. */
export const lossCurveLab = defineWidget({
  id: "loss-curve-lab",
  title: "Read the loss curve",
  params: {
    examples: { kind: "number", default: 1500, min: 20, max: 1500, scale: "log", step: 10, label: "pictures" },
    width: { kind: "number", default: 64, min: 1, max: 256, step: 1, scale: "log", label: "hidden neurons" },
    learningRate: { kind: "number", default: 0.05, min: 0.0001, max: 10, scale: "log", label: "learning rate η", live: true },
    depth: { kind: "number", default: 1, min: 1, max: 4, step: 1, label: "hidden layers", more: true },
    dropout: { kind: "number", default: 0, min: 0, max: 0.8, step: 0.1, label: "dropout", more: true },
    weightDecay: { kind: "number", default: 0.003, min: 0, max: 0.1, step: 0.001, label: "weight decay λ", more: true },
    shifts: { kind: "toggle", default: false, label: "shift each picture by up to a pixel", more: true },
    batch: { kind: "number", default: 32, min: 1, max: 256, step: 1, scale: "log", label: "batch size", more: true },
    schedule: {
      kind: "choice", default: "constant", label: "schedule", more: true,
      options: { constant: "constant", warmup: "warm-up", cosine: "warm-up, cosine", linear: "linear to 0" },
    },
    clip: { kind: "number", default: 0, min: 0, max: 5, step: 0.1, label: "clip the gradient’s norm at (0: never)", more: true },
    steps: { kind: "number", default: 600, min: 100, max: 3000, step: 100, label: "steps in all", live: true, more: true },
    scale: { kind: "choice", default: "linear", label: "loss axis", live: true, picture: true, more: true, options: { linear: "linear", log: "log" } },
    smoothing: { kind: "number", default: 0.9, min: 0, max: 0.98, step: 0.02, label: "smoothing", live: true, picture: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", more: true },
    headStart: { kind: "number", default: 0, min: 0, max: 600, step: 10, label: "steps taken at once", hidden: true },
  },
  scenes: {
    wellFit: {
      title: "well fit", params: { headStart: 0 },
      watch: "Both losses come down together and come to rest low, validation a little above training.",
    },
    overfit: {
      title: "overfit", params: overfit,
      watch: "A hundred pictures are soon known by heart: training goes on falling towards zero while validation turns and climbs.",
    },
    underfit: {
      title: "underfit", params: { width: 2, headStart: 0 },
      watch: "Two neurons cannot hold ten digits: both losses stop high, close together, and no number of steps helps.",
    },
    diverging: {
      title: "diverging", params: { learningRate: 5, headStart: 0 },
      watch: "Each step overshoots; within a dozen the loss is worse than guessing and the run is stopped. "
        + "The button in the chart goes on from sound weights.",
    },
    tooFast: {
      title: "too fast to settle", more: true, params: { learningRate: 0.7, headStart: 0 },
      watch: "It learns, jumps, and ends flat at guessing. The last picture looks like underfitting; a smaller learning rate is the cure.",
    },
    clipped: {
      title: "too fast, clipped", more: true, params: { learningRate: 0.7, clip: 0.1, headStart: 0 },
      watch: "The same learning rate, and no gradient longer than a tenth is let through: now it learns.",
    },
    cosine: {
      title: "fast, then slower", more: true, params: { learningRate: 0.5, schedule: "cosine", headStart: 0 },
      watch: "It warms up, rattles at full speed, and settles as the learning rate falls: most of the gain comes at the end.",
    },
    tooSlow: {
      title: "too slow", more: true, params: { learningRate: 0.0003, headStart: 0 },
      watch: "A straight, slightly falling line: nothing is wrong but the pace.",
    },
    moreData: {
      title: "overfit + more data", more: true, params: { ...overfit, examples: 1500 },
      watch: "The same wide network with fifteen times the pictures: the lowest validation of all remedies.",
    },
    decay: {
      title: "overfit + weight decay", more: true, params: { ...overfit, weightDecay: 0.02 },
      watch: "The weights are held small: training no longer reaches zero, and validation hardly climbs.",
    },
    shifts: {
      title: "overfit + shifted copies", more: true, params: { ...overfit, shifts: true },
      watch: "Each picture is moved by up to a pixel whenever it is shown: the turn comes later and the climb is gentler.",
    },
    dropOut: {
      title: "overfit + dropout", more: true, params: { ...overfit, dropout: 0.5 },
      watch: "Half of the neurons are silent in each step: does the turn go away?",
    },
    smaller: {
      title: "overfit + fewer neurons", more: true, params: { ...overfit, width: 8 },
      watch: "Eight neurons still learn a hundred pictures by heart, and pay for it with larger weights.",
    },
  },
  task: tasks.trainDigits,
  size: { wide: [720, 580], narrow: [360, 724] },
  start: "auto",
  pace: 30,
  pins: true,
  uses: [digitsPack],
  goals: {
    validationLoss: { label: "validation loss", value: ({ looks }) => looks.at(-1)?.validation ?? null },
    trainingLoss: { label: "training loss", value: ({ looks }) => looks.at(-1)?.training ?? null },
    lowestValidation: { label: "lowest validation loss", value: ({ reading }) => reading.best.validation },
    step: { label: "step", value: ({ step }) => step },
  },
  draw: drawLossLab,
  describe,
  readouts: {
    reading: ({ reading }) => shapeWords[reading.shape],
    training: ({ reading }) => reading.training.toFixed(3),
    validation: ({ reading }) => reading.validation.toFixed(3),
    best: ({ reading }) => reading.best.validation.toFixed(3),
    bestStep: ({ reading }) => String(reading.best.step),
    gap: ({ reading }) => reading.gap.toFixed(2).replace("-", "−"),
    accuracy: ({ looks }) => `${((looks.at(-1)?.validationAccuracy ?? 0) * 100).toFixed(0)} %`,
    trainingAccuracy: ({ looks }) => `${((looks.at(-1)?.trainingAccuracy ?? 0) * 100).toFixed(0)} %`,
    step: ({ step }) => String(step),
    epochs: ({ epochs }) => epochs.toFixed(1),
    parameters: ({ parameters }) => parameters.toLocaleString("en"),
  },
});
