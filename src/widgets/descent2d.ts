import { type PlaneName, planes } from "../../engine/data/planes.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { formatNumber } from "../charts/plot.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawRace } from "./descent2d/draw.ts";
import { named, standing, verdict } from "./descent2d/words.ts";

const racers = {
  plain: "plain", momentum: "momentum", nesterov: "Nesterov’s momentum", adaGrad: "AdaGrad", rmsProp: "RMSProp", adam: "Adam", nobody: "nobody",
} as const;
const start = { kind: "number", min: -3, max: 3, step: 0.01, live: true, hidden: true } as const;

/** "the ravine"; a valley with an owner takes no article. */
const groundName = (name: PlaneName): string => (name === "rosenbrock" ? "" : "the ") + planes[name].name;

/** Up to four optimizers race down one piece of ground, seen as a map with contour lines. */
export const descent2d = defineWidget({
  id: "descent-2d",
  title: "Optimizers racing down one valley",
  params: {
    landscape: {
      kind: "choice", default: "ravine", label: "ground", live: true,
      options: { bowl: "bowl", ravine: "ravine", tilted: "tilted ravine", rosenbrock: "Rosenbrock’s valley", saddle: "saddle" },
    },
    learningRate: {
      kind: "number", default: 0.019, min: 0.0001, max: 3, scale: "log", label: "η of plain, momentum", live: true,
    },
    scaledRate: { kind: "number", default: 0.1, min: 0.001, max: 3, scale: "log", label: "η of AdaGrad, RMSProp, Adam", live: true },
    momentum: { kind: "number", default: 0.9, min: 0, max: 0.99, step: 0.01, label: "momentum kept", live: true, more: true },
    steps: { kind: "number", default: 120, min: 10, max: 1200, step: 10, label: "steps in all", live: true, more: true },
    lane1: { kind: "choice", default: "plain", options: racers, label: "lane 1", live: true, more: true },
    lane2: { kind: "choice", default: "momentum", options: racers, label: "lane 2", live: true, more: true },
    lane3: { kind: "choice", default: "adaGrad", options: racers, label: "lane 3", live: true, more: true },
    lane4: { kind: "choice", default: "adam", options: racers, label: "lane 4", live: true, more: true },
    startX: { ...start, default: -2.5, label: "start, x" },
    startY: { ...start, default: 0.8, label: "start, y", min: -2, max: 2 },
    headStart: { kind: "number", default: 40, min: 0, max: 1200, step: 1, label: "steps taken at the start", more: true },
  },
  scenes: {
    bowl: {
      title: "bowl", params: { landscape: "bowl", learningRate: 0.3, steps: 60 },
      watch: "On a round bowl plain descent walks straight to the bottom, and momentum overshoots it.",
    },
    ravine: {
      title: "ravine", params: { landscape: "ravine" },
      watch: "Plain descent zigzags across and crawls along; momentum gathers speed along, and Adam walks a diagonal.",
    },
    tilted: {
      title: "tilted ravine", params: { landscape: "tilted", startX: -2.57, startY: -0.56 },
      watch: "Ravine and start turned by 30°: plain descent and momentum walk as before, Adam and AdaGrad no longer know their way.",
    },
    rosenbrock: {
      title: "Rosenbrock’s valley", params: { landscape: "rosenbrock", learningRate: 0.001, scaledRate: 0.1, startX: -1.2, startY: 1, steps: 600, headStart: 60 },
      watch: "All find the bent valley at once; the walk along its flat floor to the point (1, 1) takes hundreds of steps.",
    },
    saddle: {
      title: "saddle", params: { landscape: "saddle", learningRate: 0.1, scaledRate: 0.05, startX: -2, startY: 0.01, steps: 120, headStart: 30 },
      watch: "Between two hollows the ground is nearly level: plain descent lingers at the saddle, and leaves it in the end.",
    },
    tooFast: {
      title: "η a little too large", params: { learningRate: 0.021 },
      watch: "Above 2/100 plain descent climbs the walls; momentum bears nearly twice as much.",
    },
  },
  task: tasks.raceOptimizers,
  size: { wide: [720, 400], narrow: [360, 600] },
  start: "auto",
  pace: 80,
  goals: {
    arrived: { label: "step at which the first racer arrives", value: ({ racers: all }) => all.flatMap(({ arrivedAt }) => arrivedAt ?? []).sort((a, b) => a - b)[0] ?? null },
  },
  draw: drawRace,
  describe(frame, params) {
    const rows = frame.racers.map((racer) => {
      const [x, y] = racer.path.at(-1)!;
      return [
        named(racer), formatNumber(x), formatNumber(y), formatNumber(racer.losses.at(-1)!), standing(racer),
      ];
    });
    const sentence = frame.racers.length === 0
      ? `Nobody is in the race on ${groundName(params.landscape)}.`
      : `Step ${frame.step} on ${groundName(params.landscape)} ${planes[params.landscape].formula}: ${frame.racers.map(verdict).join("; ")}.`;
    return { sentence, table: { columns: ["racer", "x", "y", "loss", "state"], rows } };
  },
  readouts: {
    step: ({ step }) => String(step),
    race: ({ racers: all }) => all.map(verdict).join("; "),
  },
});
