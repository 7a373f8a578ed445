import type { EmbeddingLookupFrame } from "../../../engine/tasks/embeddingLookup.ts";
import { bars } from "../../charts/bars.ts";
import { divergingLegend, divergingMap } from "../../charts/divergingMap.ts";
import { paragraph, type Span, wrap } from "../../charts/paragraph.ts";
import { writePiece } from "../../charts/piece.ts";
import { type Group, pointerPosition, root } from "../../charts/plot.ts";
import { keepFocus, roving } from "../../charts/roving.ts";
import { shorten } from "../../charts/textWidth.ts";
import type { Stage } from "../../widget/stage.ts";
import { cosineText, costLines, grouped, numberText, productText } from "./reading.ts";

const layouts = {
  wide: { top: 44, height: 270, chips: 8, chip: 118, table: [206, 54], x: [340, 372], legend: [572, 140], sums: [8, 346], bars: [432, 352], barsWidth: 280, labels: 96, room: 58, cut: 9 },
  narrow: { top: 44, height: 270, chips: 4, chip: 96, table: [134, 34], x: [200, 154], legend: [278, 78], sums: [8, 346], bars: [8, 490], barsWidth: 344, labels: 96, room: 50, cut: 7 },
} as const;
const ROW = 26;

/** Tokens on the left, the whole table as a strip with the rows they light, and X on the right. */
export function drawLookup(stage: Stage): (frame: EmbeddingLookupFrame) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  let frame: EmbeddingLookupFrame | null = null;
  const heading = (x: number, anchor = "start") => svg.append("text").attr("class", "gb-axis").attr("x", x).attr("y", 20).attr("text-anchor", anchor);
  heading(layout.chips).text(narrow ? "tokens, ids" : "tokens and their ids");
  const tableHeading = heading(layout.table[0] + layout.table[1] / 2, "middle");
  const xHeading = heading(layout.x[0]);
  const scale = divergingLegend(svg as Group, { x: layout.legend[0], y: 8, width: layout.legend[1] });
  const threads = svg.append("g");
  svg.append("rect").attr("class", "gb-table-edge").attr("x", layout.table[0]).attr("width", layout.table[1]).attr("y", layout.top).attr("height", layout.height);
  const lit = svg.append("g");
  const ends = svg.append("g").attr("class", "gb-ticks");
  const chips = svg.append("g").attr("role", "group").attr("aria-label", "Tokens of the text");
  const walk = roving((at) => stage.set({ chosen: at }));
  const map = divergingMap(svg.append("g") as Group, {
    left: layout.x[0], top: layout.top, width: layout.x[1], height: layout.height, fills: true, cursorId: stage.id("x"), label: "X, a row a token",
    position: (event) => pointerPosition(stage.svg, event, stage), first: () => [frame?.chosen ?? 0, 0],
    speak: (row, column) => (frame ? `${frame.pieces[row]}, number ${column}: ${numberText(frame.rows[row * frame.shown + column]!)}` : ""),
    select: (cell) => show(cell?.[0] ?? null), activate: ([row]) => stage.set({ chosen: row }),
  });
  const sums = paragraph(svg.append("g").attr("transform", `translate(${layout.sums.join()})`));
  const barsTitle = svg.append("text").attr("class", "gb-axis").attr("x", layout.bars[0]).attr("y", layout.bars[1] - 6);
  const near = bars(svg.append("g").attr("class", "c-residual") as Group, {
    left: layout.bars[0], top: layout.bars[1], width: layout.barsWidth, labelWidth: layout.labels, rowHeight: narrow ? 21 : 18, max: 1, mono: true, format: cosineText,
  });

  const show = (pointed: number | null): void => {
    if (!frame) return;
    const at = pointed ?? frame.chosen, { rows, shown, pieces, ids } = frame;
    const values = Array.from({ length: narrow ? 3 : 5 }, (_, j) => numberText(rows[at * shown + j]!)).join(", ");
    sums([
      [{ text: `${pieces[at]!.replaceAll("▁", "")} is `, className: "gb-term" }, { text: `row ${ids[at]}: [${values}, …]` }],
      ...wrap(`as a product: ${productText({ ...frame, chosen: at })}`, layout.room).map((text): Span[] => [{ text }]),
      ...costLines(frame).flatMap(([name, text]) => wrap(`${name}: ${text}`, layout.room).map((line): Span[] => [{ text: line }])),
      ...(frame.clipped ? [[{ text: `Only the first ${ids.length} tokens are shown.` }]] : []),
    ]);
  };

  return (now) => {
    frame = now;
    const { ids, pieces, chosen, vocabSize, width, shown, rows, nearest } = now;
    const count = ids.length, pitch = Math.min(ROW + 6, layout.height / count);
    const tall = layout.height / count;
    const middle = (t: number): number => layout.top + (t + 0.5) * tall;
    tableHeading.text(narrow ? "E" : `E, ${grouped(vocabSize)} rows`);
    xHeading.text(narrow ? `X, ${count} × ${width}` : `X, ${count} × ${width}: the first ${shown} columns`);
    const rowY = (id: number): number => layout.top + ((id + 0.5) / vocabSize) * layout.height;
    const role = (t: number): string => (ids[t] === ids[chosen] ? "c-loss" : "c-residual");
    lit.selectAll("line").data(ids).join("line").attr("class", (_, t) => `gb-table-row ${role(t)}`).attr("x1", layout.table[0]).attr("x2", layout.table[0] + layout.table[1])
      .attr("y1", (id) => round(rowY(id))).attr("y2", (id) => round(rowY(id)));
    const curve = (x1: number, y1: number, x2: number, y2: number): string =>
      `M${x1},${round(y1)}C${round((x1 + x2) / 2)},${round(y1)} ${round((x1 + x2) / 2)},${round(y2)} ${x2},${round(y2)}`;
    threads.selectAll("path").data(ids.flatMap((id, t) => [
      { t, d: curve(layout.chips + layout.chip + 2, middle(t), layout.table[0], rowY(id)) }, { t, d: curve(layout.table[0] + layout.table[1], rowY(id), layout.x[0] - 3, middle(t)) },
    ])).join("path").attr("class", ({ t }) => `gb-thread ${role(t)}${ids[t] === ids[chosen] ? "" : " gb-faint"}`).attr("d", ({ d }) => d);
    ends.selectAll("text").data(["0", grouped(vocabSize - 1)]).join("text").attr("text-anchor", "middle").attr("x", layout.table[0] + layout.table[1] / 2)
      .attr("y", (_, i) => (i === 0 ? layout.top - 5 : layout.top + layout.height + 14)).text((text) => text);
    keepFocus(chips.node()!, () => {
      const marks = chips.selectAll<SVGGElement, string>("g.gb-piece-chip").data(pieces).join((enter) => {
        const chip = enter.append("g");
        chip.append("rect").attr("rx", 4).attr("width", layout.chip);
        chip.append("text").attr("class", "gb-id").attr("text-anchor", "end").attr("x", layout.chip - 6);
        return chip;
      });
      marks.attr("class", (_, t) => `gb-piece-chip gb-lookup-chip ${t === chosen ? "gb-lit c-loss" : ""}`)
        .attr("transform", (_, t) => `translate(${layout.chips},${round(middle(t) - (pitch - 4) / 2)})`)
        .attr("aria-label", (piece, t) => `${piece}, id ${ids[t]}: look at its row`);
      marks.select("rect").attr("height", round(pitch - 4));
      marks.select(".gb-id").attr("y", round(pitch / 2 + 2)).text((_, t) => ids[t]!);
      writePiece(marks as never, (piece: string) => ({ text: shorten(piece, layout.cut), x: layout.chip * 0.33, y: pitch / 2 + 2, size: 12 }));
      walk(marks.nodes());
    });
    const largest = rows.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    map({ rows: count, columns: shown, values: rows, marked: (row) => row === chosen }, largest);
    scale(`−${largest.toFixed(2)}`, largest.toFixed(2));
    barsTitle.text(`rows of E nearest to “${pieces[chosen]!.replaceAll("▁", "")}”, cosine`);
    near(nearest.map(({ piece, cosine }) => ({ label: piece, value: cosine })));
    show(null);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
