import type { FitHingesFrame } from "../../../engine/tasks/fitHinges.ts";
import { lineChart, type Point } from "../../charts/lineChart.ts";
import { formatNumber, plot, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { curvePen } from "./curvePen.ts";

export interface SculptorParams {
  readonly curve: readonly number[];
  readonly hinges: boolean;
}

const LEFT = 34;
const TOP = 26;
const HIGH = 1.15;

/** The curve to be learnt, the fit, each hinge, and ticks where the fit folds. */
export function drawSculptor(stage: Stage<SculptorParams>): (frame: FitHingesFrame, params: SculptorParams) => void {
  const { narrow, width } = stage;
  const svg = root(stage.svg);
  const chart = plot(svg, {
    left: LEFT, top: TOP, width: width - LEFT - 10, height: narrow ? 280 : 300, labelX: "x", labelY: "", clipId: stage.id("plot"), ticksX: narrow ? 5 : 9,
  });
  chart.domain([-1, 1], [-HIGH, HIGH]);
  const each = chart.body.append("g").attr("opacity", 0.65);
  const drawEach = lineChart({ ...chart, body: each });
  const drawCurve = lineChart(chart);
  const ticks = chart.front.append("g").attr("class", "c-path");
  const title = svg.append("text").attr("class", "gb-axis").attr("x", LEFT).attr("y", 15);
  const status = svg.append("text").attr("class", "gb-axis").attr("x", LEFT).attr("y", TOP + chart.height + (narrow ? 54 : 40));
  const pen = curvePen(chart.front, {
    width: chart.width, height: chart.height, high: HIGH,
    position: (event) => {
      const [x, y] = pointerPosition(stage.svg, event, stage);
      return [x - LEFT, y - TOP];
    },
    change: (curve) => stage.set({ curve }),
  });
  const others = stage.narrow ? "dashed: the curve · thin: neurons · " : "dashed: the curve (drag to draw) · thin: a neuron each · ";
  title.selectAll("tspan").data([[others, "gb-soft"], ["bold: the fit", "c-path gb-term"]]).join("tspan")
    .attr("class", ([, className]) => className!).text(([text]) => text!);

  return (frame, params) => {
    const { fit, hinges, base, folds, loss } = frame;
    const along = (values: readonly number[]): Point[] => values.map((value, i): Point => [-1 + (2 * i) / (values.length - 1), value]);
    drawEach(params.hinges ? hinges.map(({ w, b, v }, i) => {
      const height = (x: number): number => clamped(base + v * Math.max(0, w * x + b));
      const fold = -b / w;
      const xs = fold > -1 && fold < 1 ? [-1, fold, 1] : [-1, 1];
      return { name: `hinge ${i}`, points: xs.map((x): Point => [x, height(x)]), className: "c-curve gb-thin" };
    }) : []);
    drawCurve([
      { name: "curve", points: along(params.curve), className: "c-baseline gb-curve", dashed: true },
      { name: "fit", points: along(fit.map(clamped)), className: "c-path gb-fit" },
    ]);
    chart.body.selectAll(".gb-fit").style("stroke-width", "3.5px");
    ticks.selectAll("path").data(folds).join("path").attr("class", "gb-now").attr("d", "M-5,0L5,0L0,-10Z").attr("stroke-width", 1)
      .attr("transform", (at) => `translate(${Math.round(chart.x(at) * 100) / 100},${chart.height})`);
    const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;
    status.text([
      count(hinges.length, "hinge"), count(folds.length, "fold"), count(frame.pieces, "piece"),
      ...(narrow ? [] : [`typical distance ${formatNumber(Math.sqrt(loss), 2)}`]), `step ${frame.step}`,
    ].join(" · "));
    pen(params.curve);
  };
}

const clamped = (value: number): number => Math.max(-4, Math.min(4, value));
