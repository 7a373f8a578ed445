import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawWaves } from "./positionWaves/draw.ts";
import { describe, SCHEMES, WIDTHS } from "./positionWaves/reading.ts";

/** Four ways to tell a model where a token stands: their tables, and how alike two positions are. */
export const positionWaves = defineWidget({
  id: "position-waves",
  title: "Tables of positions",
  params: {
    scheme: { kind: "choice", default: "sinusoid", options: SCHEMES, label: "positions" },
    position: { kind: "number", default: 20, min: 0, max: 63, step: 1, label: "position p", live: true },
    width: { kind: "choice", default: "16", options: WIDTHS, label: "width d", when: { param: "scheme", is: ["sinusoid", "rope"] } },
    seed: {
      kind: "number", default: 1, min: 1, max: 999, step: 1, label: "seed of the training", more: true, when: { param: "scheme", is: "learned" },
    },
  },
  scenes: {
    four: { title: "four numbers", params: { scheme: "sinusoid", width: "4", position: 2 },
      watch: "Two fast rows and two slow ones. The slow ones hardly change over the whole width, and yet no two columns are the same." },
    glide: { title: "further on", params: { scheme: "sinusoid", width: "16", position: 45 },
      watch: "The curve below has moved with p and kept its shape: likeness depends on the distance alone." },
    learned: { title: "learned", params: { scheme: "learned", position: 5 },
      watch: "A model of 16 positions learns to reverse eight digits. Its table has no waves, its rows end, and does 5 come out like 4 and 6?" },
    rope: { title: "RoPE", params: { scheme: "rope", width: "16", position: 20 },
      watch: "The same waves, sorted otherwise, and the same curve below. What differs is what is done with them." },
    alibi: { title: "ALiBi", params: { scheme: "alibi", position: 45 },
      watch: "No waves at all: each head takes off its own slope times the distance, and the steepest sees a few places only." },
  },
  task: tasks.positionWaves,
  size: { wide: [720, 500], narrow: [360, 540] },
  start: "auto",
  draw: drawWaves,
  describe,
  readouts: {
    column: ({ table, rows, positions, at }) => `[${Array.from({ length: Math.min(4, rows) }, (_, row) => table[row * positions + at]!.toFixed(3).replace("-", "−")).join(", ")}${rows > 4 ? ", …" : ""}]`,
    position: ({ at }) => String(at),
  },
});
