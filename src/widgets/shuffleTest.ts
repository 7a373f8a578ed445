import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawShuffle } from "./shuffleTest/draw.ts";
import { describe, percent, TYPED, verdict } from "./shuffleTest/reading.ts";

const placed = (...order: readonly number[]): readonly number[] => TYPED.map((_, i) => order[i] ?? i);

/** The same words in two orders before the shipped model, with positions and mask or without. */
export const shuffleTest = defineWidget({
  id: "shuffle-test",
  title: "The same words in another order",
  params: {
    text: { kind: "text", default: "dog bites man", label: "your words", maxLength: 120, live: true },
    positions: { kind: "toggle", default: false, label: "positions", live: true },
    mask: { kind: "toggle", default: false, label: "causal mask", live: true },
    depth: { kind: "number", default: 4, min: 0, max: 4, step: 1, label: "after block", live: true, more: true },
    order: { kind: "grid", rows: 1, columns: 8, min: 0, max: 7, step: 1, default: placed(2, 1, 0), label: "order", live: true },
  },
  scenes: {
    bare: { title: "neither", params: { text: "dog bites man", positions: false, mask: false, depth: 4, order: placed(2, 1, 0) },
      watch: "The rows of the right table are those of the left in another order: for this model the two sentences are one." },
    positions: { title: "positions", params: { text: "dog bites man", positions: true, mask: false, depth: 4, order: placed(2, 1, 0) },
      watch: "Told where each word stands, the model gives every word another vector." },
    mask: { title: "mask only", params: { text: "dog bites man", positions: false, mask: true, depth: 4, order: placed(2, 1, 0) },
      watch: "No positions at all, and yet every vector has changed. Whom can each word see now?" },
    oneBlock: { title: "one block", params: { text: "dog bites man", positions: false, mask: true, depth: 1, order: placed(1, 0, 2) },
      watch: "Only the first two words change places. After one block the last word, which sees both, has not noticed." },
    twoBlocks: { title: "two blocks", params: { text: "dog bites man", positions: false, mask: true, depth: 2, order: placed(1, 0, 2) },
      watch: "The second block reads what the first wrote for each word, and that depends on what stood before it. Now the last word knows." },
    table: { title: "only the table", params: { text: "dog bites man", positions: true, mask: true, depth: 0, order: placed(2, 1, 0) },
      watch: "Before the first block each word is its row of the embedding, wherever it stands." },
  },
  task: tasks.shuffleTest,
  uses: shippedModel,
  size: { wide: [720, 440], narrow: [360, 508] },
  start: "auto",
  draw: drawShuffle,
  describe,
  readouts: {
    verdict: (frame) => verdict(frame),
    most: ({ moved }) => percent(Math.max(...moved)),
  },
});
