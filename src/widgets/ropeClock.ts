import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawRope, POSITIONS } from "./ropeClock/draw.ts";
import { describe, scoreText } from "./ropeClock/reading.ts";

const place = { kind: "number", min: 0, max: POSITIONS - 1, step: 1, live: true } as const;

/** A query and a key as clock hands that RoPE turns with their positions. */
export const ropeClock = defineWidget({
  id: "rope-clock",
  title: "Clock hands for positions",
  params: {
    query: { ...place, default: 12, label: "query stands at" },
    key: { ...place, default: 9, label: "key stands at" },
    stretch: { kind: "number", default: 1, min: 1, max: 8, step: 0.5, label: "positions divided by", live: true },
    base: { kind: "number", default: 10_000, min: 10, max: 1_000_000, scale: "log", label: "base θ", live: true, more: true },
    seed: { kind: "number", default: 141, min: 1, max: 999, step: 1, label: "vectors from seed", live: true, more: true },
  },
  scenes: {
    together: { title: "same place", params: { query: 12, key: 12, stretch: 1 },
      watch: "Both hands of each clock are turned alike, so the angle between them is what it was, and so is the score." },
    shifted: { title: "both 40 on", params: { query: 52, key: 49, stretch: 1 },
      watch: "Every hand stands elsewhere. The angles between the hands do not, and the score is the same to the last digit shown." },
    apart: { title: "far apart", params: { query: 60, key: 9, stretch: 1 },
      watch: "The fast clock has gone round eight times, the slowest has hardly noticed: it still tells what the two words mean." },
    before: { title: "key after query", params: { query: 9, key: 12, stretch: 1 },
      watch: "The same distance in the other direction has another score: RoPE knows before from after." },
    stretched: { title: "stretched", params: { query: 24, key: 18, stretch: 2 },
      watch: "Positions divided by two: six places apart now look like three, and a text of twice the length has no angle that is new." },
  },
  task: tasks.ropeClock,
  size: { wide: [720, 516], narrow: [360, 524] },
  start: "auto",
  draw: drawRope,
  describe,
  readouts: {
    score: ({ score }) => scoreText(score),
    plain: ({ plain }) => scoreText(plain),
    distance: (_, { query, key }) => String(query - key).replace("-", "−"),
  },
});
