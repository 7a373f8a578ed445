import { cursorKey } from "./lineChart.ts";
import type { Selection } from "d3-selection";
import { MONO, writePiece } from "./piece.ts";
import { formatNumber, type Group } from "./plot.ts";
import { shorten, widthOf } from "./textWidth.ts";

/** Size of a token's type. */
const PIECE = 12;

export interface Bar {
  /** Key and text; a token is given as it should be seen. */
  readonly label: string;
  readonly value: number;
  /** Lit, because the text speaks of it. */
  readonly marked?: boolean;
  /** What pressing it does, in words; a bar without is not a button. */
  readonly action?: string;
}

export interface BarsOptions {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  /** Room for labels, left of the bars. */
  readonly labelWidth: number;
  readonly rowHeight: number;
  /** The value of a full bar. */
  readonly max: number;
  /** Room for bars of negative values, left of zero, as a share of a full bar; without it they have no length. */
  readonly below?: number;
  readonly className?: string;
  /** Labels in the typeface of tokens. */
  readonly mono?: boolean;
  format?(value: number): string;
  /** Makes bars with an `action` buttons: one tab stop, arrow keys walk, Enter or a press activates. */
  activate?(index: number): void;
  /** Names the group of buttons. */
  readonly label?: string;
}

/** Horizontal bars with the label before and the exact value behind each: next-token probabilities, counts. */
export function bars(parent: Group, options: BarsOptions): (items: readonly Bar[]) => void {
  const { left, top, width, labelWidth, rowHeight, max, activate, label: name } = options;
  const { below = 0, className = "", mono = false, format = formatNumber } = options;
  const group = parent.append("g").attr("class", `gb-bars ${className}`).attr("transform", `translate(${left},${top})`);
  if (activate) group.attr("role", "group").attr("aria-label", name ?? null);
  let current = 0;
  const full = (width - labelWidth - 56) / (1 + below);
  const zero = labelWidth + Math.round(below * full);
  const length = (value: number): number => Math.round(Math.min(1, Math.max(-below, value / max || 0)) * full * 100) / 100;
  return (items) => {
    const rows = group.selectAll<SVGGElement, Bar>("g").data(items).join((enter) => {
      const row = enter.append("g");
      if (activate) row.append("rect").attr("class", "gb-target").attr("rx", 4).attr("width", width).attr("height", rowHeight);
      if (!mono) row.append("text").attr("class", "gb-label").attr("x", labelWidth - 8).attr("y", rowHeight / 2 + 4)
        .attr("text-anchor", "end");
      row.append("rect").attr("class", "gb-bar-mark").attr("x", zero).attr("y", 3).attr("height", rowHeight - 6).attr("rx", 2);
      row.append("text").attr("class", "gb-value").attr("y", rowHeight / 2 + 4);
      return row;
    });
    rows.attr("transform", (_, i) => `translate(0,${i * rowHeight})`).attr("class", ({ marked }) => (marked ? "gb-marked" : null));
    if (mono) {
      const cut = Math.floor((labelWidth - 8) / (PIECE * MONO));
      writePiece(rows as Selection<SVGGElement, Bar, SVGElement, unknown>, ({ label }) => {
        const text = shorten(label, cut);
        return { text, size: PIECE, x: labelWidth - 8 - (widthOf(text) * PIECE * MONO) / 2, y: rowHeight / 2 + 4 };
      });
    } else {
      rows.select(".gb-label").text(({ label }) => label);
    }
    rows.select(".gb-bar-mark").attr("width", ({ value }) => Math.abs(length(value)));
    if (below > 0) {
      rows.select(".gb-bar-mark").attr("x", ({ value }) => zero + Math.min(0, length(value))).classed("gb-below", ({ value }) => value < 0);
    }
    rows.select(".gb-value").attr("x", ({ value }) => zero + Math.max(0, length(value)) + 6).text(({ value }) => format(value));
    if (!activate) return;

    const usable = items.flatMap(({ action }, index) => (action === undefined ? [] : [index]));
    if (!usable.includes(current)) current = usable[0] ?? 0;
    const reach = (): unknown => rows.attr("tabindex", ({ action }, i) => (action === undefined ? null : i === current ? 0 : -1));
    reach();
    rows.attr("role", ({ action }) => (action === undefined ? "img" : "button"))
      .attr("aria-label", ({ action, label, value }) => `${action ?? label}, ${format(value)}`)
      .on("click", (_event: MouseEvent, item) => { if (item.action !== undefined) activate(items.indexOf(item)); })
      .on("keydown", (event: KeyboardEvent, item) => {
        if ((event.key === "Enter" || event.key === " ") && item.action !== undefined) {
          event.preventDefault();
          activate(items.indexOf(item));
          return;
        }
        // Bars lie below each other: down is on, up is back.
        const along = event.key === "ArrowDown" ? "ArrowRight" : event.key === "ArrowUp" ? "ArrowLeft" : event.key;
        const next = cursorKey(along, usable.indexOf(items.indexOf(item)), usable.length - 1);
        if (next === null) return;
        event.preventDefault();
        current = usable[next]!;
        reach();
        rows.nodes()[current]?.focus();
      });
  };
}
