import type { PositionWavesFrame } from "../../../engine/tasks/positionWaves.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { divergingLegend, divergingMap } from "../../charts/divergingMap.ts";
import { lineChart, type Point } from "../../charts/lineChart.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { formatNumber, type Group, plot, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { cellText, curveTitle, type Params } from "./reading.ts";

/** Columns that the picture has room for: a shorter table ends before its edge. */
const COLUMNS = 64;
const layouts = {
  wide: { left: 52, width: 654, map: 34, height: 192, reading: 250, legend: [520, 8], chart: 300, chartHeight: 148, room: 104 },
  narrow: { left: 40, width: 312, map: 64, height: 168, reading: 254, legend: [222, 26], chart: 334, chartHeight: 150, room: 52 },
} as const;

/** The table with a column a position, and below it, on the same axis, how alike each column is to the chosen one. */
export function drawWaves(stage: Stage<Params>): (frame: PositionWavesFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const { left, width } = layout;
  const svg = root(stage.svg) as unknown as Group;
  let frame: PositionWavesFrame | null = null;
  let params: Params | null = null;
  const say = ([row, q]: Cell): string => (frame && params ? cellText(frame, params, row, q) : "");
  const title = svg.append("text").attr("class", "gb-axis").attr("x", 8).attr("y", narrow ? 14 : 16);
  const ends = divergingLegend(svg, { x: layout.legend[0], y: layout.legend[1], width: narrow ? 120 : 180 });
  const step = width / COLUMNS;
  const holders = new Map<number, { readonly group: Group; readonly update: ReturnType<typeof divergingMap> }>();
  /** A table of another length is drawn by a map of its own, so that its columns stay as wide. */
  const mapOf = (positions: number): ReturnType<typeof divergingMap> => {
    const known = holders.get(positions);
    const group = known?.group ?? svg.append("g");
    const update = known?.update ?? divergingMap(group as Group, {
      left, top: layout.map, width: positions * step, height: layout.height, fills: true, cursorId: stage.id(`cursor-${positions}`), label: "The table of positions",
      position: (event) => pointerPosition(stage.svg, event, stage), first: () => [0, frame?.at ?? 0], speak: (row, q) => say([row, q]),
      select: (cell) => show(cell), activate: ([, q]) => stage.set({ position: q }),
    });
    holders.set(positions, { group: group as Group, update });
    for (const [size, one] of holders) one.group.attr("display", size === positions ? null : "none");
    return update;
  };
  const rowName = svg.append("text").attr("class", "gb-axis").attr("text-anchor", "end").attr("x", left - 8).attr("y", layout.map - 5);
  const end = svg.append("text").attr("class", "gb-soft").attr("y", layout.map + layout.height / 2 + 4);
  const band = svg.append("rect").attr("class", "gb-place-band").attr("y", layout.map - 2).attr("height", layout.height + 4).attr("width", step);
  const names = svg.append("g").attr("class", "gb-ticks");
  const reading = paragraph(svg.append("g").attr("transform", `translate(8,${layout.reading})`), { lineHeight: 17 });
  const chart = plot(svg, {
    left: left + step / 2, top: layout.chart, width: width - step, height: layout.chartHeight, clipId: stage.id("likeness"), labelX: "position q", labelY: "", ticksX: 8, ticksY: 4,
  });
  const heading = svg.append("text").attr("class", "gb-axis").attr("x", 8).attr("y", layout.chart - 14);
  const lines = lineChart(chart);
  const dots = chart.body.append("g").attr("class", "c-loss");
  const here = chart.body.append("line").attr("class", "gb-hair").attr("y2", chart.height);

  const show = (cell: Cell | null): void => {
    if (!frame || !params) return;
    reading(wrap(say(cell ?? [0, frame.at]), layout.room).map((text) => [{ text }]));
  };

  return (now, values) => {
    frame = now;
    params = values;
    const { positions, rows, table, largest, curves, at, step: trained } = now;
    title.text(values.scheme === "alibi" ? `what ${rows} heads add to the scores` : `${rows} numbers for each position${trained === null ? "" : `, step ${trained}`}`);
    ends(`−${formatNumber(largest, 2)}`, values.scheme === "alibi" ? "" : formatNumber(largest, 2));
    mapOf(positions)({ rows, columns: positions, values: table }, largest);
    end.attr("display", positions < COLUMNS ? null : "none").attr("x", left + positions * step + 12)
      .text(narrow ? `ends after ${positions} positions` : `the table ends here: there is no position ${positions}`);
    band.attr("x", left + at * step);
    const row = values.scheme === "alibi" ? "head" : "row";
    rowName.text(narrow ? row : "");
    names.selectAll("text").data([0, rows - 1]).join("text").attr("text-anchor", "end").attr("x", left - 8)
      .attr("y", (row) => layout.map + ((row + 0.5) / rows) * layout.height + 4).text((index) => (narrow ? index : `${row} ${index}`));
    heading.text(narrow && values.scheme !== "alibi" ? `dot product of column ${at} with every column` : curveTitle(now, values));
    const all = curves.flat();
    const least = Math.min(0, ...all), most = Math.max(values.scheme === "alibi" ? 0.5 : 0.1, ...all);
    chart.domain([0, COLUMNS - 1], [least - 0.06 * (most - least), most + 0.06 * (most - least)]);
    lines(curves.map((curve, i) => ({ name: String(i), className: curves.length === 1 ? "c-curve" : "c-curve gb-thin", points: curve.map((value, q): Point => [q, value]) })));
    dots.selectAll("circle").data(curves.length === 1 ? curves[0]! : []).join("circle").attr("class", (_, q) => (q === at ? "gb-now" : "gb-print"))
      .attr("r", (_, q) => (q === at ? 5 : 2)).attr("cx", (_, q) => round(chart.x(q))).attr("cy", (value) => round(chart.y(value)));
    here.attr("x1", round(chart.x(at))).attr("x2", round(chart.x(at)));
    show(null);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
