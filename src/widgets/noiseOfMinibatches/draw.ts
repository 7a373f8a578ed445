import type { BatchName, BatchWalks, Line, WalkMinibatchesFrame } from "../../../engine/tasks/walkMinibatches.ts";
import { contours } from "../../charts/contours.ts";
import { crosshair, lineChart, type Point, type Series } from "../../charts/lineChart.ts";
import { plot, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { batchWords } from "./words.ts";

interface MinibatchParams {
  readonly batch: BatchName;
  readonly axis: "steps" | "examples";
}

/** Both axes in the same measure: the ground is a round bowl. */
const SHOWN = { x: [17, 29], y: [-10.5, -2.5] } as const;
const LEVELS = [0.5, 2, 4.5, 8, 12.5, 18, 24.5, 32, 40.5, 50];
const COLOURS: Readonly<Record<BatchName, string>> = { one: "c-value", four: "c-residual", sixteen: "c-query", sixtyFour: "c-key", all: "c-ink" };
/** How far the comparison goes: in steps, and in examples three passes over all of them. */
const STEPS = 240;
const PASSES = 3;
/** The cloud begins with this step. */
const SETTLED = 120;
const EXCESS = [0.005, 200] as const;

/** The map of the two numbers with every walk of one batch size, and the mean loss of all sizes. */
export function drawMinibatches(stage: Stage<MinibatchParams>): (frame: WalkMinibatchesFrame, params: MinibatchParams) => void {
  const { narrow, width } = stage;
  const svg = root(stage.svg);
  const mapWidth = narrow ? width - 50 : 390;
  const box = { left: 40, top: 34, width: mapWidth, height: (mapWidth * 2) / 3 };
  const map = plot(svg, {
    ...box, labelX: "miles per gallon at mean weight", labelY: "miles per gallon for each standard deviation of weight", clipId: stage.id("map"),
  });
  map.domain(SHOWN.x, SHOWN.y);
  const drawContours = contours(map, { columns: 48, rows: 32 });
  const paths = map.body.append("g");
  const cloud = map.body.append("g");
  const goal = map.body.append("g").attr("class", "gb-goal").append("path").attr("d", "M-8,0H8M0,-8V8");
  const lossLeft = narrow ? 46 : 490;
  const losses = plot(svg, {
    left: lossLeft, top: narrow ? box.top + box.height + 92 : 34, width: width - lossLeft - 16, height: narrow ? 170 : box.height,
    labelX: "", labelY: "loss above the lowest", scaleY: "log", clipId: stage.id("loss"), ticksX: narrow ? 4 : 3, ticksY: 4,
  });
  const drawLoss = lineChart(losses);
  const here = losses.body.append("g");
  here.append("circle").attr("r", 4.5);
  const labelX = losses.front.append("text").attr("class", "gb-axis").attr("x", losses.width).attr("y", losses.height + 34).attr("text-anchor", "end");
  const legend = svg.append("g").attr("transform", `translate(${narrow ? 10 : 40},${narrow ? 576 : box.top + box.height + 62})`);
  const readLoss = crosshair(losses, {
    label: "Read the mean loss above the lowest of each batch size", nameX: "after", left: lossLeft, position: (event) => pointerPosition(stage.svg, event, stage),
  });

  return ({ step, best, paths: walked, walks }, { batch, axis }) => {
    const [level, slope] = best;
    drawContours("cars", (x, y) => (x - level) ** 2 + (y - slope) ** 2, LEVELS);
    goal.attr("transform", `translate(${map.x(level)},${map.y(slope)})`);
    const place = ([x, y]: Line): string => `${rounded(map.x(x))},${rounded(map.y(y))}`;
    paths.selectAll("path").data(walked).join("path").attr("class", `gb-line ${COLOURS[batch]}`)
      // Twelve walks are a thin bundle; the full batch has one only.
      .style("stroke-width", walked.length > 1 ? 0.8 : 2).attr("opacity", walked.length > 1 ? 0.4 : 1)
      .attr("d", (path) => `M${path.slice(0, SETTLED + 1).map(place).join("L")}`);
    // One path of dots for each walk: a line of no length with round ends.
    cloud.selectAll("path").data(walked).join("path").attr("class", `gb-line ${COLOURS[batch]}`)
      .style("stroke-width", 3.5).style("stroke-linecap", "round").attr("opacity", 0.5)
      .attr("d", (path) => path.slice(SETTLED + 1).map((line) => `M${place(line)}h0.01`).join(""));

    const total = walks.at(-1)!.size * PASSES;
    losses.domain([0, axis === "steps" ? STEPS : total], EXCESS);
    labelX.text(axis === "steps" ? "step" : "examples seen");
    const scaled = (walk: BatchWalks): number => (axis === "steps" ? 1 : walk.size);
    const series = walks.map((walk): Series => ({
      name: batchWords(walk.batch, walk.size), className: COLOURS[walk.batch], dashed: walk.batch !== batch,
      points: walk.excess.slice(0, (axis === "steps" ? STEPS : Math.floor(total / walk.size)) + 1).map((loss, at): Point => [at * scaled(walk), loss]),
    }));
    drawLoss(series);
    readLoss(series);
    const chosen = walks.find((walk) => walk.batch === batch)!;
    here.attr("class", `gb-racer ${COLOURS[batch]}`)
      .attr("transform", `translate(${Math.min(1e4, rounded(losses.x(step * scaled(chosen))))},${rounded(losses.y(Math.max(1e-4, chosen.excess[step]!)))})`);

    const entry = legend.selectAll<SVGGElement, BatchWalks>("g").data(walks).join((enter) => {
      const one = enter.append("g");
      one.append("path").attr("d", "M0,0H22");
      one.append("text").attr("x", 28).attr("y", 4);
      return one;
    });
    entry.attr("transform", (_, i) => (narrow ? `translate(${(i % 3) * 112},${Math.floor(i / 3) * 24})` : `translate(${i * 128},0)`));
    entry.select("path").attr("class", ({ batch: one }) => `gb-line ${COLOURS[one]}`).attr("stroke-dasharray", ({ batch: one }) => (one === batch ? null : "4 4"));
    entry.select("text").style("font-weight", ({ batch: one }) => (one === batch ? 700 : 400)).text((walk) => batchWords(walk.batch, walk.size));
  };
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
