import type { InspectFrame } from "../../../engine/tasks/inspect.ts";
import { arcs } from "../../charts/arcs.ts";
import { bars } from "../../charts/bars.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { colourClass, hatch, heatmap, inkOn, type HeatmapScale, legend } from "../../charts/heatmap.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, pointerPosition, root } from "../../charts/plot.ts";
import { type Thumbnail, thumbnails } from "../../charts/thumbnails.ts";
import { tokenAxis } from "../../charts/tokenAxis.ts";
import type { Stage } from "../../widget/stage.ts";
import { describe, isMasked, patternOf, spokenCell, strongest, writtenOut } from "./reading.ts";

interface Params {
  readonly text: string;
  readonly layer: number;
  readonly head: number;
  readonly scale: HeatmapScale;
  readonly view: "matrix" | "arcs";
}

/** Where the parts lie. Wide: matrix left, heads and next token right. Narrow: matrix above, heads and next token below. */
const layouts = {
  wide: {
    left: 124, top: 84, side: 374, labels: 80, thumbs: [534, 40], thumb: 40, bars: [520, 268], barsWidth: 200, names: 84,
    legend: [124, 486], sums: [4, 540], foot: [4, 590], room: 116,
  },
  narrow: {
    left: 88, top: 72, side: 268, labels: 68, thumbs: [18, 510], thumb: 33, bars: [184, 502], barsWidth: 174, names: 70,
    legend: [88, 362], sums: [2, 410], foot: [2, 766], room: 56,
  },
} as const;
const BARS = 10;
const BAR_HEIGHT = 24;
/** A surprise of a whole vocabulary's width: ln 1024 nats. */
const FULL_SURPRISE = Math.log(1024);
const at = ([x, y]: readonly [number, number]): string => `translate(${x},${y})`;

