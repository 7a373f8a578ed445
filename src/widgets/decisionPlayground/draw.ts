import { type ClassifyPlaneFrame, EDGE } from "../../../engine/tasks/classifyPlane.ts";
import { cellCursor } from "../../charts/cellCursor.ts";
import { crosshair, lineChart, type Point } from "../../charts/lineChart.ts";
import { formatNumber, plot, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { borderOf, tintsOf } from "./border.ts";

/** Tints on either side of an even guess. */
const LEVELS = 5;
const kinds = [{ name: "circles", role: "c-loss" }, { name: "squares", role: "c-train" }] as const;
const shapes = ["M-4.5,0A4.5,4.5 0 1 0 4.5,0A4.5,4.5 0 1 0 -4.5,0Z", "M-4,-4H4V4H-4Z"];

/** The plane with its points, tinted by what the network believes; folds of the first layer; the loss. */
export function drawPlayground(stage: Stage): (frame: ClassifyPlaneFrame, params: { readonly steps: number; readonly bend: string }) => void {
  const { narrow, width } = stage;
  const svg = root(stage.svg);
  const [left, top, size] = narrow ? [14, 8, 332] : [8, 8, 360];
  const plane = svg.append("g").attr("transform", `translate(${left},${top})`);
  const clip = stage.id("plane");
  plane.append("clipPath").attr("id", clip).append("rect").attr("width", size).attr("height", size);
  const inside = plane.append("g").attr("clip-path", `url(#${clip})`);
  const tints = inside.append("g");
  const folds = inside.append("g").attr("class", "c-ink").attr("opacity", 0.55);
  const border = inside.append("path").attr("class", "gb-line c-ink");
  const dots = inside.append("g");
  plane.append("rect").attr("class", "gb-grid-frame c-curve").attr("width", size).attr("height", size);
  let frame: ClassifyPlaneFrame | null = null;
  const cursor = cellCursor(plane, {
    id: stage.id("cursor"), label: "What the network makes of the plane",
    position: (event) => {
      const [x, y] = pointerPosition(stage.svg, event, stage);
      return [x - left, y - top];
    },
    speak: (row, column) => (frame ? speakCell(frame, row, column) : ""),
    first: () => [18, 18],
    select: (cell) => reading.text(cell && frame ? speakCell(frame, cell[0], cell[1]) : ""),
  });
  const [sideLeft, sideTop] = narrow ? [44, size + 62] : [left + size + 62, 88];
  const chart = plot(svg, {
    left: sideLeft, top: sideTop, width: width - sideLeft - 22, height: narrow ? 108 : 210, labelX: "step", labelY: "loss in nats", clipId: stage.id("loss"), ticksX: 4, ticksY: 4,
  });
  const guess = chart.body.append("line").attr("class", "gb-line gb-thin c-baseline").attr("stroke-dasharray", "6 3").attr("x2", chart.width);
  const guessWord = chart.front.append("text").attr("class", "gb-soft gb-halo").attr("text-anchor", "end").attr("x", chart.width - 4);
  const drawLoss = lineChart(chart);
  const readLoss = crosshair(chart, { label: "Read the loss curve", nameX: "step", left: sideLeft, position: (event) => pointerPosition(stage.svg, event, stage) });
  const says = svg.append("text").attr("class", "gb-axis").attr("x", narrow ? left : sideLeft - 38).attr("y", narrow ? size + 26 : 26);
  const reading = svg.append("text").attr("class", "gb-soft").attr("x", narrow ? left : sideLeft - 38).attr("y", narrow ? size + 44 : 48);

  return (now, params) => {
    frame = now;
    const { points, labels, side, plane: values, losses, step, accuracy } = now;
    const cell = size / side;
    const at = (x: number, y: number): readonly [number, number] => [((x + EDGE) / (2 * EDGE)) * size, ((EDGE - y) / (2 * EDGE)) * size];
    const classOf = (p: number): number => Math.min(2 * LEVELS - 1, Math.floor(p * 2 * LEVELS));
    tints.selectAll("path").data(tintsOf(values, side, cell, 2 * LEVELS, classOf)).join("path")
      .attr("class", (_, i) => `gb-tint ${kinds[i < LEVELS ? 0 : 1].role}`)
      .attr("fill-opacity", (_, i) => 0.06 + 0.085 * (i < LEVELS ? LEVELS - 1 - i : i - LEVELS)).attr("d", (d) => d);
    border.attr("d", borderOf(values, side, 0.5, cell));
    folds.selectAll("path").data(params.bend === "identity" ? [] : now.folds).join("path").attr("class", "gb-line gb-thin").attr("stroke-dasharray", "5 4")
      .attr("d", (fold) => foldPath(fold, at));
    dots.selectAll("path").data(labels).join("path").attr("d", (label) => shapes[label]!).attr("class", (label) => `gb-now gb-point ${kinds[label as 0 | 1].role}`)
      .style("stroke-width", "1.25px")
      .attr("transform", (_, i) => `translate(${at(points[2 * i]!, points[2 * i + 1]!).map(round).join(",")})`);
    cursor.update({ rows: side, columns: side, width: cell, height: cell });

    const highest = Math.max(0.75, ...losses.map(([, loss]) => Math.min(2, loss)));
    chart.domain([0, Math.max(100, step <= params.steps / 4 ? params.steps / 4 : params.steps)], [0, highest]);
    guess.attr("y1", round(chart.y(Math.LN2))).attr("y2", round(chart.y(Math.LN2)));
    guessWord.attr("y", round(chart.y(Math.LN2)) - 4).text("even guess, ln 2 = 0.69");
    const series = [{ name: "loss", points: losses.map(([x, y]): Point => [x, y]), className: "c-loss" }];
    drawLoss(series);
    readLoss(series);
    says.text(`step ${step}: ${Math.round(accuracy * labels.length)} of ${labels.length} points right, ${now.parameters} parameters`);
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

function speakCell({ plane, side }: ClassifyPlaneFrame, row: number, column: number): string {
  const place = (at: number): string => formatNumber(-EDGE + (2 * EDGE * (at + 0.5)) / side, 2);
  const share = plane[row * side + column]!;
  return `x ${place(column)}, y ${place(side - 1 - row)}: ${kinds[share > 0.5 ? 1 : 0].name}, ${Math.round(100 * Math.max(share, 1 - share))} % sure`;
}

/** The line on which a neuron's pre-activation w₁x + w₂y + b is zero, long enough to cross the plane. */
function foldPath([w1, w2, b]: readonly [number, number, number], at: (x: number, y: number) => readonly [number, number]): string | null {
  const squared = w1 * w1 + w2 * w2;
  if (!(squared > 1e-12) || Math.abs(b) / Math.sqrt(squared) > 3 * EDGE) return null;
  const [x, y] = [(-b * w1) / squared, (-b * w2) / squared];
  const reach = (5 * EDGE) / Math.sqrt(squared);
  const ends = [at(x - w2 * reach, y + w1 * reach), at(x + w2 * reach, y - w1 * reach)].map((end) => end.map(round).join(","));
  return `M${ends[0]}L${ends[1]}`;
}
