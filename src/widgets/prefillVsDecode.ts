import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawPhases } from "./prefillVsDecode/draw.ts";
import { describe, perSecond } from "./prefillVsDecode/reading.ts";

/** One request to the shipped model, its two phases by work, by the clock of this device, and by fetches of the weights. */
export const prefillVsDecode = defineWidget({
  id: "prefill-vs-decode",
  title: "Reading a prompt, writing an answer",
  params: {
    prompt: { kind: "number", default: 128, min: 16, max: 208, step: 16, label: "prompt", unit: "tokens", live: true },
    answer: { kind: "number", default: 32, min: 4, max: 48, step: 4, label: "answer", unit: "tokens", live: true },
    model: { kind: "model", default: "shipped", label: "model" },
  },
  scenes: {
    question: {
      title: "a document", params: { prompt: 208, answer: 8 },
      watch: "A long document and a short answer. Nearly all the work lies in the document; does it take nearly all the time?",
    },
    story: {
      title: "a story", params: { prompt: 16, answer: 48 },
      watch: "A short prompt and a long answer: the weights are fetched once for the one and forty-eight times for the other.",
    },
    even: {
      title: "equal lengths", params: { prompt: 48, answer: 48 },
      watch: "As many tokens read as written, and nearly the same multiply–adds. Which of the two takes longer?",
    },
  },
  task: tasks.timePhases,
  uses: shippedModel,
  size: { wide: [720, 338], narrow: [360, 406] },
  start: "auto",
  draw: drawPhases,
  describe,
  readouts: {
    readRate: ({ read }) => perSecond(read),
    writeRate: ({ write }) => perSecond(write),
    factor: ({ read, write }) => (read.time && write.time
      ? ((read.tokens / read.time.median) / (write.tokens / write.time.median)).toFixed(1) : "…"),
  },
});
