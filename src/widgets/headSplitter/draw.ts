import type { HeadRule } from "../../../engine/tasks/headWidths.ts";
import type { SplitHeadsFrame, SplitName } from "../../../engine/tasks/splitHeads.ts";
import { classPaths, hatch } from "../../charts/heatmap.ts";
import { lineChart, type Point } from "../../charts/lineChart.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, plot, root } from "../../charts/plot.ts";
import { thumbnails } from "../../charts/thumbnails.ts";
import type { Stage } from "../../widget/stage.ts";
import { columnsOf, countLine, countsOf, grouped, lastRow } from "./reading.ts";

interface Params {
  readonly rule: HeadRule;
  readonly head: number;
}

type Place = readonly [left: number, top: number];
interface Layout {
  readonly places: Readonly<Record<SplitName, Place>>;
  readonly thumbs: Place;
  readonly side: number;
  readonly perRow: number;
  readonly chart: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  readonly lines: Place;
  readonly room: number;
}
/** Left to right: X; Q, K and V below each other; the heads' patterns; their outputs side by side; W_O; the output. */
const layouts: Readonly<Record<"wide" | "narrow", Layout>> = {
  wide: {
    places: { x: [8, 140], q: [132, 44], k: [132, 124], v: [132, 204], joined: [528, 44], wo: [528, 124], output: [628, 124] },
    thumbs: [340, 50], side: 34, perRow: 4, chart: { left: 60, top: 336, width: 250, height: 104 }, lines: [356, 336], room: 54,
  },
  narrow: {
    places: { x: [8, 61], q: [124, 44], k: [124, 118], v: [124, 192], joined: [8, 364], wo: [8, 440], output: [124, 440] },
    thumbs: [12, 274], side: 36, perRow: 8, chart: { left: 54, top: 656, width: 290, height: 90 }, lines: [8, 806], room: 50,
  },
};
const titles: Readonly<Record<SplitName, string>> = {
  x: "X", q: "Q = X W_Q", k: "K = X W_K", v: "V = X W_V", joined: "heads side by side", wo: "W_O", output: "output",
};
/** Matrices as wide as all heads together are drawn in this much room, the others in half of it. */
const WIDEST = 176;
const roles: Readonly<Partial<Record<SplitName, string>>> = { q: "c-query", k: "c-key", v: "c-value" };

