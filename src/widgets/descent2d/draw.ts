import { type Plane, planes, type PlaneName } from "../../../engine/data/planes.ts";
import type { RaceOptimizersFrame, Racer } from "../../../engine/tasks/raceOptimizers.ts";
import { contours } from "../../charts/contours.ts";
import { dragPlace } from "../../charts/dragPlace.ts";
import { crosshair, lineChart, type Point, type Series } from "../../charts/lineChart.ts";
import { formatNumber, plot, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { named, short } from "./words.ts";

interface RaceParams {
  readonly landscape: PlaneName;
  readonly startX: number;
  readonly startY: number;
  readonly steps: number;
}

/** The map: both axes in the same measure, so that a path downhill crosses the lines at right angles. */
const SHOWN = { x: [-3, 3], y: [-2, 2] } as const;
const LOWEST = 1e-6;
const COLOURS = ["c-value", "c-residual", "c-query", "c-key"] as const;

/** Heights of the lines: as if of equal steps in distance on a bowl, so that ravines and bowls read alike. */
const spread = (top: number, count: number): readonly number[] => Array.from({ length: count }, (_, k) => top * ((k + 1) / count) ** 2);
const LEVELS: Readonly<Record<PlaneName, readonly number[]>> = {
  bowl: spread(6, 9),
  ravine: [0.6, ...spread(200, 9)],
  tilted: spread(450, 9),
  rosenbrock: [0.5, 3, 10, 30, 80, 200, 500, 1200, 2400],
  saddle: [0.03, 0.1, 0.18, 0.25, 0.5, 1, 1.8, 3, 4.5],
};

/** The map with the paths on it, and the loss of each racer after every step. */
export function drawRace(stage: Stage<RaceParams>): (frame: RaceOptimizersFrame, params: RaceParams) => void {
  const { narrow, width } = stage;
  const svg = root(stage.svg);
  const mapWidth = narrow ? width - 46 : 420;
  const box = { left: 36, top: 34, width: mapWidth, height: (mapWidth * 2) / 3 };
  const map = plot(svg, { ...box, labelX: "x", labelY: "y", clipId: stage.id("map") });
  map.domain(SHOWN.x, SHOWN.y);
  const drawContours = contours(map, { columns: 72, rows: 48 });
  const minima = map.body.append("g").attr("class", "gb-goal");
  const paths = map.body.append("g");
  const heads = map.body.append("g");
  const lossLeft = narrow ? 46 : 512;
  const lossTop = narrow ? box.top + box.height + 148 : 34;
  const losses = plot(svg, {
    left: lossLeft, top: lossTop, width: width - lossLeft - 16, height: narrow ? 150 : box.height, labelX: "step", labelY: "loss", scaleY: "log",
    clipId: stage.id("loss"), ticksX: 4, ticksY: 4,
  });
  const drawLoss = lineChart(losses);
  const ends = losses.body.append("g");
  const readLoss = crosshair(losses, {
    label: "Read the loss of each racer", nameX: "step", left: lossLeft, position: (event) => pointerPosition(stage.svg, event, stage),
  });
  const legend = svg.append("g").attr("transform", `translate(${narrow ? 8 : 36},${box.top + box.height + 52})`);
  const legendColumn = narrow ? 172 : 330;
  let height = planes.ravine.value as (x: number, y: number) => number;
  const moveStart = dragPlace(map.front, {
    label: "start of the race", step: 0.05,
    placeAt(event) {
      const [x, y] = pointerPosition(stage.svg, event, stage);
      return [map.x.invert(x - box.left), map.y.invert(y - box.top)];
    },
    position: ([x, y]) => [map.x(x), map.y(y)],
    speak: ([x, y]) => `x ${formatNumber(x, 3)}, y ${formatNumber(y, 3)}, loss ${formatNumber(height(x, y), 3)}`,
    change: ([x, y]) => stage.set({ startX: x, startY: y }),
  });

  return ({ racers }, { landscape, startX, startY, steps }) => {
    const ground: Plane = planes[landscape];
    height = ground.value;
    drawContours(landscape, ground.value, LEVELS[landscape]);
    minima.selectAll("path").data(ground.minima).join("path").attr("d", "M-6,0H6M0,-6V6")
      .attr("transform", ([x, y]) => `translate(${map.x(x)},${map.y(y)})`);
    const bend = ([x, y]: readonly [number, number]): string => `${clipped(map.x(x))},${clipped(map.y(y))}`;
    paths.selectAll("path").data(racers).join("path").attr("class", (racer) => `gb-line ${colourOf(racer)}`)
      .attr("stroke-dasharray", dashOf).attr("d", ({ path }) => `M${path.map(bend).join("L")}`);
    const head = heads.selectAll<SVGGElement, Racer>("g").data(racers).join((enter) => {
      const mark = enter.append("g");
      mark.append("circle").attr("r", 8);
      mark.append("text").attr("text-anchor", "middle").attr("y", 4);
      return mark;
    });
    head.attr("class", (racer) => `gb-racer ${colourOf(racer)}`)
      .attr("transform", ({ path }) => `translate(${bend(path.at(-1)!)})`);
    head.select("text").text(({ lane }) => lane);
    moveStart([startX, startY]);

    const all = racers.flatMap((racer) => racer.losses);
    const highest = Math.max(1, ...all.filter((loss) => loss < 1e6));
    losses.domain([0, steps], [LOWEST, 10 ** (Math.ceil(Math.log10(highest)) + 0.5)]);
    const series = racers.map((racer): Series => ({
      name: named(racer), points: racer.losses.map((loss, step): Point => [step, loss]), className: colourOf(racer), dashed: racer.lane % 2 === 0,
    }));
    drawLoss(series);
    readLoss(series);
    ends.selectAll("text").data(racers).join("text").attr("class", "gb-halo").attr("text-anchor", "end").text(({ lane }) => lane)
      .attr("x", ({ losses: one }) => clipped(losses.x(one.length - 1)) - 4)
      .attr("y", ({ losses: one }) => Math.max(12, Math.min(losses.height - 4, clipped(losses.y(Math.max(LOWEST, one.at(-1)!))) - 4)));

    const line = legend.selectAll<SVGGElement, Racer>("g").data(racers).join((enter) => {
      const one = enter.append("g");
      one.append("circle").attr("r", 8).attr("cx", 8);
      one.append("text").attr("class", "gb-lane").attr("x", 8).attr("y", 4).attr("text-anchor", "middle");
      one.append("text").attr("class", "gb-racer-name").attr("x", 22).attr("y", 4);
      one.append("text").attr("class", "gb-soft gb-racer-state").attr("x", 22).attr("y", 20);
      return one;
    });
    line.attr("class", (racer) => `gb-racer ${colourOf(racer)}`)
      .attr("transform", (_, i) => (narrow ? `translate(${(i % 2) * legendColumn},${Math.floor(i / 2) * 42})` : `translate(${i * 170},0)`));
    line.select(".gb-lane").text(({ lane }) => lane);
    line.select(".gb-racer-name").text((racer) => named(racer).slice(2));
    line.select(".gb-racer-state").text(short);
  };
}

const colourOf = ({ lane }: Racer): string => COLOURS[lane - 1]!;
const dashOf = ({ lane }: Racer): string | null => (lane % 2 === 0 ? "5 3" : null);

/** Far points are drawn at the border of what SVG can hold; the clip path hides them. */
const clipped = (value: number): number => Math.round(Math.max(-1e4, Math.min(1e4, value)) * 10) / 10;
