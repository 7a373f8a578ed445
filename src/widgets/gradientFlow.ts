import { digitsPack } from "../../engine/data/digits.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawGradientFlow } from "./gradientFlow/draw.ts";
import { describe, formatLoss, formatRatio } from "./gradientFlow/reading.ts";

/** The gradient that arrives at each layer of a deep network, before and while it trains. */
export const gradientFlow = defineWidget({
  id: "gradient-flow",
  title: "What reaches the first layer",
  params: {
    depth: { kind: "number", default: 10, min: 1, max: 50, step: 1, label: "hidden layers" },
    bend: { kind: "choice", default: "sigmoid", label: "bend", options: { sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU" } },
    residual: { kind: "toggle", default: false, label: "shortcuts: x + f(x)" },
    norm: { kind: "toggle", default: false, label: "layer norm", more: true },
    start: {
      kind: "choice", default: "glorot", label: "first weights", more: true, options: { small: "σ = 0.05", glorot: "Glorot", he: "He", large: "σ = 0.5" },
    },
    learningRate: { kind: "number", default: 0.02, min: 0.0001, max: 1, scale: "log", label: "learning rate η", more: true },
    clip: { kind: "number", default: 1, min: 0, max: 10, step: 0.1, label: "clip the gradient’s norm at (0: never)", more: true },
    steps: { kind: "number", default: 200, min: 20, max: 1000, step: 20, label: "steps in all", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", more: true },
  },
  scenes: {
    sigmoid: {
      title: "ten sigmoids", params: {},
      watch: "Each layer on the way back takes at least three quarters away. The loss stays at guessing: hardly anything reaches the front.",
    },
    tanh: {
      title: "twenty tanh", params: { depth: 20, bend: "tanh" },
      watch: "With Glorot’s start the bars stand level before the first step, and twenty layers learn.",
    },
    small: {
      title: "a start too small", params: { depth: 20, bend: "relu", start: "small" },
      watch: "The bars are level but far down: the signal itself dies on its way forward, so there is nothing to send back.",
    },
    he: {
      title: "twenty ReLUs, He", params: { depth: 20, bend: "relu", start: "he" },
      watch: "Twice the variance makes up for the half that a rectifier cuts off: level bars, and it learns.",
    },
    large: {
      title: "a start too large", params: { depth: 20, bend: "relu", start: "large" },
      watch: "The loss begins above a hundred thousand. Only the clipping keeps the first step from throwing the weights out of the machine’s range.",
    },
    burst: {
      title: "… unclipped", params: { depth: 20, bend: "relu", start: "large", clip: 0 },
      watch: "The same start without clipping: one step, and the numbers are gone.",
    },
    shortcuts: {
      title: "fifty with shortcuts", params: { depth: 50, bend: "relu", start: "he", residual: true },
      watch: "Shortcuts alone: nothing vanishes now, but every layer adds to the stream, and fifty additions blow it up.",
    },
    norm: {
      title: "fifty with norm", params: { depth: 50, bend: "relu", start: "he", norm: true },
      watch: "Norm alone: the way forward is tame, and the way back grows with every layer (the ticks). The first steps ruin the front, and the bars turn round.",
    },
    both: {
      title: "fifty with both", params: { depth: 50, bend: "relu", start: "he", residual: true, norm: true },
      watch: "Shortcuts and norm together: level bars across fifty layers, and a loss that falls.",
    },
  },
  task: tasks.gradientFlow,
  size: { wide: [720, 380], narrow: [360, 604] },
  start: "auto",
  pace: 40,
  uses: [digitsPack],
  draw: drawGradientFlow,
  describe,
  readouts: {
    ratio: ({ ratio }) => formatRatio(ratio),
    loss: ({ loss }) => formatLoss(loss),
    step: ({ step }) => String(step),
  },
});
