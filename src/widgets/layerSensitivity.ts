import { tasks } from "../../engine/tasks/index.ts";
import { scaleSharing } from "../../engine/tasks/scaleSharing.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawSensitivity } from "./layerSensitivity/draw.ts";
import { describe, keptCount, lossText, megabytes } from "./layerSensitivity/reading.ts";

/** A bit a matrix, in the model's order; those beyond its matrices do not count. */
const NONE = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] as const;
const keeping = (...which: readonly number[]): readonly number[] => NONE.map((_, i) => (which.includes(i) ? 1 : 0));

/** Which matrices can do with few bits, and a mixed recipe under a budget. */
export const layerSensitivity = defineWidget({
  id: "layer-sensitivity",
  title: "Where a few bits hurt",
  params: {
    model: { kind: "model", default: "shipped", label: "model", most: { layers: 4, heads: 64 } },
    bits: { kind: "number", default: 3, min: 1, max: 7, step: 1, label: "few bits", live: true },
    scales: { kind: "choice", default: "tensor", options: scaleSharing, label: "one scale for", live: true },
    budget: { kind: "number", default: 0.5, min: 0.2, max: 1, step: 0.01, label: "budget", unit: "MB", live: true },
    kept: { kind: "grid", rows: 1, columns: 32, min: 0, max: 1, step: 1, default: NONE, label: "kept in 8 bits", live: true },
  },
  scenes: {
    none: { title: "nothing kept", params: { bits: 3, scales: "tensor", kept: NONE },
      watch: "Add up the bars, then look at the loss of the whole recipe. Do errors simply add?" },
    worst: { title: "the three worst", params: { bits: 3, scales: "tensor", kept: keeping(0, 1, 16) },
      watch: "Three matrices of seventeen in 8 bits, and most of the damage is undone." },
    wrong: { title: "the largest four", params: { bits: 3, scales: "tensor", kept: keeping(3, 7, 11, 15) },
      watch: "More bytes than for the three worst, spent where nobody needed them." },
    groups: { title: "groups instead", params: { bits: 3, scales: "g32", kept: NONE },
      watch: "No matrix is kept. A scale for every 32 weights costs half a bit each and beats the recipe." },
  },
  task: tasks.layerSensitivity,
  uses: shippedModel,
  size: { wide: [720, 470], narrow: [360, 710] },
  start: "auto",
  draw: drawSensitivity,
  describe,
  readouts: {
    full: ({ full }) => lossText(full),
    loss: ({ recipe }) => lossText(recipe.loss),
    allLow: ({ allLow }) => lossText(allLow.loss),
    size: ({ recipe }) => megabytes(recipe.bytes),
    kept: (frame) => String(keptCount(frame)),
  },
  goals: {
    loss: { label: "held-out loss", value: ({ recipe }) => recipe.loss },
    size: { label: "size in megabytes", value: ({ recipe }) => recipe.bytes / 1e6 },
  },
});
