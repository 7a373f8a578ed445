import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawRace } from "./gpuCpuRace/draw.ts";
import { describe, differenceText, ratioText } from "./gpuCpuRace/reading.ts";

/** One training step of the same model on the processor and on the graphics card, measured in this tab. */
export const gpuCpuRace = defineWidget({
  id: "gpu-cpu-race",
  title: "The same step on the CPU and on the GPU",
  params: {
    preset: {
      kind: "choice", default: "nano", label: "model",
      options: { nano: "nano, 0.14 M", micro: "micro, 0.94 M", mini: "mini, 3.1 M" },
    },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", more: true },
  },
  scenes: {
    nano: {
      title: "nano", params: { preset: "nano" },
      watch: "A step of a model this small is over before a graphics card is properly busy. Which bar is shorter on your machine?",
    },
    mini: {
      title: "mini", params: { preset: "mini" },
      watch: "Twenty-three times the weights. The larger the matrices, the more a graphics card has to do at once: does its bar gain?",
    },
  },
  task: tasks.raceBackends,
  size: { wide: [720, 236], narrow: [360, 292] },
  start: "press",
  draw: drawRace,
  describe,
  readouts: {
    ratio: ratioText,
    difference: differenceText,
    parameters: ({ parameters }) => parameters.toLocaleString("en"),
  },
});
