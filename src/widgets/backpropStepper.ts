import { tasks } from "../../engine/tasks/index.ts";
import type { WalkTapeFrame } from "../../engine/tasks/walkTape.ts";
import { cellText } from "../charts/numberGrid.ts";
import { formatNumber } from "../charts/plot.ts";
import { type Description, defineWidget } from "../widget/defineWidget.ts";
import { drawStepper } from "./backpropStepper/draw.ts";
import { disagreement, explain, gradientAt, nameOf, parameterCount, progressOf } from "./backpropStepper/reading.ts";

const weights = { kind: "grid", min: -3, max: 3, step: 0.0001, live: true } as const;
const data = { kind: "grid", rows: 1, min: -9, max: 9, step: 0.1, live: true } as const;

/** The engine's own tape of a small network, walked forwards and back one entry at a time. */
export const backpropStepper = defineWidget({
  id: "backprop-stepper",
  title: "Backpropagation, one entry at a time",
  params: {
    network: { kind: "choice", default: "neuron", options: { neuron: "one neuron", layers: "2-3-2" }, label: "network", live: true },
    bend: { kind: "choice", default: "none", options: { none: "none", relu: "ReLU", tanh: "tanh" }, label: "bend", live: true },
    at: { kind: "number", default: 8, min: 0, max: 12, step: 1, label: "entries walked", live: true },
    learningRate: { kind: "number", default: 0.01, min: 0.001, max: 0.5, step: 0.001, label: "learning rate η", live: true, more: true },
    neuronData: { ...data, columns: 2, default: [2, 5], label: "x and t" },
    neuron: { ...weights, rows: 1, columns: 2, default: [1, 0], label: "w and b" },
    layersData: { ...data, columns: 4, default: [1, -0.5, 1, 0], label: "x and t of the network" },
    hidden: { ...weights, rows: 3, columns: 3, default: [0.5, -0.4, 0.1, -0.3, 0.8, 0.2, 0.7, 0.6, -0.2], label: "first layer" },
    output: { ...weights, rows: 2, columns: 4, default: [0.6, -0.5, 0.4, 0.1, -0.2, 0.9, 0.3, 0], label: "second layer" },
  },
  scenes: {
    start: { title: "from the start", params: { at: 0 }, watch: "Nothing is computed yet. Press “next” four times for the loss, and four times more for the slopes." },
    half: { title: "forward pass done", params: { at: 4 }, watch: "The loss is 9. Every number on the way to it was kept, because the way back needs it." },
    closed: {
      title: "a closed hinge", params: { bend: "relu", neuronData: [1, 0.5], neuron: [0.17, -0.93], at: 10 },
      watch: "Before the bend stands −0.76: the value that leaves is 0, and so is every slope behind it.",
    },
    layers: {
      title: "2-3-2", params: { network: "layers", bend: "relu", at: 12 },
      watch: "The same five or six kinds of entry, now with rows of numbers; the closed neuron in the middle hands nothing back.",
    },
  },
  task: tasks.walkTape,
  size: { wide: [720, 524], narrow: [360, 812] },
  start: "auto",
  draw: drawStepper,
  describe,
  readouts: {
    loss: ({ loss }) => formatNumber(loss, 5),
    nextLoss: ({ nextLoss }) => formatNumber(nextLoss, 5),
    parameters: (frame) => String(parameterCount(frame)),
    passes: (frame) => String(2 * parameterCount(frame)),
    disagreement: (frame) => (disagreement(frame) < 1e-6 ? "less than a millionth" : `at most ${formatNumber(disagreement(frame), 1)}`),
  },
});

function describe(frame: WalkTapeFrame, { at }: { readonly at: number }): Description {
  const progress = progressOf(frame, at);
  const { entries } = frame;
  const where = progress.current === null ? "The tape is empty"
    : progress.back === 0 ? `Forward, entry ${progress.current + 1} of ${entries.length} (${entries[progress.current]!.op})`
    : `Backward, entry ${progress.current + 1} of ${entries.length} (${entries[progress.current]!.op})`;
  const says = progress.current === null ? "nothing has been computed" : explain(frame, at).map(({ text }) => text).join("");
  const made = new Set(entries.slice(progress.forward).map(({ output }) => output));
  const rows = Object.entries(frame.values).filter(([name]) => !made.has(name)).flatMap(([name, values]) => values.map((value, index) => {
    const gradient = gradientAt(frame, { name, index }, progress);
    const nudged = frame.nudged[name];
    const label = name === "x" || name === "t" ? (values.length > 1 ? `${name}${"₁₂"[index]}` : name) : nameOf(frame, { name, index });
    return [label, cellText(value, 4), gradient === null ? "–" : cellText(gradient, 4), nudged && gradient !== null ? cellText(nudged[index]!, 3) : "–"];
  }));
  return { sentence: `${where}: ${says}.`, table: { columns: ["number", "value", "slope of the loss", "by nudging"], rows } };
}
