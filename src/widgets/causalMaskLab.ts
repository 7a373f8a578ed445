import { maskOf } from "../../engine/tasks/attentionMasks.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawMaskLab } from "./causalMaskLab/draw.ts";
import { describe, leakCount, lossNow, PRESETS } from "./causalMaskLab/reading.ts";

const SIDE = 8;
/** The worked example of the chapter is the 5 × 5 corner. */
const SCORES = [
  2.1, 0.4, 1.1, 0.7, 1.5, 0.2, 0.9, 1.3,
  0.3, 2.4, 0.8, 1.0, 0.6, 1.2, 0.5, 0.1,
  0.9, 1.2, 2.0, 0.5, 1.3, 0.7, 1.6, 0.4,
  0.4, 0.6, 1.4, 2.2, 0.9, 1.1, 0.3, 0.8,
  0.7, 1.1, 0.5, 1.3, 2.5, 0.6, 1.0, 1.7,
  1.4, 0.2, 0.9, 0.6, 1.8, 2.3, 0.7, 0.5,
  0.8, 1.5, 0.3, 1.0, 0.4, 1.2, 2.1, 1.1,
  0.5, 0.9, 1.6, 0.2, 0.7, 1.4, 0.8, 2.2,
] as const;

/** A mask that can be drawn: scores, masked scores, shares, and what a small model learns behind it. */
export const causalMaskLab = defineWidget({
  id: "causal-mask-lab",
  title: "Who may look at whom",
  params: {
    preset: { kind: "choice", default: "causal", options: PRESETS, label: "mask", live: true },
    train: { kind: "toggle", default: false, label: "train with it", live: true, more: true },
    tokens: { kind: "number", default: SIDE, min: 4, max: SIDE, step: 1, label: "tokens in a row", live: true, more: true },
    steps: { kind: "number", default: 300, min: 40, max: 1000, step: 20, label: "steps in all", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", live: true, more: true },
    mask: { kind: "grid", rows: SIDE, columns: SIDE, min: 0, max: 1, step: 1, default: maskOf("causal", SIDE), label: "cells", live: true },
    scores: { kind: "grid", rows: SIDE, columns: SIDE, min: -9, max: 9, step: 0.1, default: SCORES, label: "scores", live: true },
  },
  scenes: {
    worked: { title: "the worked rows", params: { tokens: 5 },
      watch: "Five tokens under the triangle: row 0 has one share of 1, row 4 has five." },
    open: { title: "no mask", params: { preset: "full", tokens: 5 },
      watch: "Now row 0 spreads over all five columns: 1 becomes .426, and the rest flows to tokens that come later." },
    leak: { title: "train the leak", params: { preset: "full", train: true },
      watch: "Every position sees its own answer. The training loss falls to nearly nothing; what does the model write?" },
    prefix: { title: "prefix", params: { preset: "prefix" },
      watch: "The first three tokens see each other; from the fourth on the triangle is back." },
    window: { title: "window", params: { preset: "window" },
      watch: "Each token sees itself and two before it, however long the text grows." },
    dilated: { title: "dilated", params: { preset: "dilated" }, watch: "Every second token: half of the scores, and still a long reach." },
    block: { title: "two blocks", params: { preset: "block" }, watch: "Two texts share one row and cannot see each other." },
  },
  task: tasks.maskLab,
  size: { wide: [720, 590], narrow: [360, 1096] },
  start: "auto",
  draw: drawMaskLab,
  describe,
  readouts: {
    leaks: (frame) => leakCount(frame),
    loss: (frame) => lossNow(frame.yours),
    causalLoss: (frame) => lossNow(frame.causal),
    writing: ({ yours }) => yours?.writing.at(-1)?.loss.toFixed(2) ?? "–",
    causalWriting: ({ causal }) => causal?.writing.at(-1)?.loss.toFixed(2) ?? "–",
    step: ({ step }) => (step === null ? "–" : String(step)),
  },
});
