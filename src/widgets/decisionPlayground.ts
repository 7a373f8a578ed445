import { type ClassifyPlaneFrame, EDGE } from "../../engine/tasks/classifyPlane.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { formatNumber } from "../charts/plot.ts";
import { type Description, defineWidget } from "../widget/defineWidget.ts";
import { drawPlayground } from "./decisionPlayground/draw.ts";

/** A small network separates two kinds of points in the plane while one watches; without a bend it draws one straight border. */
export const decisionPlayground = defineWidget({
  id: "decision-playground",
  title: "Two kinds of points",
  params: {
    points: { kind: "choice", default: "xor", options: { xor: "XOR", moons: "moons", rings: "ring", spiral: "spiral" }, label: "points" },
    bend: {
      kind: "choice", default: "relu", label: "bend",
      options: { identity: "none (linear only)", relu: "ReLU", tanh: "tanh", gelu: "GELU", sigmoid: "sigmoid" },
    },
    width: { kind: "number", default: 4, min: 1, max: 16, step: 1, label: "neurons a layer" },
    depth: { kind: "number", default: 1, min: 1, max: 4, step: 1, label: "hidden layers", more: true },
    learningRate: { kind: "number", default: 0.02, min: 0.0005, max: 1, scale: "log", label: "learning rate η", live: true, more: true },
    headStart: { kind: "number", default: 0, min: 0, max: 10_000, step: 10, label: "steps taken at the start", more: true },
    noise: { kind: "number", default: 0.12, min: 0, max: 0.3, step: 0.01, label: "noise", more: true },
    steps: { kind: "number", default: 1000, min: 100, max: 10_000, step: 100, label: "steps in all", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", more: true },
  },
  scenes: {
    bent: { title: "XOR, four hinges", params: { headStart: 1000 }, watch: "Each hinge folds the plane along a line; together they cut out two opposite corners." },
    linear: {
      title: "linear only", params: { bend: "identity", width: 8, depth: 3, headStart: 1000 },
      watch: "Three layers of eight neurons, and the loss stays at 0.69, the price of an even guess: without a bend it is all one straight line.",
    },
    unlucky: {
      title: "two hinges, unlucky", params: { width: 2, seed: 2, headStart: 1000 },
      watch: "Two hinges can solve this, from another start (seed 1). From this one training gets stuck: weights that exist need not be found.",
    },
    moons: { title: "moons", params: { points: "moons", width: 8, noise: 0.06, headStart: 1000 }, watch: "A winding border, made of straight folds." },
    spiral: {
      title: "spiral, two layers", params: { points: "spiral", bend: "tanh", width: 8, depth: 2, steps: 2000, headStart: 2000 },
      watch: "The second layer bends what the first has bent: eight neurons a layer are enough for a border that winds around itself.",
    },
    shallow: {
      title: "spiral, one layer", params: { points: "spiral", bend: "tanh", width: 8, depth: 1, steps: 2000, headStart: 2000 },
      watch: "The same neurons in one layer: parts of the arms stay on the wrong side.",
    },
  },
  task: tasks.classifyPlane,
  size: { wide: [720, 384], narrow: [360, 570] },
  start: "press",
  draw: drawPlayground,
  describe,
  readouts: {
    step: ({ step }) => String(step),
    accuracy: ({ accuracy }) => `${Math.round(100 * accuracy)} %`,
    loss: ({ loss }) => formatNumber(loss, 3),
    parameters: ({ parameters }) => String(parameters),
  },
});

/** Rows and columns of the table: every fourth cell of the picture. */
const every = 4;

function describe(frame: ClassifyPlaneFrame): Description {
  const { step, loss, accuracy, labels, parameters, plane, side, finished } = frame;
  const wrong = Math.round((1 - accuracy) * labels.length);
  const cells = Array.from({ length: Math.floor(side / every) }, (_, i) => i * every + every / 2);
  const place = (cell: number): string => formatNumber(-EDGE + (2 * EDGE * (cell + 0.5)) / side, 2);
  return {
    sentence: `Step ${step}${finished ? ", finished" : ""}: ${wrong === 0 ? "no point lies" : wrong === 1 ? "1 point lies" : `${wrong} points lie`} on the wrong side `
      + `out of ${labels.length}, the loss is ${formatNumber(loss, 3)} nats, with ${parameters} parameters.`,
    table: {
      columns: ["share of squares at y \\ x", ...cells.map(place)],
      rows: cells.map((row) => [place(side - 1 - row), ...cells.map((column) => plane[row * side + column]!.toFixed(2))]),
    },
  };
}
