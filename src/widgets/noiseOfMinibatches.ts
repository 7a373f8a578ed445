import { tasks } from "../../engine/tasks/index.ts";
import { formatNumber } from "../charts/plot.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawMinibatches } from "./noiseOfMinibatches/draw.ts";
import { batchWords } from "./noiseOfMinibatches/words.ts";

const spreadText = (spread: number): string => formatNumber(Math.round(spread * 1000) / 1000, 3);

/** A line through 398 cars, fitted by steps that look at few cars or many: the cloud of their ends, and what they cost. */
export const noiseOfMinibatches = defineWidget({
  id: "noise-of-minibatches",
  title: "The noise of minibatches",
  params: {
    batch: {
      kind: "choice", default: "one", label: "cars a step", live: true,
      options: { one: "1", four: "4", sixteen: "16", sixtyFour: "64", all: "all" },
    },
    learningRate: { kind: "number", default: 0.05, min: 0.02, max: 0.2, scale: "log", label: "learning rate η", live: true },
    axis: { kind: "choice", default: "steps", label: "loss against", live: true, options: { steps: "steps", examples: "examples seen" } },
    headStart: { kind: "number", default: 160, min: 0, max: 240, step: 1, label: "steps taken at the start", more: true },
  },
  scenes: {
    one: { title: "1 car a step", params: { batch: "one" }, watch: "Twelve walks find the middle of the map, and then keep jumping about it." },
    sixteen: { title: "16 cars a step", params: { batch: "sixteen" }, watch: "Sixteen times the work for each step, and a cloud about a quarter as wide." },
    all: { title: "all cars a step", params: { batch: "all" }, watch: "No chance is left: one walk, straight to the lowest point." },
    examples: {
      title: "count examples, not steps", params: { batch: "one", axis: "examples" },
      watch: "Step by step all begin alike; example by example the small batches are far ahead at first, and end higher.",
    },
  },
  task: tasks.walkMinibatches,
  size: { wide: [720, 380], narrow: [360, 612] },
  start: "auto",
  pace: 60,
  draw: drawMinibatches,
  describe(frame, { batch }) {
    const chosen = frame.walks.find((walk) => walk.batch === batch)!;
    const rows = frame.walks.map((walk) => [
      batchWords(walk.batch, walk.size), spreadText(walk.spread), walk.nearAt === null ? "not in time" : String(walk.nearAt),
      walk.nearExamples === null ? "not in time" : String(walk.nearExamples),
    ]);
    return {
      sentence: `Step ${frame.step} with ${batchWords(batch, chosen.size)} a step: `
        + (batch === "all" ? "one walk, without chance, that comes to rest."
          : `once settled, the walks scatter by ${spreadText(chosen.spread)} miles per gallon about their middle.`),
      table: { columns: ["batch", "spread of the cloud", "steps to come near", "examples to come near"], rows },
    };
  },
  readouts: {
    step: ({ step }) => String(step),
    spread: (frame, { batch }) => spreadText(frame.walks.find((walk) => walk.batch === batch)!.spread),
  },
});
