import { landscapes, type LandscapeName, type DescendFrame } from "../../engine/tasks/descend.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { dragPoint } from "../charts/dragPoint.ts";
import { crosshair, lineChart, type Point } from "../charts/lineChart.ts";
import { formatNumber, plot, pointerPosition, root } from "../charts/plot.ts";
import { defineWidget } from "../widget/defineWidget.ts";

/** The stretch of weights and, per function, the losses that are drawn. What leaves them is cut off, not squeezed in. */
const SHOWN: readonly [number, number] = [-1.5, 7.5];
const HIGHEST: Readonly<Record<LandscapeName, number>> = { bowl: 17, twoValleys: 8, corner: 5, ripples: 7 };
/** Room below zero and above the highest loss, as a share, so that marks there are whole. */
const ROOM = 0.04;
const curves = new Map<LandscapeName, readonly Point[]>();

/** Gradient descent on a function of one weight: footprints on the curve, and the loss at each step. */
export const descent1d = defineWidget({
  id: "descent-1d",
  // What the plan of the book called it.
  aliases: ["loss-curve"],
  title: "Gradient descent on one weight",
  params: {
    learningRate: { kind: "number", default: 0.1, min: 0, max: 1.2, step: 0.01, label: "learning rate η", live: true },
    start: { kind: "number", default: 5, min: -1, max: 7, step: 0.1, label: "start w₀", live: true },
    landscape: {
      kind: "choice", default: "bowl", label: "function", live: true,
      options: { bowl: "(w − 3)²", twoValleys: "two valleys", corner: "rounded corner", ripples: "ripples" },
    },
    steps: { kind: "number", default: 30, min: 1, max: 60, step: 1, label: "steps in all", live: true, more: true },
    headStart: { kind: "number", default: 4, min: 0, max: 60, step: 1, label: "steps taken at the start", more: true },
  },
  scenes: {
    crawl: { title: "crawl", params: { learningRate: 0.01 }, watch: "Thirty steps, and the weight has covered less than half of the way." },
    jump: { title: "one jump", params: { learningRate: 0.5 }, watch: "At η = 1/2, one over the curvature, the first step lands exactly on the minimum." },
    bounce: { title: "bounce", params: { learningRate: 0.9 }, watch: "Each step lands on the other side, a little lower: 1.4, 4.28, 1.976." },
    forEver: { title: "for ever", params: { learningRate: 1 }, watch: "From 5 to 1 and back to 5: the loss never changes." },
    diverge: { title: "diverge", params: { learningRate: 1.05 }, watch: "Each step overshoots by more than the last, and the loss climbs." },
    trapped: { title: "wrong valley", params: { landscape: "twoValleys", learningRate: 0.1 }, watch: "The walk ends in the valley it started above, which is not the lower one." },
  },
  task: tasks.descend,
  size: { wide: [720, 340], narrow: [360, 560] },
  start: "auto",
  pace: 140,
  pins: true,
  goals: { loss: { label: "loss", value: ({ loss }) => loss }, step: { label: "step", value: ({ step }) => step } },
  draw(stage) {
    const { narrow, width } = stage;
    const svg = root(stage.svg);
    const curve = plot(svg, {
      left: 46, top: 34, width: narrow ? width - 62 : 380, height: narrow ? 210 : 250,
      labelX: "weight w", labelY: "loss f(w)", clipId: stage.id("curve"),
    });
    const lossLeft = narrow ? 46 : 492;
    const losses = plot(svg, {
      left: lossLeft, top: narrow ? 320 : 34, width: narrow ? width - 62 : 212, height: narrow ? 190 : 250,
      labelX: "step", labelY: "loss", clipId: stage.id("loss"), ticksX: 4,
    });
    const drawCurve = lineChart(curve);
    const walked = curve.body.append("path").attr("class", "gb-line gb-thin c-path");
    const prints = curve.body.append("g").attr("class", "c-path");
    const slope = curve.body.append("line").attr("class", "gb-line gb-thin c-gradient");
    const drawLoss = lineChart(losses);
    const dots = losses.body.append("g").attr("class", "c-loss");
    const readLoss = crosshair(losses, {
      label: "Read the loss curve", nameX: "step", left: lossLeft, position: (event) => pointerPosition(stage.svg, event, stage),
    });
    const warning = curve.front.append("text").attr("class", "gb-note").attr("x", curve.width / 2).attr("y", 16).attr("text-anchor", "middle");
    const { start } = descent1d.params;
    let value = landscapes.bowl.value as (w: number) => number;
    const moveStart = dragPoint(curve.front, {
      label: "start of the walk", min: start.min, max: start.max, step: start.step,
      valueAt: (event) => curve.x.invert(pointerPosition(stage.svg, event, stage)[0] - 46),
      place: (w) => [curve.x(w), curve.y(value(w))],
      speak: (w) => `w₀ = ${formatNumber(w)}, loss ${formatNumber(value(w))}`,
      change: (w) => stage.set({ start: w }),
    });

    return (frame, params, pinned) => {
      const landscape = params.landscape;
      value = landscapes[landscape].value;
      curve.domain(SHOWN, [-ROOM * HIGHEST[landscape], HIGHEST[landscape]]);
      drawCurve([{ name: landscape, points: sampled(landscape), className: "c-curve" }]);
      const feet = frame.path.map((w, step): Point => [curve.x(w), curve.y(frame.losses[step]!)]);
      walked.attr("d", feet.map(([x, y], i) => `${i === 0 ? "M" : "L"}${clipped(x)},${clipped(y)}`).join(""));
      prints.selectAll("circle").data(feet).join("circle")
        .attr("cx", ([x]) => clipped(x)).attr("cy", ([, y]) => clipped(y)).attr("r", (_, i) => (i === feet.length - 1 ? 6 : 3.5))
        .attr("class", (_, i) => (i === feet.length - 1 ? "gb-now" : "gb-print"));
      const reach = Math.abs(frame.slope) < 1e9 ? 1 / Math.hypot(1, frame.slope) : 0;
      slope.attr("x1", clipped(curve.x(frame.w - reach))).attr("y1", clipped(curve.y(frame.loss - frame.slope * reach)))
        .attr("x2", clipped(curve.x(frame.w + reach))).attr("y2", clipped(curve.y(frame.loss + frame.slope * reach)));
      moveStart(params.start);
      warning.text(climbs(frame) ? "every step overshoots further: η is too large here" : "");

      const highest = Math.max(...frame.losses, ...(pinned?.frame.losses ?? []), 0.1);
      losses.domain([0, Math.max(4, params.steps, pinned?.frame.step ?? 0)], [-ROOM * highest, highest * (1 + ROOM)]);
      const series = [
        ...(pinned ? [{ name: `pinned, η = ${pinned.params.learningRate}`, points: stepsOf(pinned.frame), className: "c-baseline gb-thin", dashed: true }] : []),
        { name: "loss", points: stepsOf(frame), className: "c-loss" },
      ];
      drawLoss(series);
      readLoss(series);
      dots.selectAll("circle").data(frame.losses).join("circle").attr("r", 2.5).attr("class", "gb-print")
        .attr("cx", (_, step) => losses.x(step)).attr("cy", (loss) => clipped(losses.y(loss)));
    };
  },
  describe(frame, params) {
    const rows = frame.path.map((w, step) => [step, formatNumber(w, 6), formatNumber(frame.losses[step]!, 5)]);
    return { sentence: sentence(frame, params.learningRate), table: { columns: ["step", "w", "loss"], rows } };
  },
  readouts: {
    weight: (frame) => formatNumber(frame.w, 5),
    loss: (frame) => formatNumber(frame.loss),
    step: (frame) => String(frame.step),
  },
});

