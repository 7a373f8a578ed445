import type { GrowCacheFrame } from "../../../engine/tasks/growCacheFrame.ts";
import { cacheStrips, type CellState, stripsHeight } from "../../charts/cacheStrips.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { growthCharts } from "./charts.ts";
import { clockNote, counted, type GrowthParams, grouped, kibibytes, notes, realNote } from "./reading.ts";

/** Where the parts lie. Wide: the two ways side by side. Narrow: above each other. Charts and notes are below. */
const layouts = {
  wide: { lanes: [[8, 18], [372, 18]], width: 340, columns: 50, lines: 4, chart: [48, 316, 652, 200], notes: [8, 572], room: 116 },
  narrow: { lanes: [[8, 18], [8, 262]], width: 344, columns: 50, lines: 3, chart: [44, 530, 304, 210], notes: [8, 800], room: 54 },
} as const;
const LAYER = 20;
const LAYERS = 4;
/** Room for the colour before a line. */
const KEY = 14;

export function drawGrowth(stage: Stage<GrowthParams>): (frame: GrowCacheFrame, params: GrowthParams) => void {
  const layout = stage.narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  const { width, columns, lines } = layout;
  const lane = ([x, y]: readonly [number, number], heading: string) => {
    const group = svg.append("g").attr("transform", `translate(${x},${y})`);
    group.append("text").attr("class", "gb-heading").text(heading);
    const text = paragraph(group.append("g").attr("transform", "translate(0,22)"), { lineHeight: 17 });
    const top = 22 + lines * 17;
    const strips = cacheStrips(group.append("g").attr("transform", `translate(0,${top - 4})`) as Group, { width, layerHeight: LAYER });
    const below = top + 18 + stripsHeight(LAYERS, LAYER);
    // Each line begins with the colour of the cells it speaks of.
    const keys = group.append("g").attr("transform", `translate(0,${below})`);
    const counts = paragraph(group.append("g").attr("transform", `translate(${KEY},${below})`), { lineHeight: 18 });
    const show = (states: readonly CellState[], rows: Parameters<typeof counts>[0]): void => {
      keys.selectAll("rect").data(states).join("rect").attr("class", (state) => `gb-cell-${state}`)
        .attr("y", (_, i) => i * 18 - 9).attr("width", 9).attr("height", 9);
      counts(rows);
    };
    return { text, strips, counts: show };
  };
  const left = lane(layout.lanes[0], "with a cache of keys and values");
  const right = lane(layout.lanes[1], "without: all is read again for each token");
  const charts = growthCharts(svg, stage, layout.chart);
  const foot = paragraph(svg.append("g").attr("transform", `translate(${layout.notes.join()})`), { lineHeight: 16, className: "gb-fine" });

  return (frame, params) => {
    const { prompt, withCache, without, promptTokens, length, kept, capacity, sinks, kvHeads, layers, tokenBytes, queryHeads } = frame;
    const read = promptTokens + frame.step - 1;
    // A layer of a cache with all heads in 32 bits is as high as its place; others are lower as they have fewer bytes.
    const whole = 2 * 4 * queryHeads * frame.dHead;
    const rowHeight = (LAYER * (tokenBytes / whole)) / kvHeads;
    const slots = promptTokens + length;
    const isHeld = (token: number): boolean => read <= capacity || token < sinks || token >= read - (capacity - sinks);
    left.text(tail(`${prompt}${withCache.text}`, columns, lines));
    right.text(tail(`${prompt}${without.text}`, columns, lines));
    const strip = { layers, rows: kvHeads, slots };
    const stateOf = (token: number): CellState => (!isHeld(token) ? "lost" : token === read - 1 ? "fresh" : "kept");
    left.strips({ ...strip, rowHeight, cell: (token) => (token >= read ? null : stateOf(token)) });
    right.strips({ ...strip, rowHeight: LAYER / queryHeads, cell: (token) => (token >= read ? null : "again") });
    const line = (name: string, value: string, rest = "") => [{ text: `${name} ` }, { text: value, className: "gb-reading" }, { text: rest }];
    left.counts(read > capacity ? ["fresh", "kept", "lost"] : ["fresh", "kept"], [
      line("this token:", `${counted(withCache.work.at(-1) ?? 0)} multiply–adds`),
      line("kept:", kibibytes(frame.bytes), ` = ${layers} layers × ${grouped(tokenBytes)} bytes × ${kept} tokens`),
      ...(read > capacity ? [line("given up:", grouped(read - kept), " tokens")] : []),
    ]);
    right.counts(["again"], [
      line("this token:", `${counted(without.work.at(-1) ?? 0)} multiply–adds`),
      line("kept:", "nothing"),
    ]);
    charts(frame, params);
    const note = params.view === "real" ? realNote(params) : params.view === "work" ? notes(frame, params) : clockNote(frame);
    foot(wrap(note, layout.room).map((text) => [{ text }]));
  };
}

/** The last lines of a text, so that what is being written is in sight. */
function tail(text: string, columns: number, most: number): { readonly text: string }[][] {
  const all = wrap(text.replace(/\s+/g, " ").trim(), columns).flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, "gu")) ?? [""]);
  const shown = all.slice(-most);
  if (all.length > most) shown[0] = `… ${shown[0]!.split(" ").slice(1).join(" ")}`;
  return shown.map((line) => [{ text: line }]);
}