/** Builds the drawing once; returns what shows a frame. */
export function drawAttention(stage: Stage<Params>): (frame: InspectFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const { left, top, side } = layout;
  const svg = root(stage.svg) as unknown as Group;
  const heading = (x: number, y: number, text: string) => svg.append("text").attr("class", "gb-axis").attr("x", x).attr("y", y).text(text);
  let frame: InspectFrame | null = null;
  let params: Params | null = null;
  let chosen: Cell | null = null;

  const hatchId = stage.id("thumb-hatch");
  hatch(svg, hatchId);
  const bands = svg.append("g").attr("transform", `translate(${left},${top})`);
  const rows = tokenAxis(bands, { side: "rows", space: layout.labels + (narrow ? 10 : 30), barSpace: narrow ? 14 : 30,
    litClass: "c-query" });
  const columnGroup = bands.append("g");
  const columns = tokenAxis(columnGroup, { side: "columns", space: layout.labels, litClass: "c-key" });
  /** The key that a query looks at most. */
  const best = (query: number): number => strongest(patternOf(frame!, frame!.layer, frame!.head), frame!.ids.length, query);
  const firstCell = (): Cell => [frame!.ids.length - 1, best(frame!.ids.length - 1)];
  const map = heatmap(svg, {
    left, top, width: side, height: side, largestCell: 40, hatchId: stage.id("hatch"), cursorId: stage.id("cursor"), max: 1,
    label: "Attention of one head", speak: (query, key) => spokenCell(frame!, [query, key]), first: firstCell,
    select: (cell) => {
      chosen = cell;
      highlight();
    },
    position: (event) => pointerPosition(stage.svg, event, stage),
  });
  const arcWidth = side - layout.labels;
  const curves = arcs(svg, {
    left, top, width: arcWidth, cursorId: stage.id("query"), label: "Attention of one head",
    position: (event) => pointerPosition(stage.svg, event, stage),
    first: () => frame!.ids.length - 1, speak: (query) => spokenCell(frame!, [query, best(query)]),
    select: (query) => {
      chosen = query === null ? null : [query, best(query)];
      highlight();
    },
  });
  const afterGroup = curves.group.append("g").attr("transform", `translate(${arcWidth},0)`);
  const after = tokenAxis(afterGroup, { side: "after", space: layout.labels, litClass: "c-key" });
  const front = svg.append("g").attr("transform", `translate(${left},${top})`).attr("pointer-events", "none");
  const numbers = front.append("g").attr("class", "gb-cell-numbers");
  const rowBand = front.append("rect").attr("class", "gb-band c-query");
  const columnBand = front.append("rect").attr("class", "gb-band c-key");
  const keyHeading = heading(left - 8, top - 26, "keys").attr("text-anchor", "end");
  heading(left - 8, top - 8, "queries").attr("text-anchor", "end");
  const surprise = bands.append("text").attr("class", "gb-small").attr("text-anchor", "end").attr("x", -3).text("surprise");

  const showScale = legend(svg, { x: layout.legend[0], y: layout.legend[1], width: 150, max: 1, scale: "sqrt", title: "attention weight" });
  const legendEnd = svg.append("g").attr("transform", `translate(${layout.legend[0] + 172},${layout.legend[1]})`);
  legendEnd.append("rect").attr("class", "gb-swatch").attr("width", 18).attr("height", 9).attr("fill", `url(#${hatchId})`);
  legendEnd.append("text").attr("x", 24).attr("y", 9).text("masked");
  const sums = paragraph(svg.append("g").attr("transform", at(layout.sums)));
  const foot = paragraph(svg.append("g").attr("transform", at(layout.foot)), { lineHeight: 16, className: "gb-fine" });

  heading(layout.thumbs[0], layout.thumbs[1] - (narrow ? 20 : 24), "every head");
  const thumbGap = narrow ? 5 : 8;
  const thumbStep = layout.thumb + thumbGap;
  const indices = svg.append("g").attr("transform", at(layout.thumbs));
  const thumbs = thumbnails(svg.append("g").attr("transform", at(layout.thumbs)), {
    label: "Choose a head", side: layout.thumb, gap: thumbGap, hatchId, id: (layer, head) => stage.id(`head-${layer}-${head}`),
    choose: (layer, head) => stage.set({ layer, head }),
  });
  heading(layout.bars[0], layout.bars[1] - 8, "next token: press to add");
  const showNext = bars(svg.append("g").attr("class", "c-output") as Group, {
    left: layout.bars[0], top: layout.bars[1], width: layout.barsWidth, labelWidth: layout.names, rowHeight: BAR_HEIGHT, max: 1,
    mono: true, label: "Next token",
    format: (share) => `${(share * 100).toFixed(1)} %`,
    activate: (index) => {
      const text = frame?.next[index]?.text;
      if (text && params) stage.set({ text: params.text + text });
    },
  });

  const highlight = (): void => {
    if (!frame) return;
    const [query, key] = chosen ?? firstCell();
    const cell = map.cell();
    const size = frame.ids.length;
    const all = frame;
    const labels = all.pieces.map((piece, i) =>
      ({ piece, rare: all.rare[i]!, bar: all.surprise[i] == null ? null : all.surprise[i]! / FULL_SURPRISE }));
    rows(labels, cell, query);
    columns(labels, cell, key);
    if (params!.view === "arcs") {
      after(labels, cell, key);
      curves.light(query);
    }
    rowBand.attr("x", -1).attr("y", query * cell - 1).attr("width", size * cell + 1).attr("height", cell + 1);
    columnBand.attr("x", key * cell - 1).attr("y", -1).attr("width", cell + 1).attr("height", size * cell + 1);
    sums(writtenOut(all, [query, key], narrow));
  };

  return (now, values) => {
    frame = now;
    params = values;
    const { ids, layer, head, layers, heads, clipped } = now;
    const size = ids.length;
    const scale = values.scale;
    const pattern = patternOf(now, layer, head);
    const { sentence } = describe(now);
    map.update({ rows: size, columns: size, values: pattern, masked: isMasked }, { scale, label: `Attention: ${sentence}` });
    const isMatrix = values.view === "matrix";
    for (const part of [map.group, front, columnGroup, keyHeading]) part.attr("display", isMatrix ? null : "none");
    curves.group.attr("display", isMatrix ? "none" : null);
    if (!isMatrix) curves.update({ rows: size, columns: size, values: pattern, masked: isMasked }, map.cell(), `Attention: ${sentence}`);
    surprise.attr("y", size * map.cell() + 12);
    if (chosen) chosen = [Math.min(chosen[0], size - 1), Math.min(chosen[1], size - 1)];
    showScale(scale);
    thumbs(Array.from({ length: layers }, (_, l) => Array.from({ length: heads }, (_, h): Thumbnail => {
      const lesson = now.taught.find((one) => one.layer === l && one.head === h);
      return {
        matrix: { rows: size, columns: size, values: patternOf(now, l, h), masked: isMasked },
        label: `layer ${l}, head ${h}${lesson ? `, taught: ${lesson.as}` : ""}`, badge: lesson ? "taught" : null,
      };
    })), layer, head, scale);
    showNext(now.next.slice(0, BARS).map(({ piece, probability, text }) => ({
      label: piece, value: probability, ...(text !== "" && !text.includes("\ufffd") && { action: `add ‘${piece}’` }),
    })));
    indices.selectAll("text.across").data(Array.from({ length: heads }, (_, i) => i)).join("text").attr("class", "gb-index across")
      .attr("text-anchor", "middle")
      .attr("x", (i) => i * thumbStep + layout.thumb / 2).attr("y", -6).text(String);
    indices.selectAll("text.down").data(Array.from({ length: layers }, (_, i) => i)).join("text").attr("class", "gb-index down")
      .attr("text-anchor", "end")
      .attr("x", -7).attr("y", (i) => i * thumbStep + layout.thumb / 2 + 4).text(String);
    const cell = map.cell();
    const all = cell < 29 ? [] : Array.from(pattern, (weight, i) => ({ weight, query: Math.floor(i / size), key: i % size }));
    numbers.selectAll("text").data(all.filter(({ query, key }) => !isMasked(query, key))).join("text")
      .attr("text-anchor", "middle").attr("x", ({ key }) => (key + 0.5) * cell)
      .attr("y", ({ query }) => (query + 0.5) * cell + 4)
      .attr("class", ({ weight }) => inkOn(colourClass(weight, 1, scale === "rowMax" ? "linear" : scale)))
      .text(({ weight }) => weight.toFixed(2));
    const notices = [
      ...(clipped ? [`Your text is longer than this picture: its last ${size - 1} tokens are shown.`] : []),
      ...(now.rare.some(Boolean) ? ["Dashed chips are pieces that it hardly ever saw."] : []),
      `All that this model has ever read: ${now.read.replace(/\.$/, "")}.`,
    ];
    foot(wrap(notices.join(" "), layout.room).map((text) => [{ text }]));
    highlight();
  };
}
