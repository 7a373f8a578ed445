import type { InspectFrame } from "../../../engine/tasks/inspect.ts";
import { bars } from "../../charts/bars.ts";
import { hatch, legend } from "../../charts/heatmap.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { drawPair } from "./drawPair.ts";
import { headGrid, panel, type Params } from "./panel.ts";
import { lookSentence, noticesOf, pictureOf, writtenOut } from "./reading.ts";

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
const at = ([x, y]: readonly [number, number]): string => `translate(${x},${y})`;

type Show = (frame: InspectFrame, params: Params) => void;

/** Builds the drawing once; returns what shows a frame. What compares two pictures is built when the first such frame comes. */
export function drawAttention(stage: Stage<Params>): Show {
  const svg = root(stage.svg) as unknown as Group;
  const view = () => svg.append("g");
  const views: { readonly group: Group; readonly show: Show }[] = [];
  const built = (index: number, build: typeof drawOne): (typeof views)[number] => {
    if (!views[index]) {
      const group = view();
      views[index] = { group, show: build(group, stage) };
    }
    return views[index];
  };
  return (frame, params) => {
    const now = frame.beside ? built(1, drawPair) : built(0, drawOne);
    for (const one of views) one?.group.attr("display", one === now ? null : "none");
    now.show(frame, params);
  };
}

/** One matrix, with every head, what is written out, and the next token. */
function drawOne(svg: Group, stage: Stage<Params>): Show {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const heading = (x: number, y: number, text: string) => svg.append("text").attr("class", "gb-axis").attr("x", x).attr("y", y).text(text);
  let params: Params | null = null;
  let frame: InspectFrame | null = null;
  const hatchId = stage.id("thumb-hatch");
  hatch(svg, hatchId);
  const highlight = (): void => {
    if (!frame) return;
    matrix.highlight();
    sums(writtenOut(pictureOf(frame, params!.mix), matrix.cell(), narrow));
  };
  const matrix = panel(svg, stage, {
    ...layout, rowLabels: layout.labels + (narrow ? 10 : 30), barSpace: narrow ? 14 : 30, largestCell: 40, name: "", chosen: highlight,
  });
  const showScale = legend(svg, { x: layout.legend[0], y: layout.legend[1], width: 150, max: 1, scale: "sqrt", title: "attention weight" });
  const legendEnd = svg.append("g").attr("transform", `translate(${layout.legend[0] + 172},${layout.legend[1]})`);
  legendEnd.append("rect").attr("class", "gb-swatch").attr("width", 18).attr("height", 9).attr("fill", `url(#${hatchId})`);
  legendEnd.append("text").attr("x", 24).attr("y", 9).text("masked");
  const sums = paragraph(svg.append("g").attr("transform", at(layout.sums)));
  const foot = paragraph(svg.append("g").attr("transform", at(layout.foot)), { lineHeight: 16, className: "gb-fine" });
  heading(layout.thumbs[0], layout.thumbs[1] - (narrow ? 20 : 24), "every head");
  const heads = headGrid(svg, stage, { at: layout.thumbs, thumb: layout.thumb, gap: narrow ? 5 : 8, name: "", label: "Choose a head", hatchId });
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
  return (now, values) => {
    frame = now;
    params = values;
    matrix.update(pictureOf(now, values.mix), values, lookSentence(now, values.mix));
    showScale(values.scale);
    heads(now, values);
    showNext(now.next.slice(0, BARS).map(({ piece, probability, text }) => ({
      label: piece, value: probability, ...(text !== "" && !text.includes("\ufffd") && { action: `add ‘${piece}’` }),
    })));
    foot(wrap(noticesOf([now]), layout.room).map((text) => [{ text }]));
    highlight();
  };
}
