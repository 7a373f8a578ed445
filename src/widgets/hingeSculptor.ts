import type { FitHingesFrame } from "../../engine/tasks/fitHinges.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { formatNumber } from "../charts/plot.ts";
import { type Description, defineWidget } from "../widget/defineWidget.ts";
import { drawSculptor } from "./hingeSculptor/draw.ts";

/** Heights at 33 even places from −1 to 1, in steps of the grid. */
const curveOf = (height: (x: number) => number): number[] =>
  Array.from({ length: 33 }, (_, i) => Number((Math.round(height(-1 + i / 16) / 0.02) * 0.02).toFixed(2)) + 0);

/** A curve, drawn by the reader, and the sum of hinges that learns it. */
export const hingeSculptor = defineWidget({
  id: "hinge-sculptor",
  title: "A sum of hinges learns a curve",
  params: {
    units: { kind: "number", default: 12, min: 1, max: 64, step: 1, label: "hinges" },
    hinges: { kind: "toggle", default: true, label: "show each hinge", live: true, picture: true },
    learningRate: { kind: "number", default: 0.01, min: 0.001, max: 0.1, scale: "log", label: "learning rate η", live: true, more: true },
    steps: { kind: "number", default: 3000, min: 100, max: 20_000, step: 100, label: "steps for a curve", more: true },
    headStart: { kind: "number", default: 100, min: 0, max: 3000, step: 10, label: "steps taken at the start", more: true },
    seed: { kind: "number", default: 3, min: 1, max: 9999, step: 1, label: "seed", more: true },
    curve: {
      kind: "grid", rows: 1, columns: 33, min: -1, max: 1, step: 0.02, live: true, label: "the curve",
      default: curveOf((x) => 0.7 * Math.sin(2 * Math.PI * x) * (0.7 + 0.3 * x) + 0.15 * x),
    },
  },
  scenes: {
    one: { title: "one hinge", params: { units: 1 }, watch: "One fold, two straight pieces: all that a single hinge can do." },
    few: { title: "four", params: { units: 4 }, watch: "At most five pieces. Training ends, and hills are cut through: the model is too small." },
    enough: { title: "thirty-two", params: { units: 32 }, watch: "Folds gather where the curve bends, and the fit looks smooth; it is still straight pieces." },
    cliff: {
      title: "a cliff", params: { units: 12, curve: curveOf((x) => (x < 0.1 ? -0.5 : 0.5)) },
      watch: "All twelve hinges run to the two edges, where two hinges would do: nobody tells them to share out the work.",
    },
  },
  task: tasks.fitHinges,
  size: { wide: [720, 400], narrow: [360, 400] },
  start: "auto",
  pace: 40,
  draw: drawSculptor,
  describe,
  readouts: {
    units: ({ hinges }) => String(hinges.length),
    pieces: ({ pieces }) => String(pieces),
    error: ({ loss }) => formatNumber(Math.sqrt(loss), 2),
    step: ({ step }) => String(step),
  },
});

function describe(frame: FitHingesFrame): Description {
  const { step, hinges, folds, pieces, loss, fit, finished } = frame;
  const last = fit.length - 1;
  const rows = Array.from({ length: 17 }, (_, i) => {
    const at = Math.round((i * last) / 16);
    return [formatNumber(-1 + (2 * at) / last, 3), formatNumber(fit[at]!, 3)];
  });
  const hingeRows = hinges.map(({ w, b, v }, i) => [`hinge ${i + 1}`, `${formatNumber(v, 3)} · max(0, ${formatNumber(w, 3)}·x ${b < 0 ? "−" : "+"} ${formatNumber(Math.abs(b), 3)})`]);
  return {
    sentence: `Step ${step}${finished ? ", finished" : ""}: ${hinges.length} ${hinges.length === 1 ? "hinge folds" : "hinges fold"} the line at ${folds.length} `
      + `${folds.length === 1 ? "place" : "places"}, which makes ${pieces} straight ${pieces === 1 ? "piece" : "pieces"}, ${formatNumber(Math.sqrt(loss), 2)} from the curve on a typical point.`,
    table: { columns: ["x, or hinge", "fit, or its formula"], rows: [...rows, ...hingeRows] },
  };
}
