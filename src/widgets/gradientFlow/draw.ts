import type { GradientFlowFrame } from "../../../engine/tasks/gradientFlow.ts";
import { crosshair, lineChart, type Point, type Series } from "../../charts/lineChart.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, plot, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { formatLoss, verdict } from "./reading.ts";

const layouts = {
  wide: {
    bars: { left: 56, top: 72, width: 400, height: 244 }, loss: { left: 530, top: 72, width: 178, height: 110 }, columns: 100, said: [530, 246],
  },
  narrow: {
    bars: { left: 50, top: 96, width: 298, height: 220 }, loss: { left: 50, top: 404, width: 298, height: 90 }, columns: 52, said: [10, 560],
  },
} as const;

/** A bar for each layer on a log axis, a tick where it stood before training, and the loss beside. */
export function drawGradientFlow(stage: Stage): (frame: GradientFlowFrame) => void {
  const layout = stage.narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  const say = paragraph(svg.append("g").attr("transform", `translate(${stage.narrow ? 6 : 4},16)`));
  const chart = plot(svg, {
    ...layout.bars, clipId: stage.id("bars"), ticksX: stage.narrow ? 5 : 8, ticksY: 7, scaleY: "log",
    labelX: "hidden layer, from the picture on", labelY: "gradient norm",
  });
  const bars = chart.body.append("g").attr("class", "c-gradient");
  const ticks = chart.body.append("g");
  const read = crosshair(chart, {
    label: "Read the gradient of a layer", nameX: "layer", left: layout.bars.left,
    position: (event) => pointerPosition(stage.svg, event, stage),
  });
  const linear = lossChart(stage, svg, layout.loss, "linear"), log = lossChart(stage, svg, layout.loss, "log");
  const status = paragraph(svg.append("g").attr("transform", `translate(${layout.said})`), { className: "gb-fine" });

  return (frame) => {
    const { norms, before, step, steps, guess, loss } = frame;
    const { word, text } = verdict(frame);
    say(wrap(`${word}: ${text}`, layout.columns).map((line, i) => (i === 0
      ? [{ text: `${word}:`, className: "gb-term" }, { text: line.slice(word.length + 1) }] : [{ text: line }])));
    const seen = [...norms, ...before].filter((norm) => norm !== null && norm > 0) as number[];
    const low = 10 ** Math.floor(Math.log10(Math.min(0.01, ...seen)));
    const high = 10 ** Math.ceil(Math.log10(Math.max(1, ...seen)));
    chart.domain([0.4, norms.length + 0.6], [low, high]);
    const width = (chart.width / (norms.length + 0.2)) * 0.7;
    const x = (layer: number): number => Math.round((chart.x(layer) - width / 2) * 10) / 10;
    const y = (norm: number): number => Math.round(chart.y(Math.max(low, Math.min(high, norm))) * 10) / 10;
    const shown = (values: readonly (number | null)[]): Point[] =>
      values.flatMap((norm, i): Point[] => (norm === null || norm === 0 ? [] : [[i + 1, norm]]));
    bars.selectAll("rect").data(shown(norms)).join("rect").attr("class", "gb-print").attr("width", Math.round(width * 10) / 10)
      .attr("x", ([layer]) => x(layer)).attr("y", ([, norm]) => y(norm)).attr("height", ([, norm]) => chart.height - y(norm));
    ticks.selectAll("line").data(shown(before)).join("line").attr("class", "gb-line")
      .attr("x1", ([layer]) => x(layer)).attr("x2", ([layer]) => Math.round((x(layer) + width) * 10) / 10)
      .attr("y1", ([, norm]) => y(norm)).attr("y2", ([, norm]) => y(norm));
    const series = (name: string, values: readonly (number | null)[]): Series => ({ name, points: shown(values), className: "c-gradient" });
    read([series("before", before), series("now", norms)]);
    // A loss that begins in the hundred thousands fits a log axis only.
    const far = Math.max(...frame.losses) > 4 * guess;
    linear(far ? null : frame);
    log(far ? frame : null);
    status([
      [{ text: `step ${step} of ${Math.max(step, steps)}: loss ${formatLoss(loss)}` }], [{ text: `dotted: guessing, ${guess.toFixed(3)}` }],
      ...(stage.narrow ? [] : [[{ text: "ticks: before the first step" }]]),
    ]);
  };
}

/** The loss of every step, and what guessing costs. Called with null it hides: the other scale is on the screen. */
function lossChart(
  stage: Stage, svg: Group, place: (typeof layouts)["wide" | "narrow"]["loss"], scale: "linear" | "log",
): (frame: GradientFlowFrame | null) => void {
  const all = svg.append("g");
  const chart = plot(all, { ...place, clipId: stage.id(`loss-${scale}`), ticksX: 3, ticksY: 3, scaleY: scale, labelX: "step", labelY: "loss in nats" });
  const even = chart.body.append("line").attr("class", "gb-hair").attr("x2", chart.width);
  const draw = lineChart(chart);
  return (frame) => {
    all.attr("display", frame ? null : "none");
    if (!frame) return;
    const { losses, guess, step, steps } = frame;
    const most = Math.max(guess + 0.3, ...losses);
    chart.domain([0, Math.max(steps, step)], scale === "log" ? [Math.min(1, ...losses), 10 ** Math.ceil(Math.log10(most))] : [0, most]);
    even.attr("y1", chart.y(guess)).attr("y2", chart.y(guess));
    draw([{ name: "loss", points: losses.map((value, i): Point => [i, value]), className: "c-train" }]);
  };
}