const stepsOf = ({ losses }: DescendFrame): Point[] => losses.map((loss, step) => [step, loss]);

function sentence(frame: DescendFrame, learningRate: number): string {
  const { step, w, loss, losses, divergedAt } = frame;
  if (divergedAt !== null) {
    return `At learning rate ${formatNumber(learningRate)} every step overshot further than the last: the weight left all bounds at step ${divergedAt}; a smaller rate brings it back.`;
  }
  const now = `Step ${step}: the weight is ${formatNumber(w, 5)} and the loss ${formatNumber(loss)}`;
  if (climbs(frame)) return `${now}, climbing from ${formatNumber(losses[0]!)}, because every step overshoots further than the last.`;
  return `${now}, ${loss < losses[0]! * 0.999 ? "falling from" : "still at"} ${formatNumber(losses[0]!)}.`;
}

/** Whether the walk is running away: it ends above its start, having never come nearer to the minimum with the last step. */
function climbs({ losses, divergedAt }: DescendFrame): boolean {
  return divergedAt !== null || (losses.length > 2 && losses.at(-1)! > losses[0]! * 1.001 && losses.at(-1)! > losses.at(-2)!);
}

/** Far points are drawn at the border of what SVG can hold; the clip path hides them. */
const clipped = (value: number): number => Math.round(Math.max(-1e4, Math.min(1e4, value)) * 100) / 100;

function sampled(name: LandscapeName): readonly Point[] {
  const known = curves.get(name);
  if (known) return known;
  const [from, to] = SHOWN;
  const points = Array.from({ length: 241 }, (_, i): Point => {
    const w = from + ((to - from) * i) / 240;
    return [w, landscapes[name].value(w)];
  });
  curves.set(name, points);
  return points;
}
