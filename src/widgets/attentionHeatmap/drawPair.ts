import type { InspectFrame, Look } from "../../../engine/tasks/inspect.ts";
import { hatch, legend } from "../../charts/heatmap.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import type { Group } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { headGrid, panel, type Params } from "./panel.ts";
import { besideNames, habits, lookSentence, noticesOf, pictureOf, writtenOut } from "./reading.ts";

/** Wide: two columns, each with its matrix, its sums and its heads. Narrow: matrices one above the other, heads side by side below. */
const layouts = {
  wide: {
    labels: 72, side: 200, legend: [92, 346], foot: [4, 612], room: 116,
    panels: [
      { left: 92, top: 118, title: [92, 14], sums: [4, 392], heads: [92, 454], habits: [252, 466] },
      { left: 454, top: 118, title: [454, 14], sums: [366, 392], heads: [454, 454], habits: [614, 466] },
    ],
  },
  narrow: {
    labels: 66, side: 160, legend: [88, 552], foot: [2, 834], room: 56,
    panels: [
      { left: 88, top: 102, title: [88, 12], sums: [2, 598], heads: [18, 666], habits: null },
      { left: 88, top: 368, title: [88, 278], sums: [2, 598], heads: [204, 666], habits: null },
    ],
  },
} as const;
const THUMB = 33;
const GAP = 4;
const at = ([x, y]: readonly [number, number]): string => `translate(${x},${y})`;

/** Two texts in one model, or one text in two models, side by side. */
export function drawPair(svg: Group, stage: Stage<Params>): (frame: InspectFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  let params: Params | null = null;
  let looks: readonly Look[] = [];
  let touched = 0;
  const hatchId = stage.id("pair-hatch");
  hatch(svg, hatchId);
  const sides = layout.panels.map(({ left, top, title, sums, heads, habits: habitsAt }, index) => ({
    matrix: panel(svg, stage, {
      left, top, side: layout.side, labels: layout.labels, rowLabels: layout.labels + 14, barSpace: 14, largestCell: 32, name: `-${index}`,
      chosen: () => chosen(index),
    }),
    title: paragraph(svg.append("g").attr("transform", at(title)), { lineHeight: 15 }),
    sums: paragraph(svg.append("g").attr("transform", at(sums)), { lineHeight: 17 }),
    heads: headGrid(svg, stage, { at: heads, thumb: THUMB, gap: GAP, name: `-${index}`, hatchId,
      label: `Choose a head, ${index === 0 ? "first" : "second"} picture` }),
    habits: habitsAt && paragraph(svg.append("g").attr("transform", at(habitsAt)), { lineHeight: 17, className: "gb-fine" }),
  }));
  const showScale = legend(svg, { x: layout.legend[0], y: layout.legend[1], width: 150, max: 1, scale: "sqrt", title: "attention weight" });
  const legendEnd = svg.append("g").attr("transform", `translate(${layout.legend[0] + 172},${layout.legend[1]})`);
  legendEnd.append("rect").attr("class", "gb-swatch").attr("width", 18).attr("height", 9).attr("fill", `url(#${hatchId})`);
  legendEnd.append("text").attr("x", 24).attr("y", 9).text("masked");
  const foot = paragraph(svg.append("g").attr("transform", at(layout.foot)), { lineHeight: 15, className: "gb-fine" });

  const highlight = (): void => {
    for (const [index, { matrix, sums }] of sides.entries()) {
      matrix.highlight();
      // A phone has room for the sums of one picture: the one touched last.
      const lines = writtenOut(pictureOf(looks[index]!, params!.mix), matrix.cell(), true).filter((_, i, all) => i !== all.length - 2 || all.length < 4);
      sums(narrow && index !== touched ? [] : lines);
    }
  };
  const chosen = (index: number): void => {
    touched = index;
    // One sentence in two models: the same cell in both.
    if (params!.beside === "untaught") sides[1 - index]!.matrix.choose(sides[index]!.matrix.cell());
    highlight();
  };
  return (frame, values) => {
    params = values;
    looks = [frame, frame.beside!];
    for (const [index, look] of looks.entries()) {
      const { matrix, title, heads, habits: showHabits } = sides[index]!;
      const picture = pictureOf(look, values.mix);
      const { name, detail } = besideNames(looks, values.beside)[index]!;
      title([[{ text: name, className: "gb-reading" }], [{ text: detail }]]);
      matrix.update(picture, values, `${name}. ${lookSentence(look, values.mix)}`);
      heads(look, values);
      showHabits?.([
        [{ text: "on average to" }],
        ...habits(look, picture.weights).map(({ short, score, places }) => [{ text: `${places === 0 ? "  –  " : score.toFixed(2)}  ${short}` }]),
      ]);
    }
    showScale(values.scale);
    // Two lines have room; what is cut off says so.
    const [first = "", second = "", ...cut] = wrap(noticesOf(looks), layout.room);
    foot([first, cut.length > 0 ? `${second.replace(/[,;]$/, "")} …` : second].map((text) => [{ text }]));
    highlight();
  };
}