export function drawSplitter(stage: Stage<Params>): (frame: SplitHeadsFrame, params: Params) => void {
  const layout = layouts[stage.narrow ? "narrow" : "wide"];
  const svg = root(stage.svg) as unknown as Group;
  const { side } = layout;
  const gap = 6;
  let heads = 1;
  const blocks = (Object.keys(layout.places) as SplitName[]).map((name) => {
    const [left, top] = layout.places[name];
    const group = svg.append("g").attr("transform", `translate(${left},${top})`);
    const title = group.append("text").attr("class", `gb-axis gb-letter ${roles[name] ?? "c-ink"}`).attr("y", -6);
    const [before, below] = titles[name].split("_");
    title.classed("gb-with-subscript", below !== undefined);
    title.append("tspan").text(before!);
    if (below) title.append("tspan").attr("dy", 3).attr("class", "gb-subscript").text(below);
    const wide = name === "q" || name === "k" || name === "v" || name === "joined";
    const shape = group.append("text").attr("class", "gb-small").attr("text-anchor", "end").attr("x", wide ? WIDEST : WIDEST / 2)
      .attr("y", -6);
    const map = group.append("g").attr("class", "gb-heatmap");
    const frame = group.append("rect").attr("class", `gb-grid-frame ${roles[name] ?? "c-curve"}`);
    const cuts = group.append("path").attr("class", "gb-line gb-thin c-ink");
    const band = group.append("rect").attr("class", "gb-band c-path").attr("stroke-width", 2);
    return { name, shape, map, frame, cuts, band };
  });
  const hatchId = stage.id("hatch");
  hatch(svg, hatchId);
  svg.append("text").attr("class", "gb-axis").attr("x", layout.thumbs[0]).attr("y", layout.thumbs[1] - 12).text("a pattern each");
  const thumbs = thumbnails(svg.append("g").attr("transform", `translate(${layout.thumbs[0]},${layout.thumbs[1]})`), {
    label: "Choose a head", side, gap, hatchId, id: (row, column) => stage.id(`head-${row}-${column}`),
    choose: (row, column) => { if (row * layout.perRow + column < heads) stage.set({ head: row * layout.perRow + column }); },
  });
  const chart = plot(svg, { ...layout.chart, labelX: "heads", labelY: "weights", clipId: stage.id("count"), ticksX: 8, ticksY: 3 });
  const drawCounts = lineChart(chart);
  const dots = chart.front.append("g");
  const names = chart.front.append("g").attr("class", "gb-cell-numbers");
  const lines = paragraph(svg.append("g").attr("transform", `translate(${layout.lines[0]},${layout.lines[1]})`));

  return (frame, params) => {
    ({ heads } = frame);
    const { tokens, dModel, dHead, matrices, patterns, parameters } = frame;
    const width = heads * dHead;
    const head = Math.min(params.head, heads - 1);
    const sizes: Readonly<Record<SplitName, readonly [rows: number, columns: number]>> = {
      x: [tokens, dModel], q: [tokens, width], k: [tokens, width], v: [tokens, width], joined: [tokens, width], wo: [width, dModel],
      output: [tokens, dModel],
    };
    for (const { name, shape, map, frame: border, cuts, band } of blocks) {
      const [rows, columns] = sizes[name];
      const values = matrices[name].map(Math.abs);
      const byRows = name === "wo", whole = name === "x" || name === "output";
      const cell = Math.min(11, (byRows || whole ? WIDEST / 2 : WIDEST) / columns);
      shape.text(`${rows} × ${columns}`);
      map.attr("transform", `scale(${cell})`).selectAll<SVGPathElement, readonly [number, string]>("path")
        .data(classPaths({ rows, columns, values }, cell, Math.max(...values), "linear", 0, 3).paths, ([index]) => index).join("path")
        .attr("class", ([index]) => `q${index}`).attr("d", ([, d]) => d);
      border.attr("width", columns * cell).attr("height", rows * cell);
      const between = Array.from({ length: whole ? 0 : heads - 1 }, (_, i) => (i + 1) * dHead * cell);
      cuts.attr("d", between.map((at) => (byRows ? `M0,${at}h${columns * cell}` : `M${at},0v${rows * cell}`)).join(""));
      band.attr("visibility", whole ? "hidden" : "visible")
        .attr("x", byRows ? 0 : head * dHead * cell).attr("y", byRows ? head * dHead * cell : 0)
        .attr("width", byRows ? columns * cell : dHead * cell).attr("height", byRows ? dHead * cell : rows * cell);
    }
    const cells = tokens * tokens;
    const grid = Array.from({ length: Math.ceil(heads / layout.perRow) }, (_, row) =>
      Array.from({ length: Math.min(layout.perRow, heads - row * layout.perRow) }, (_, column) => {
        const index = row * layout.perRow + column;
        return {
          matrix: { rows: tokens, columns: tokens, values: patterns.slice(index * cells, (index + 1) * cells),
            masked: (query: number, key: number) => key > query },
          label: `head ${index}, ${columnsOf(frame, index)}`, badge: null,
        };
      }));
    thumbs(grid, Math.floor(head / layout.perRow), head % layout.perRow, "sqrt");

    const split = countsOf("split", dModel), fixed = countsOf("fixed", dModel);
    const most = Math.max(...split.map(([, count]) => count), ...fixed.map(([, count]) => count));
    chart.domain([0.5, 8.5], [0, most * 1.15]);
    drawCounts([
      { name: "split the width", points: split.map(([h, count]): Point => [h, count]), className: "c-path" },
      { name: "4 columns each", points: fixed.map(([h, count]): Point => [h, count]), className: "c-loss", dashed: true },
    ]);
    dots.selectAll("circle").data([[heads, parameters]] as const).join("circle")
      .attr("class", `gb-now ${params.rule === "split" ? "c-path" : "c-loss"}`).attr("r", 6)
      .attr("cx", ([h]) => chart.x(h)).attr("cy", ([, count]) => chart.y(count));
    const ends = [["split the width", split, "c-path", 1], ["4 columns each", fixed, "c-loss", -1]] as const;
    names.selectAll("text").data(ends).join("text").attr("class", ([, , role]) => `gb-letter gb-halo ${role}`).attr("text-anchor", "end")
      .attr("x", chart.x(7.6)).attr("y", ([, points, , below]) =>
        Math.round(chart.y((points[2]![1] + 4 * points[3]![1]) / 5) + (below === 1 ? 16 : -8)))
      .text(([name]) => name);
    const share = (key: number): string => lastRow(frame, head)[key]!.toFixed(2).replace(/^0/, "");
    const others = `${share(0)}, ${share(1)} and ${share(2)}`;
    const many = heads === 1 ? "one head" : `${heads} heads`;
    const aside = params.rule === "split" ? `At width 4,096: ${many} of ${grouped(4096 / heads)}, ${grouped(4 * 4096 * 4096)} weights.`
      : "Without the mixing of W_O a head could only write to columns of its own.";
    lines([
      [{ text: countLine(frame), className: "gb-term" }],
      ...wrap(`Head ${head} works on ${columnsOf(frame, head)} of Q, K and V. There the last token gives the others ${others}, and `
        + `itself ${share(tokens - 1)}.`, layout.room)
        .map((text) => [{ text }]),
      ...wrap(aside, layout.room).map((text) => [{ text, className: "gb-soft" }]),
    ]);
  };
}
