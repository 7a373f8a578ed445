import type { HeadGalleryFrame } from "../../../engine/tasks/headGallery.ts";
import { bars } from "../../charts/bars.ts";
import { hatch } from "../../charts/heatmap.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import { pressButton } from "../../charts/pressButton.ts";
import { type Thumbnail, thumbnails } from "../../charts/thumbnails.ts";
import type { Stage } from "../../widget/stage.ts";
import { chosenLines, habitOf, headName, lessonOf, MEASURES, type Params as Choice, ranking, signed, switchedLine,
  TESTS } from "./reading.ts";

interface Params extends Choice {
  readonly off: readonly number[];
}

const layouts = {
  wide: { thumbs: [30, 44], side: 74, gap: 22, bars: [436, 44], barsWidth: 284, labels: 124, rows: 16, row: 23, lines: [4, 456],
    buttons: [4, 550],
    switched: [4, 536], foot: [330, 564], room: 62, buttonStep: 190 },
  narrow: { thumbs: [24, 40], side: 64, gap: 20, bars: [8, 430], barsWidth: 348, labels: 128, rows: 10, row: 24, lines: [4, 694],
    buttons: [4, 838],
    switched: [4, 806], foot: [4, 896], room: 60, buttonStep: 176 },
} as const;
const SWITCHES = 4;
const at = ([x, y]: readonly [number, number]): string => `translate(${x},${y})`;

