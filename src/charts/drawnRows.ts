import { MONO, writePiece } from "./piece.ts";
import type { Group } from "./plot.ts";
import { keepFocus, roving } from "./roving.ts";
import { shorten, widthOf } from "./textWidth.ts";

/** A token that could be drawn. */
export interface DrawnRow {
  /** For the eye, with visible spaces. */
  readonly piece: string;
  /** Its probability for the model. */
  readonly before: number;
  /** Its probability of being drawn; null when it cannot be. */
  readonly after: number | null;
}

export interface DrawnRowsOptions {
  readonly width: number;
  readonly rowHeight: number;
  readonly label: string;
  /** What a row is called where it is no button: "fox, the model 3 %, cut". */
  readonly speak: (row: DrawnRow) => string;
  readonly format: (share: number) => string;
  /** Makes rows buttons. */
  readonly activate?: (index: number) => void;
}

const TYPE = 12;
const LABEL = 92;
const NUMBERS = 104;
/** Shares that a full bar may stand for: the least that has room for all. */
const FULL = [0.05, 0.1, 0.2, 0.5, 1];

/**
 * A row a token: its probability for the model above, that of being drawn below, shaded while it can be drawn and struck out where not.
 * A legend over them says what a full bar stands for.
 */
export function drawnRows(parent: Group, options: DrawnRowsOptions): (rows: readonly DrawnRow[]) => void {
  const { width, rowHeight, label: name, speak, format, activate } = options;
  const group = parent.append("g").attr("role", "group").attr("aria-label", name);
  // On a phone, where rows are widest, its letters are larger.
  const legend = legendRow(parent.append("g").attr("transform", "translate(0,-10)"), width < 340 ? [0, 76, 146, 240] : [0, 84, 156, 256]);
  const room = width - LABEL - NUMBERS;
  const middle = rowHeight / 2;
  const walk = activate && roving(activate);
  const label = ({ piece }: DrawnRow): string => shorten(piece, Math.floor((LABEL - 10) / (TYPE * MONO)));
  return (items) => keepFocus(group.node()!, () => {
    const largest = Math.max(0, ...items.map(({ before, after }) => Math.max(before, after ?? 0)));
    const full = FULL.find((share) => share >= largest - 1e-9) ?? 1;
    const length = (share: number): number => Math.round(Math.max(0.5, Math.min(1, share / full) * room) * 100) / 100;
    legend(format(full));
    const rows = group.selectAll<SVGGElement, DrawnRow>("g").data(items).join((enter) => {
      const row = enter.append("g");
      row.append("rect").attr("class", "gb-target").attr("width", width).attr("height", rowHeight - 1).attr("rx", 3);
      row.append("rect").attr("class", "gb-drawn-before").attr("x", LABEL).attr("y", middle - 9).attr("height", 7);
      row.append("rect").attr("class", "gb-drawn-after").attr("x", LABEL).attr("y", middle - 1).attr("height", 8);
      row.append("line").attr("class", "gb-drawn-cut").attr("y1", middle).attr("y2", middle).attr("x2", LABEL - 5);
      row.append("text").attr("class", "gb-value gb-soft").attr("x", width - 56).attr("y", middle + 4).attr("text-anchor", "end");
      row.append("text").attr("class", "gb-value gb-outcome").attr("x", width - 4).attr("y", middle + 4).attr("text-anchor", "end");
      return row;
    });
    rows.attr("transform", (_, i) => `translate(0,${i * rowHeight})`).attr("aria-label", speak).attr("role", "img")
      .attr("class", ({ after }) => `gb-drawn${after === null ? "" : " gb-drawn-can"}${activate ? " gb-drawn-press" : ""}`);
    rows.select(".gb-drawn-before").attr("width", ({ before }) => length(before));
    rows.select(".gb-drawn-after").attr("width", ({ after }) => (after === null ? 0 : length(after)));
    writePiece(rows, (row) => ({ text: label(row), size: TYPE, x: LABEL - 8 - (widthOf(label(row)) * TYPE * MONO) / 2, y: middle + 4 }));
    rows.select(".gb-drawn-cut").attr("x1", (row) => LABEL - 11 - widthOf(label(row)) * TYPE * MONO)
      .attr("display", ({ after }) => (after === null ? null : "none"));
    rows.select(".gb-value").text(({ before }) => format(before));
    rows.select(".gb-outcome").text(({ after }) => (after === null ? "cut" : format(after)));
    walk?.(rows.nodes());
  });
}

function legendRow(group: Group, places: readonly [number, number, number, number]): (full: string) => void {
  for (const [i, [mark, name]] of ([["gb-drawn-before", "the model"], ["gb-drawn-after", "is drawn"],
    ["gb-drawn-shade", "can be drawn"]] as const).entries()) {
    const entry = group.append("g").attr("transform", `translate(${places[i]!},0)`);
    entry.append("rect").attr("class", mark).attr("y", i === 2 ? -10 : -8).attr("width", 12).attr("height", i === 2 ? 12 : 7);
    entry.append("text").attr("class", "gb-small").attr("x", 16).text(name);
  }
  const scale = group.append("text").attr("class", "gb-small").attr("x", places[3]);
  return (full) => void scale.text(`full bar ${full}`);
}
