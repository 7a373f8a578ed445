import { tasks } from "../../engine/tasks/index.ts";
import { scaleSharing } from "../../engine/tasks/scaleSharing.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawLab } from "./quantizationErrorLab/draw.ts";
import { describe, factor, lossText, MATRICES, percent, sqnrText } from "./quantizationErrorLab/reading.ts";

const plain = { scales: "tensor", codes: "symmetric", percentile: 100, outlier: 0 } as const;

/** Weights rounded to a few bits: the errors from near, and what they do to the model. */
export const quantizationErrorLab = defineWidget({
  id: "quantization-error-lab",
  title: "Weights in a few bits",
  params: {
    bits: { kind: "number", default: 4, min: 1, max: 8, step: 1, label: "bits a weight", live: true },
    scales: { kind: "choice", default: "tensor", options: scaleSharing, label: "one scale for", live: true, more: true },
    codes: { kind: "choice", default: "symmetric", options: { symmetric: "symmetric", asymmetric: "asymmetric" }, label: "codes", live: true, more: true },
    model: { kind: "model", default: "shipped", label: "model", most: { layers: 4, heads: 64 } },
    percentile: { kind: "number", default: 100, min: 90, max: 100, step: 0.1, label: "range up to percentile", live: true, more: true },
    outlier: { kind: "number", default: 0, min: 0, max: 100, step: 1, label: "make one weight an outlier", unit: "σ", live: true, more: true },
    embedding: { kind: "toggle", default: true, label: "round the embedding too", live: true, more: true },
    matrix: { kind: "choice", default: "qkv", options: MATRICES, label: "matrix shown", live: true, more: true },
    layer: { kind: "number", default: 1, min: 0, max: 3, step: 1, label: "of layer", live: true, more: true },
    numbers: { kind: "text", default: "", label: "your own numbers instead", maxLength: 400, live: true, more: true },
    text: { kind: "text", default: "Once upon a time there was a", label: "to be continued", maxLength: 500, live: true, more: true },
    row: { kind: "number", default: 3, min: 0, max: 31, step: 1, label: "row of the weight", live: true, hidden: true },
    column: { kind: "number", default: 17, min: 0, max: 63, step: 1, label: "column of the weight", live: true, hidden: true },
  },
  scenes: {
    eight: {
      title: "8 bits", params: { ...plain, bits: 8, numbers: "" },
      watch: "255 rungs, one scale for a whole matrix: the map is nearly blank and the loss hardly moves.",
    },
    four: {
      title: "4 bits", params: { ...plain, bits: 4, numbers: "" },
      watch: "Fifteen rungs for each matrix. The text still has words and sentences, and the loss has risen.",
    },
    groups: {
      title: "4 bits in groups", params: { ...plain, bits: 4, scales: "g32", numbers: "" },
      watch: "The same 4 bits, with a scale of its own for every 32 weights: most of the loss comes back.",
    },
    rows: {
      title: "4 bits, a scale a row", more: true, params: { ...plain, bits: 4, scales: "channel", numbers: "" },
      watch: "A scale for each row: how much of the loss comes back?",
    },
    asymmetric: {
      title: "asymmetric codes", more: true, params: { ...plain, bits: 4, codes: "asymmetric", numbers: "" },
      watch: "Sixteen rungs, from the smallest weight to the largest. Is the loss lower?",
    },
    cliff: {
      title: "the cliff", params: { ...plain, bits: 2, scales: "g32", numbers: "" },
      watch: "Three rungs: minus, nothing, plus. The loss lies above the dashed line of blind guessing: the model is wrong and sure of it.",
    },
    outlier: {
      title: "one outlier", params: { ...plain, bits: 4, outlier: 50, numbers: "" },
      watch: "One weight of 50 σ stretches the scale of its matrix so far that all others round to zero.",
    },
    contained: {
      title: "outlier in a group", params: { ...plain, bits: 4, scales: "g32", outlier: 50, numbers: "" },
      watch: "The same outlier, and only the 32 weights that share its scale are lost: one dash on the map.",
    },
    clipped: {
      title: "clip it", params: { ...plain, bits: 4, outlier: 50, percentile: 99.9, numbers: "" },
      watch: "The range ends at the 99.9th percentile. The outlier is cut short, and the others keep their rungs.",
    },
    byHand: {
      title: "three by hand", params: { ...plain, bits: 4, numbers: "-1.4271 0.8103 2.5546", row: 0, column: 0 },
      watch: "The three weights of the worked box. Change the bits, or type numbers of your own under More.",
    },
  },
  task: tasks.quantizationLab,
  uses: shippedModel,
  size: { wide: [720, 736], narrow: [360, 1180] },
  start: "auto",
  // Texts first, then both losses and those at every other number of bits.
  posterFrame: 9,
  draw: drawLab,
  describe,
  readouts: {
    relative: ({ error }) => percent(error.relative),
    sqnr: ({ error }) => sqnrText(error),
    full: ({ full }) => lossText(full.loss),
    loss: ({ rounded }) => lossText(rounded.loss),
    factor: (frame) => factor(frame),
    tokens: ({ tokens }) => tokens.toLocaleString("en"),
  },
  goals: {
    loss: { label: "held-out loss", value: ({ rounded }) => rounded.loss },
    size: { label: "size in megabytes", value: ({ bytes }) => bytes / 1e6 },
  },
});