/** Builds the drawing once; returns what shows a frame. */
export function drawGallery(stage: Stage<Params>): (frame: HeadGalleryFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const { side, gap } = layout;
  const step = side + gap;
  const svg = root(stage.svg) as unknown as Group;
  let frame: HeadGalleryFrame | null = null;
  let params: Params | null = null;
  let order: readonly number[] = [];
  /** The value of a full bar. */
  let full = 1;

  const place = (index: number): number => Math.floor(index / frame!.heads) * SWITCHES + (index % frame!.heads);
  const toggle = (index: number): void => {
    const off = [...params!.off];
    off[place(index)] = 1 - (off[place(index)] ?? 0);
    stage.set({ off, layer: Math.floor(index / frame!.heads), head: index % frame!.heads });
  };

  const hatchId = stage.id("hatch");
  hatch(svg, hatchId);
  svg.append("text").attr("class", "gb-axis").attr("x", layout.thumbs[0]).attr("y", 14).text("what each head looks at");
  const indices = svg.append("g").attr("transform", at(layout.thumbs));
  const thumbs = thumbnails(svg.append("g").attr("transform", at(layout.thumbs)), {
    label: "Choose a head", side, gap, hatchId, id: (layer, head) => stage.id(`head-${layer}-${head}`),
    choose: (layer, head) => stage.set({ layer, head }),
  });
  const over = svg.append("g").attr("transform", at(layout.thumbs)).attr("pointer-events", "none");
  const veils = over.append("g").attr("class", "gb-off-heads");
  const labels = over.append("g").attr("class", "gb-cell-numbers");

  const title = svg.append("text").attr("class", "gb-axis").attr("x", layout.bars[0]).attr("y", narrow ? layout.bars[1] - 22 : 14);
  const unit = svg.append("text").attr("class", "gb-small").attr("x", layout.bars[0]).attr("y", narrow ? layout.bars[1] - 6 : 29);
  const show = bars(svg.append("g").attr("class", "c-loss") as Group, {
    left: layout.bars[0], top: layout.bars[1], width: layout.barsWidth, labelWidth: layout.labels, rowHeight: layout.row, max: 1, below: 0.12,
    label: "Heads in order", format: (share) => (Number.isNaN(share) ? "…" : params!.measure === "loss" ? signed(share * full)
      : (share * full).toFixed(2)),
    activate: (row) => toggle(order[row]!),
  });
  const lines = paragraph(svg.append("g").attr("transform", at(layout.lines)), { lineHeight: narrow ? 17 : 19 });
  const press = svg.append("g").attr("transform", at(layout.buttons)) as Group;
  const switchChosen = pressButton(press, { width: layout.buttonStep - 12, 
    activate: () => toggle(params!.layer * frame!.heads + params!.head) });
  const allOn = pressButton(press.append("g").attr("transform", `translate(${layout.buttonStep},0)`) as Group,
    { width: 110, activate: () => stage.set({ off: params!.off.map(() => 0) }) });
  const switched = paragraph(svg.append("g").attr("transform", at(layout.switched)));
  const foot = paragraph(svg.append("g").attr("transform", at(layout.foot)), { lineHeight: 16, className: "gb-fine" });

  return (now, values) => {
    frame = now;
    params = values;
    const { heads, layers, ids, off, patterns } = now;
    const layer = Math.min(values.layer, layers - 1), head = Math.min(values.head, heads - 1);
    const chosen = layer * heads + head;
    const size = ids.length;
    const all = off.map((isOff, index) => ({ isOff, index, x: (index % heads) * step, y: Math.floor(index / heads) * step }));
    thumbs(Array.from({ length: layers }, (_, l) => Array.from({ length: heads }, (_, h): Thumbnail => {
      const index = l * heads + h;
      const lesson = lessonOf(now, index);
      return {
        matrix: { rows: size, columns: size, values: patterns.subarray(index * size * size, (index + 1) * size * size),
          masked: (row, column) => column > row },
        label: `${headName(heads, index)}${lesson ? `, taught: ${lesson}` : ""}, ${off[index] ? "off" : "on"}`,
        badge: lesson ? "taught" : null,
      };
    })), layer, head, "sqrt");
    const away = all.filter(({ isOff }) => isOff);
    veils.selectAll("rect").data(away).join("rect").attr("class", "gb-veil").attr("width", side).attr("x", ({ x }) => x)
      // A badge stays to be read.
      .attr("y", ({ y, index }) => y + (lessonOf(now, index) ? 14 : 0))
      .attr("height", ({ index }) => side - (lessonOf(now, index) ? 14 : 0));
    veils.selectAll("path").data(away).join("path").attr("class", "gb-line c-loss")
      .attr("d", ({ x, y }) => `M${x + 14},${y + 22}l${side - 28},${side - 28}m0,${28 - side}l${28 - side},${side - 28}`);
    labels.selectAll("text").data(all).join("text").attr("text-anchor", "middle").attr("x", ({ x }) => x + side / 2)
      .attr("y", ({ y }) => y + side + 14.5)
      .text(({ index, isOff }) => {
        const { name, score } = habitOf(now, index);
        return isOff ? "off" : score === null ? name : `${name} ${score.toFixed(2)}`;
      });
    indices.selectAll("text.across").data(Array.from({ length: heads }, (_, i) => i)).join("text").attr("class", "gb-index across")
      .attr("text-anchor", "middle").attr("x", (i) => i * step + side / 2).attr("y", -7).text((i) => `head ${i}`);
    indices.selectAll("text.down").data(Array.from({ length: layers }, (_, i) => i)).join("text").attr("class", "gb-index down")
      .attr("text-anchor", "middle").attr("transform", (i) => `translate(-10,${i * step + side / 2}) rotate(-90)`)
      .text((i) => `layer ${i}`);

    const ranked = ranking(now, values);
    order = ranked.map(({ index }) => index);
    full = values.measure === "loss" ? Math.max(0.05, ...ranked.map(({ value }) => value ?? 0)) : 1;
    title.text(values.measure === "loss" ? `loss without it, on ${TESTS[values.test]}` : MEASURES[values.measure]);
    unit.text(values.measure === "loss" ? "nats a token more than the whole; press to switch"
      : "share of its attention on your text; press to switch");
    show(ranked.slice(0, layout.rows).map(({ index, value }) => ({
      label: `${headName(heads, index)}${off[index] ? ", off" : ""}`, value: value === null ? NaN : value / full, marked: index === chosen,
      action: `switch ${headName(heads, index)} ${off[index] ? "on" : "off"}`,
    })));

    lines(chosenLines(now, chosen, narrow).map((text) => [{ text }]));
    switchChosen(`Switch it ${off[chosen] ? "on" : "off"}`, `Switch ${headName(heads, chosen)} ${off[chosen] ? "on" : "off"}`);
    allOn(away.length > 0 ? "All on again" : null);
    switched(wrap(switchedLine(now), narrow ? 52 : 110).map((text) => [{ text, className: "gb-term" }]));
    const notices = [
      ...(now.clipped ? [`Your text is longer than this picture: its last ${size - 1} tokens are shown.`] : []),
      `All that this model has ever read: ${now.read.replace(/\.$/, "")}.`,
    ];
    foot(wrap(notices.join(" "), layout.room).map((text) => [{ text }]));
  };
}
