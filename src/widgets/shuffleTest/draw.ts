import type { ShuffleTestFrame } from "../../../engine/tasks/shuffleTest.ts";
import { divergingLegend, divergingMap } from "../../charts/divergingMap.ts";
import { type Group, pointerPosition, root } from "../../charts/plot.ts";
import { keepFocus, roving } from "../../charts/roving.ts";
import { shorten } from "../../charts/textWidth.ts";
import type { Stage } from "../../widget/stage.ts";
import { type Params, percent, swapped, UNMOVED, verdict } from "./reading.ts";

const layouts = {
  wide: { before: [86, 58], after: [426, 58], width: 220, names: 340, bars: [86, 280], legend: [526, 120], room: 9, height: 172 },
  narrow: { before: [8, 58], after: [236, 58], width: 116, names: 168, bars: [92, 318], legend: [272, 80], room: 8, height: 190 },
} as const;
const MOST_ROW = 30;

/** Two small tables of vectors, one for each order, threads from word to word, and how far each word's vector moved. */
export function drawShuffle(stage: Stage<Params>): (frame: ShuffleTestFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  let frame: ShuffleTestFrame | null = null;
  const heading = (x: number, text: string): void => void svg.append("text").attr("class", "gb-axis").attr("x", x).attr("y", 40).text(text);
  const says = svg.append("text").attr("class", "gb-reading").attr("x", 8).attr("y", 16);
  heading(layout.before[0], "as typed");
  heading(layout.names, narrow ? "press to swap" : "press to swap words");
  const scale = divergingLegend(svg as Group, { x: layout.legend[0], y: 26, width: layout.legend[1] });
  const threads = svg.append("g");
  const map = (name: string, [left, top]: readonly [number, number], wordAt: (row: number) => number, values: () => readonly number[]) =>
    divergingMap(svg.append("g") as Group, {
      left, top, width: layout.width, height: layout.height, fills: true, cursorId: stage.id(name), label: `Vectors, ${name}`,
      position: (event) => pointerPosition(stage.svg, event, stage),
      speak: (row, column) => {
        if (!frame) return "";
        const word = wordAt(row), shown = frame.before.length / frame.words.length;
        return `${frame.words[word]}, number ${column}: ${values()[word * shown + column]!.toFixed(2).replace("-", "−")}`;
      },
    });
  const drawBefore = map("as typed", layout.before, (row) => row, () => frame!.before);
  const drawAfter = map("in the other order", layout.after, (row) => frame!.order[row]!, () => frame!.after);
  const names = svg.append("g").attr("class", "gb-token");
  const chips = svg.append("g").attr("role", "group").attr("aria-label", "The other order");
  const walk = roving((place) => stage.set({ order: swapped(frame!, place) }), (at, rows) => at + rows);
  const bars = svg.append("g").attr("transform", `translate(${layout.bars.join()})`);
  bars.append("text").attr("class", "gb-axis").attr("x", narrow ? -84 : -78).attr("y", -12).text(`how far the vector of each word moved${narrow ? "" : ", as a share of its length"}`);
  const foot = svg.append("text").attr("class", "gb-soft").attr("x", 8).attr("y", stage.height - 6);

  return (now) => {
    frame = now;
    const { words, order, before, after, moved, width, depth, leftOut } = now;
    const count = words.length, shown = before.length / count;
    const row = Math.min(MOST_ROW, layout.height / count);
    const middle = (i: number): number => layout.before[1] + (i + 0.5) * (layout.height / count);
    says.text(`${verdict(now)}${depth === 0 ? ": this is the table alone" : ""}`);
    const largest = [...before, ...after].reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    scale(`−${largest.toFixed(1)}`, largest.toFixed(1));
    drawBefore({ rows: count, columns: shown, values: before }, largest);
    drawAfter({ rows: count, columns: shown, values: order.flatMap((word) => after.slice(word * shown, (word + 1) * shown)) }, largest);
    const [x1, x2] = [layout.before[0] + layout.width + (narrow ? 2 : 4), layout.names - (narrow ? 0 : 6)];
    threads.selectAll("path").data(order).join("path").attr("class", (word) => `gb-thread ${moved[word]! < UNMOVED ? "c-query" : "c-loss"}`)
      .attr("stroke-dasharray", (word) => (moved[word]! < UNMOVED ? null : "4 3"))
      .attr("d", (word, place) => `M${x1},${round(middle(word))}L${round(x2)},${round(middle(place))}`);
    names.selectAll("text").data(narrow ? [] : words).join("text").attr("text-anchor", "end").attr("x", layout.before[0] - 8)
      .attr("y", (_, i) => round(middle(i) + 4)).text((word) => shorten(word, layout.room));
    keepFocus(chips.node()!, () => {
      const marks = chips.selectAll<SVGGElement, number>("g").data(order).join((enter) => {
        const chip = enter.append("g").attr("class", "gb-piece-chip gb-shuffle-chip");
        chip.append("rect").attr("rx", 4);
        chip.append("text").attr("class", "gb-token").attr("text-anchor", "middle");
        return chip;
      });
      const wide = narrow ? 62 : 78;
      marks.attr("transform", (_, place) => `translate(${layout.names},${round(middle(place) - row / 2 + 2)})`)
        .attr("aria-label", (word, place) => `${words[word]} at place ${place}: change places with ${words[order[place + 1 < count ? place + 1 : 0]!]}`);
      marks.select("rect").attr("width", wide).attr("height", round(row - 4));
      marks.select("text").attr("x", wide / 2).attr("y", round(row / 2 + 2)).text((word) => shorten(words[word]!, narrow ? 7 : layout.room));
      walk(marks.nodes());
    });
    const space = narrow ? 230 : 520;
    const step = Math.min(narrow ? 30 : 28, (stage.height - layout.bars[1] - 18) / count);
    const most = Math.max(1, ...moved);
    const rows = bars.selectAll<SVGGElement, string>("g").data(words).join((enter) => {
      const one = enter.append("g");
      one.append("text").attr("class", "gb-token gb-name").attr("text-anchor", "end").attr("x", -8);
      one.append("rect").attr("rx", 2);
      one.append("text").attr("class", "gb-value");
      return one;
    });
    rows.attr("transform", (_, i) => `translate(0,${round(i * step)})`);
    rows.select(".gb-name").attr("y", step / 2 + 4).text((word) => shorten(word, layout.room));
    rows.select("rect").attr("class", (_, i) => `gb-bar-mark ${moved[i]! < UNMOVED ? "c-query" : "c-loss"}`).attr("y", 3).attr("height", Math.max(2, step - 6))
      .attr("width", (_, i) => round(Math.max(1, (moved[i]! / most) * (space - 60))));
    rows.select(".gb-value").attr("y", step / 2 + 4).attr("x", (_, i) => round((moved[i]! / most) * (space - 60)) + 8).text((_, i) => percent(moved[i]!));
    foot.text(`${leftOut > 0 ? `${leftOut} words found no room. ` : ""}The tables show the first ${shown} of ${width} numbers.`);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
