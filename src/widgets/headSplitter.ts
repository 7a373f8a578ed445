import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawSplitter } from "./headSplitter/draw.ts";
import { describe, grouped } from "./headSplitter/reading.ts";

/** Multi-head attention taken apart: which columns belong to which head, and what that does to the number of weights. */
export const headSplitter = defineWidget({
  id: "head-splitter",
  title: "One width, several heads",
  params: {
    heads: { kind: "choice", default: "4", options: { "1": "1", "2": "2", "4": "4", "8": "8" }, label: "heads", live: true },
    rule: { kind: "choice", default: "split", options: { split: "split the width", fixed: "4 columns each" }, label: "each head", live: true },
    dModel: { kind: "choice", default: "16", options: { "8": "8", "16": "16" }, label: "width", live: true },
    seed: { kind: "number", default: 3, min: 1, max: 999, step: 1, label: "seed", live: true, more: true },
    head: { kind: "number", default: 1, min: 0, max: 7, step: 1, label: "head", live: true, hidden: true },
  },
  scenes: {
    one: { title: "one head", params: { heads: "1", head: 0 }, watch: "One head has all sixteen columns, and a single pattern in which to look." },
    eight: { title: "eight heads", params: { heads: "8" }, watch: "Eight patterns in place of one, and the count has not moved: each head has only two columns left." },
    fixed: { title: "4 columns each", params: { heads: "8", rule: "fixed" },
      watch: "Now each head keeps four columns, so eight of them are wider than the model, and the count follows the heads." },
  },
  task: tasks.splitHeads,
  size: { wide: [720, 496], narrow: [360, 900] },
  start: "auto",
  draw: drawSplitter,
  describe,
  readouts: {
    parameters: ({ parameters }) => grouped(parameters),
    headWidth: ({ dHead }) => String(dHead),
  },
});
