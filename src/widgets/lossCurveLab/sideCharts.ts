import type { TrainDigitsFrame } from "../../../engine/tasks/trainDigits.ts";
import { lineChart, type Point } from "../../charts/lineChart.ts";
import { type Group, plot } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";

interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** From one chart to the next: beside it, or below. */
  readonly gap: number;
  readonly below: number;
}

/** The norm of the gradient on a log axis, and the learning rate, by step. */
export function sideCharts(stage: Stage, svg: Group, { left, top, width, height, gap, below }: Place): (frame: TrainDigitsFrame, steps: number) => void {
  const options = { width, height, ticksX: 3, ticksY: 3, labelX: "" };
  const norm = plot(svg, { ...options, left, top, clipId: stage.id("norm"), labelY: "gradient norm", scaleY: "log" });
  const secondLeft = gap > 0 ? left + width + gap : left;
  const rate = plot(svg, { ...options, left: secondLeft, top: top + below, clipId: stage.id("rate"), labelY: "learning rate η" });
  const drawNorm = lineChart(norm), drawRate = lineChart(rate);
  return ({ curve, gradientNorms, rates, step, diverged }, steps) => {
    const furthest = diverged ? Math.max(2 * diverged.step, 20) : Math.max(step, steps);
    const positive = gradientNorms.filter((value) => value > 0);
    const low = 10 ** Math.floor(Math.log10(Math.min(0.1, ...positive))), high = 10 ** Math.ceil(Math.log10(Math.max(1, ...positive)));
    norm.domain([0, furthest], [Math.max(1e-6, low), high]);
    rate.domain([0, furthest], [0, 1.15 * Math.max(1e-4, ...rates)]);
    const points = (values: readonly number[]): Point[] => curve.steps.map((at, i): Point => [at, values[i]!]);
    drawNorm([{ name: "gradient norm", points: points(gradientNorms), className: "c-gradient gb-thin" }]);
    drawRate([{ name: "learning rate", points: points(rates), className: "c-path" }]);
  };
}
