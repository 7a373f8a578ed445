import type { RopeClockFrame, RopePair } from "../../../engine/tasks/ropeClock.ts";
import { dragPoint } from "../../charts/dragPoint.ts";
import { crosshair, lineChart, type Point } from "../../charts/lineChart.ts";
import { type Group, plot, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { type Params, scoreText, sumText, turnText } from "./reading.ts";

/** Positions on the track; the task computes as many. */
export const POSITIONS = 64;
const layouts = {
  wide: { clock: 176, radius: 56, top: 78, sum: 184, track: 250, left: 30, right: 690, chart: 356, chartHeight: 116 },
  narrow: { clock: 90, radius: 36, top: 58, sum: 142, track: 212, left: 24, right: 336, chart: 318, chartHeight: 160 },
} as const;

/** Four clocks with two hands each, the track on which query and key are dragged, and the score by distance. */
export function drawRope(stage: Stage<Params>): (frame: RopeClockFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  let now: Params = { query: 0, key: 0, stretch: 1 };
  const clocks = svg.append("g");
  const sum = svg.append("text").attr("class", "gb-reading").attr("x", stage.width / 2).attr("y", layout.sum).attr("text-anchor", "middle");

  const { left, right } = layout;
  const x = (position: number): number => left + (position / (POSITIONS - 1)) * (right - left);
  const under = (event: PointerEvent): number =>
    Math.round(((pointerPosition(stage.svg, event, stage)[0] - left) / (right - left)) * (POSITIONS - 1));
  const track = svg.append("g").attr("transform", `translate(0,${layout.track})`);
  track.append("line").attr("class", "gb-line gb-thin c-curve").attr("x1", left).attr("x2", right);
  const between = track.append("line").attr("class", "gb-line c-residual").style("stroke-width", "5px");
  const ticks = [0, 16, 32, 48, 63];
  track.append("g").attr("class", "gb-ticks").selectAll("text").data(ticks).join("text").attr("text-anchor", "middle").attr("x", x).attr("y", 52).text(String);
  track.append("text").attr("class", "gb-axis").attr("x", right).attr("y", 68).attr("text-anchor", "end").text("position: drag query, key, or both");
  const handle = (name: "query" | "key", y: number): ((value: number) => void) => {
    const letter = track.append("text").attr("class", `gb-letter gb-term c-${name}`).attr("y", y + 4);
    const move = dragPoint(track, {
      label: `position of the ${name}`, min: 0, max: POSITIONS - 1, step: 1, valueAt: under, place: (value) => [x(value), y],
      speak: (value) => `${name} at ${value}`, change: (value) => stage.set({ [name]: value }),
    });
    return (value) => {
      letter.attr("x", x(value) + 12).text(name === "query" ? "q" : "k");
      move(value);
    };
  };
  const moveBoth = dragPoint(track, {
    label: "both positions", min: 0, max: POSITIONS - 1, step: 1, valueAt: (event) => under(event) - Math.round(Math.abs(now.query - now.key) / 2),
    place: (value) => [(x(value) + x(value + Math.abs(now.query - now.key))) / 2, 0], speak: (value) => `both, the first at ${value}`,
    change: (value) => {
      const from = Math.min(now.query, now.key);
      const by = Math.min(POSITIONS - 1 - Math.abs(now.query - now.key), Math.max(0, value)) - from;
      stage.set({ query: now.query + by, key: now.key + by });
    },
  });
  const moveQuery = handle("query", -26), moveKey = handle("key", 26);

  const chart = plot(svg, {
    left: 46, top: layout.chart, width: stage.width - 66, height: layout.chartHeight, clipId: stage.id("scores"),
    labelX: "distance, query − key", labelY: "score", ticksX: 7, ticksY: 4,
  });
  const line = lineChart(chart);
  const zero = chart.body.append("line").attr("class", "gb-hair").attr("x2", chart.width);
  const dot = chart.body.append("circle").attr("class", "gb-now c-loss").attr("r", 6);
  const read = crosshair(chart, { label: "Read the score by distance", nameX: "distance", left: 46, position: (event) => pointerPosition(stage.svg, event, stage) });

  return (frame, params) => {
    now = params;
    drawClocks(clocks, frame.pairs, layout, narrow);
    sum.text(sumText(frame));
    moveBoth(Math.min(params.query, params.key));
    moveQuery(params.query);
    moveKey(params.key);
    between.attr("x1", x(Math.min(params.query, params.key))).attr("x2", x(Math.max(params.query, params.key)));
    const scores = frame.byDistance.map(([, score]) => score);
    const least = Math.min(0, ...scores), most = Math.max(0, ...scores), room = 0.08 * (most - least);
    chart.domain([1 - POSITIONS, POSITIONS - 1], [least - room, most + room]);
    const series = [{ name: "score", points: frame.byDistance.map(([distance, score]): Point => [distance, score]), className: "c-curve" }];
    line(series);
    read(series);
    zero.attr("y1", round(chart.y(0))).attr("y2", round(chart.y(0)));
    dot.attr("cx", round(chart.x(params.query - params.key))).attr("cy", round(chart.y(frame.score)));
  };
}

function drawClocks(clocks: Group, pairs: readonly RopePair[], { clock, radius, top }: { clock: number; radius: number; top: number }, narrow: boolean): void {
  const longest = Math.max(...pairs.flatMap(({ query, key }) => [Math.hypot(...query), Math.hypot(...key)]));
  const marks = clocks.selectAll<SVGGElement, RopePair>("g.gb-clock").data(pairs).join((enter) => {
    const one = enter.append("g").attr("class", "gb-clock");
    one.append("circle").attr("class", "gb-clock-face").attr("r", radius);
    for (const role of ["key", "query"]) {
      one.append("line").attr("class", `gb-clock-start c-${role} ${role}`);
      one.append("line").attr("class", `gb-clock-hand c-${role} ${role}`);
      one.append("circle").attr("class", `gb-now c-${role} ${role}`).attr("r", 4);
    }
    one.append("text").attr("class", "gb-soft gb-speed").attr("text-anchor", "middle").attr("y", -radius - 8);
    one.append("text").attr("class", "gb-product").attr("text-anchor", "middle").attr("y", radius + 20);
    return one;
  });
  const first = narrow ? clock / 2 : 96;
  marks.attr("transform", (_, j) => `translate(${first + j * clock},${top})`);
  // The vertical axis of a drawing points down, so that the second number is taken from it.
  const end = ([a, b]: readonly [number, number]): readonly [number, number] => [round((a / longest) * radius), round((-b / longest) * radius)];
  const hand = (role: string, from: (pair: RopePair) => readonly [number, number], to: (pair: RopePair) => readonly [number, number]): void => {
    marks.select(`.gb-clock-start.${role}`).attr("x2", (pair) => end(from(pair))[0]).attr("y2", (pair) => end(from(pair))[1]);
    marks.select(`.gb-clock-hand.${role}`).attr("x2", (pair) => end(to(pair))[0]).attr("y2", (pair) => end(to(pair))[1]);
    marks.select(`circle.${role}`).attr("cx", (pair) => end(to(pair))[0]).attr("cy", (pair) => end(to(pair))[1]);
  };
  hand("query", ({ query }) => query, ({ turnedQuery }) => turnedQuery);
  hand("key", ({ key }) => key, ({ turnedKey }) => turnedKey);
  marks.select(".gb-speed").text(({ frequency }) => `${turnText(frequency)}${narrow ? "" : " a place"}`);
  marks.select(".gb-product").text(({ product }) => `${narrow ? "" : "adds "}${scoreText(product)}`);
}

const round = (value: number): number => Math.round(value * 100) / 100;
