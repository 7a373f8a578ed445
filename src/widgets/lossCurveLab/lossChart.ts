import type { TrainDigitsFrame, TrainDigitsParams } from "../../../engine/tasks/trainDigits.ts";
import { crosshair, lineChart, type Point, type Series } from "../../charts/lineChart.ts";
import { formatNumber, type Group, plot, pointerPosition } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import type { Pinned } from "../../widget/store.ts";
import { valueAt } from "./reading.ts";

/** What was set, and how the curves are looked at. */
export interface View extends TrainDigitsParams {
  readonly scale: "linear" | "log";
  readonly smoothing: number;
}

/** A run kept for comparison. */
export type Kept = Pinned<TrainDigitsFrame, View>;

interface Place { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

/** Losses below are drawn at the foot of a log axis. */
const foot = 1e-4;

/** Training and validation loss by step. Called with null it hides: the other scale is on the screen. */
export function lossChart(
  stage: Stage, svg: Group, place: Place, scale: View["scale"],
): (frame: TrainDigitsFrame | null, view: View, kept: readonly Kept[]) => void {
  const { narrow } = stage;
  const all = svg.append("g");
  const chart = plot(all, {
    ...place, clipId: stage.id(`loss-${scale}`), ticksX: narrow ? 4 : 6, ticksY: 5, scaleY: scale,
    labelX: "step", labelY: narrow ? "nats" : "loss in nats",
  });
  const even = chart.body.append("line").attr("class", "gb-hair").attr("x2", chart.width);
  const evenName = chart.front.append("text").attr("class", "gb-soft gb-halo").attr("x", chart.width - 4).attr("text-anchor", "end");
  const bestLine = chart.body.append("line").attr("class", "gb-hair").attr("y2", chart.height);
  const drawBefore = lineChart(chart);
  const drawRaw = lineChart({ ...chart, body: chart.body.append("g").attr("opacity", 0.35) });
  const drawLines = lineChart(chart);
  const dot = chart.front.append("g").attr("class", "c-loss").append("circle").attr("class", "gb-now").attr("r", 5);
  const bestName = chart.front.append("text").attr("class", "gb-soft gb-halo");
  const ends = chart.front.append("g");
  const names = chart.front.append("g").attr("class", "gb-cell-numbers");
  const read = crosshair(chart, {
    label: "Read the loss curves", nameX: "step", left: place.left, position: (event) => pointerPosition(stage.svg, event, stage),
  });

  return (frame, view, kept) => {
    all.attr("display", frame ? null : "none");
    if (!frame) return;
    const { curve, looks, reading, abandoned, diverged, guess } = frame;
    const frames = [frame, ...kept.map((one) => one.frame)];
    const furthest = diverged ? Math.max(2 * diverged.step, 20) : Math.max(view.steps, ...frames.map(({ step }) => step));
    chart.domain([0, furthest], scale === "log" ? [lowest(frames), highest(frames)] : [0, highest(frames)]);
    const shown = (value: number): number => (scale === "log" ? Math.max(foot, value) : value);
    const y = (value: number): number => Math.round(Math.max(-50, Math.min(chart.height, chart.y(shown(value)))) * 10) / 10;
    const x = (step: number): number => Math.round(chart.x(step) * 10) / 10;
    even.attr("y1", y(guess)).attr("y2", y(guess));
    evenName.attr("y", y(guess) - 6).text(`guessing evenly ${guess.toFixed(3)}`);
    const line = (name: string, points: readonly Point[], className: string, dashed = false): Series => ({
      name, points: points.map(([at, value]): Point => [at, shown(value)]), className, dashed,
    });
    drawBefore([
      ...kept.flatMap((one, i) => [
        line(`pinned ${i + 1}, training`, smoothed(one.frame, view.smoothing), "c-baseline gb-thin", true),
        line(`pinned ${i + 1}, validation`, valuesOf(one.frame, "validation"), "c-baseline", true),
      ]),
      ...abandoned.map(({ steps, losses }, i) => line(`undone ${i + 1}`, zip(steps, losses), "c-baseline gb-thin", true)),
    ]);
    drawRaw([line("each batch", zip(curve.steps, curve.losses), "c-train gb-thin")]);
    const training = line("training", valuesOf(frame, "training"), "c-train gb-thin", true);
    const validation = line("validation", valuesOf(frame, "validation"), "c-loss");
    const differs = view.dropout > 0 || view.shifts;
    drawLines([line("batches", smoothed(frame, view.smoothing), "c-train"), ...(differs ? [training] : []), validation]);
    const turned = reading.shape === "overfit";
    bestLine.attr("display", turned ? null : "none").attr("x1", x(reading.best.step)).attr("x2", x(reading.best.step));
    dot.attr("display", turned ? null : "none").attr("cx", x(reading.best.step)).attr("cy", y(reading.best.validation));
    bestName.attr("display", turned ? null : "none").attr("x", x(reading.best.step) + 6).attr("y", 10)
      .text(`lowest${narrow ? "" : " validation"}, step ${reading.best.step}`);
    const broken = [...abandoned.map((one) => [one, "undone"] as const), ...(diverged ? [[curve, "diverged"] as const] : [])]
      .filter(([{ steps }]) => steps.length > 0);
    ends.selectAll("text").data(broken).join("text").attr("class", "gb-axis gb-halo")
      .attr("x", ([{ steps }]) => x(steps.at(-1)!) + 6).attr("y", ([{ losses }]) => Math.max(12, y(losses.at(-1)!) + 4))
      .text(([, word]) => `× ${word}`);
    names.selectAll("text").data(labels(frame, kept, { x, y, narrow, width: chart.width, smoothing: view.smoothing })).join("text")
      .attr("class", ({ className }) => `${className} gb-letter gb-halo`).attr("text-anchor", narrow ? "end" : "start")
      .attr("x", ({ at }) => at).attr("y", ({ height }) => height).text(({ text }) => text);
    const at = (values: readonly number[]): Point[] => looks.flatMap(({ step }): Point[] => {
      const value = valueAt(curve.steps, values, step);
      return value === undefined ? [] : [[step, value]];
    });
    read([
      { ...training, points: valuesOf(frame, "training") }, { ...validation, points: valuesOf(frame, "validation") },
      ...(narrow ? [] : [
        { name: "gradient norm", points: at(frame.gradientNorms), className: "c-gradient" },
        { name: "η", points: at(frame.rates), className: "c-path" },
      ]),
    ]);
  };
}

const zip = (xs: readonly number[], ys: readonly number[]): Point[] => xs.map((x, i): Point => [x, ys[i]!]);
const valuesOf = ({ looks }: TrainDigitsFrame, which: "training" | "validation"): Point[] =>
  looks.map((look): Point => [look.step, look[which]]);

/** Exponential means of the batch losses; the weight of the zeros before the first is divided out. */
export function smoothed({ curve }: Pick<TrainDigitsFrame, "curve">, smoothing: number): Point[] {
  let mean = 0, weight = 0;
  return curve.losses.map((loss, i): Point => {
    mean = smoothing * mean + (1 - smoothing) * loss;
    weight = smoothing * weight + (1 - smoothing);
    return [curve.steps[i]!, mean / weight];
  });
}

/** Guessing lies below the top; worse is shown up to four times that. */
function highest(frames: readonly TrainDigitsFrame[]): number {
  const [{ guess }] = frames as [TrainDigitsFrame];
  const tallest = Math.max(...frames.flatMap(({ looks, diverged, abandoned, curve }) => [
    ...looks.map(({ validation }) => validation), ...abandoned.flatMap(({ losses }) => losses), ...(diverged ? curve.losses : []),
  ]));
  return Math.min(4 * guess, Math.max(guess + 0.3, 1.05 * tallest));
}

/** A round power of ten below the lowest loss that is drawn. */
function lowest(frames: readonly TrainDigitsFrame[]): number {
  const values = frames.flatMap(({ looks, curve }) => [
    ...looks.flatMap(({ training, validation }) => [training, validation]), ...curve.losses,
  ]);
  return 10 ** Math.floor(Math.log10(Math.max(foot, Math.min(1, ...values))));
}

interface Label { readonly text: string; readonly className: string; readonly at: number; readonly height: number }

/** The ends of the lines, named with their values; moved apart where they would cover each other. */
function labels(
  frame: TrainDigitsFrame, kept: readonly Kept[], { x, y, narrow, width, smoothing }: {
    x(step: number): number; y(value: number): number; readonly narrow: boolean; readonly width: number; readonly smoothing: number;
  },
): Label[] {
  const end = (text: string, className: string, points: readonly Point[]): Label[] => {
    const last = points.at(-1);
    // One point is no line yet, and its name would lie on the axis.
    if (!last || points.length < 2) return [];
    // In the narrow drawing there is no room beside the chart: names stand above the ends of their lines.
    const beside = x(last[0]) + 6;
    return [{ text: narrow ? text : `${text} ${formatNumber(last[1], 3)}`, className, at: Math.round(narrow ? Math.min(Math.max(beside, 60), width - 2) : beside),
      height: Math.round(y(last[1])) + (narrow ? -6 : 4) }];
  };
  const all = [
    ...end("training", "c-train", smoothed(frame, smoothing)), ...end("validation", "c-loss", valuesOf(frame, "validation")),
    ...kept.flatMap((one, i) => end(`run ${i + 1}`, "c-baseline", valuesOf(one.frame, "validation"))),
  ].sort((a, b) => a.height - b.height);
  let before = -Infinity;
  return all.map((label) => {
    before = Math.max(label.height, before + 14);
    return { ...label, height: before };
  });
}
