import type { MaskLabFrame, MaskRun } from "../../../engine/tasks/maskLab.ts";
import { crosshair, lineChart, type Point, type Series } from "../../charts/lineChart.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, plot, pointerPosition } from "../../charts/plot.ts";
import { pressButton } from "../../charts/pressButton.ts";
import type { Stage } from "../../widget/stage.ts";
import { lossNow } from "./reading.ts";

const layouts = {
  wide: { chart: { left: 60, top: 352, width: 300, height: 180 }, text: [396, 344], columns: 46, mono: 39, lines: 3, idle: [396, 440], button: [396, 534] },
  narrow: { chart: { left: 44, top: 738, width: 304, height: 120 }, text: [8, 918], columns: 48, mono: 43, lines: 2, idle: [8, 996], button: [8, 1050] },
} as const;
const BUTTON = 190;
/** A training loss is the mean of this many steps: single batches jump about. */
const SMOOTH = 8;

interface Trains { readonly train: boolean }

/** The loss behind this mask and behind the causal one, in training and in writing, and what both write. */
export function trainingPanel(stage: Stage<Trains>, svg: Group): (frame: MaskLabFrame, params: Trains) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const { left } = layout.chart;
  const chart = plot(svg, { ...layout.chart, labelX: "step", labelY: "loss in nats a token", clipId: stage.id("loss"),
    ticksX: 4, ticksY: 4 });
  const drawLines = lineChart(chart);
  const dots = chart.body.append("g").attr("class", "c-loss");
  const even = chart.body.append("line").attr("class", "gb-hair").attr("x2", chart.width);
  const evenName = chart.front.append("text").attr("class", "gb-small").attr("text-anchor", "end").attr("x", chart.width - 2)
    .text("guessing evenly");
  const names = chart.front.append("g").attr("class", "gb-cell-numbers");
  const read = crosshair(chart, { label: "Read the losses", nameX: "step", left,
    position: (event) => pointerPosition(stage.svg, event, stage) });
  const words = svg.append("g").attr("transform", `translate(${layout.text[0]},${layout.text[1]})`);
  const write = paragraph(words, { lineHeight: 18 });
  let training = false;
  const place = svg.append("g") as Group;
  const start = pressButton(place, { width: BUTTON, activate: () => stage.set({ train: !training }) });

  return (frame, params) => {
    const { step, steps, yours, causal, baselines } = frame;
    const uniform = baselines?.uniform ?? Math.log(512);
    const worst = Math.max(uniform, ...(yours?.writing.map(({ loss }) => loss) ?? []));
    chart.domain([0, steps], [0, Math.min(14, Math.ceil(worst + 0.5))]);
    even.attr("y1", chart.y(uniform)).attr("y2", chart.y(uniform));
    evenName.attr("y", chart.y(uniform) - 4);
    const writing: Series = { name: "this mask, writing", points: yours?.writing.map((one): Point => [one.step, one.loss]) ?? [],
      className: "c-loss gb-thin", dashed: true };
    const series: Series[] = [
      { name: "this mask, training", points: smooth(yours), className: "c-loss" },
      { name: "causal, training", points: smooth(causal), className: "c-train" }, writing,
    ];
    drawLines(series);
    read(series);
    dots.selectAll("circle").data(writing.points).join("circle").attr("class", "gb-print").attr("r", 2.5)
      .attr("cx", ([x]) => Math.round(chart.x(x))).attr("cy", ([, y]) => Math.round(chart.y(y) * 10) / 10);
    const ends = apart(series.flatMap(({ name, points, className }) => {
      const last = points.at(-1);
      return last && step !== null && step > 0 ? [{ name, className, x: Math.min(chart.x(last[0]) + 5, chart.width - 4),
        y: chart.y(last[1]) }] : [];
    }));
    names.selectAll("text").data(ends).join("text").attr("class", ({ className }) => `${className} gb-letter gb-halo`)
      .attr("text-anchor", ({ x }) => (x > chart.width - 110 ? "end" : "start")).attr("x", ({ x }) => Math.round(x))
      .attr("y", ({ y }) => Math.round(y))
      .text(({ name }) => name);

    training = params.train;
    const finished = step !== null && step >= steps;
    start(finished ? null : training ? "Pause" : step === null ? "Train with this mask" : "Go on");
    const [x, y] = step === null ? layout.idle : layout.button;
    place.attr("transform", `translate(${x},${y})`);
    if (!yours || !causal || step === null) {
      const idle = params.train ? "Making the corpus and its tokenizer …"
        : "Train nano, two layers of width 64, on little stories: once behind this mask and once behind the causal one, from the same "
          + "weights, on the same batches.";
      write(wrap(idle, layout.columns).map((text) => [{ text }]));
      return;
    }
    const block = (title: string, run: MaskRun, className: string) => [
      [{ text: title, className: `gb-term ${className}` }],
      ...wrap(run.sample?.text ?? "", layout.mono).slice(0, layout.lines).map((text) => [{ text, className: "gb-piece" }]),
    ];
    write([
      [{ text: `step ${step} of ${steps}: training ${lossNow(yours)}, writing ${yours.writing.at(-1)?.loss.toFixed(2) ?? "–"}` }],
      [{ text: `causal: training ${lossNow(causal)}, writing ${causal.writing.at(-1)?.loss.toFixed(2) ?? "–"}` }],
      ...block(`This mask writes (step ${yours.sample?.step ?? 0})`, yours, "c-loss"), ...block("The causal one writes", causal, "c-train"),
    ]);
  };
}

/** Running means, so that the curve's level can be read. */
function smooth(run: MaskRun | null): Point[] {
  const losses = run?.losses ?? [];
  return losses.map((_, i): Point => {
    const last = losses.slice(Math.max(0, i + 1 - SMOOTH), i + 1);
    return [i + 1, last.reduce((sum, loss) => sum + loss, 0) / last.length];
  });
}

/** Labels moved down until they do not cover each other. */
function apart<T extends { readonly y: number }>(labels: readonly T[]): T[] {
  let lowest = -Infinity;
  return [...labels].sort((a, b) => a.y - b.y).map((label) => {
    lowest = Math.max(label.y - 5, lowest + 13);
    return { ...label, y: lowest };
  });
}
