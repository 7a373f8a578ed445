import type { Selection } from "d3-selection";
import { MONO, writePiece } from "./piece.ts";
import type { Group } from "./plot.ts";
import { shorten, widthOf } from "./textWidth.ts";

export interface TokenLabel {
  /** As `displayPiece` gives it: spaces and control characters can be seen. */
  readonly piece: string;
  /** Seen too rarely in training to be trusted: its chip is dashed. */
  readonly rare?: boolean;
  /** Share 0 … 1 of a thin bar beside the chip; null or absent shows none. */
  readonly bar?: number | null;
}

export interface TokenAxisOptions {
  /** `rows`: chips stand left of a matrix; `after`: right of it; `columns`: above it, turned by a quarter. */
  readonly side: "rows" | "columns" | "after";
  /** Room for chips (and bars) beside the matrix. */
  readonly space: number;
  /** Room for the bars between chips and matrix; 0 without bars. */
  readonly barSpace?: number;
  /** Colour class of the chip that is lit. */
  readonly litClass: string;
}

const GAP = 4;

/**
 * Tokens as monospace chips along one side of a matrix. Where cells are too narrow for every label, only each second, third, …
 * is written, and the lit one always. Returns what shows other tokens.
 */
export function tokenAxis(
  parent: Group, { side, space, barSpace = 0, litClass }: TokenAxisOptions,
): (tokens: readonly TokenLabel[], cell: number, lit: number | null) => void {
  const group = parent.append("g").attr("class", `gb-tokens gb-${side}`).attr("aria-hidden", "true");
  return (tokens, cell, lit) => {
    const size = Math.max(9, Math.min(11.5, cell * 0.7));
    const height = Math.min(18, Math.max(size + 3, Math.min(cell - 2, size + 6)));
    const every = Math.ceil((size + 1) / cell);
    const room = Math.floor((space - barSpace - 3 * GAP) / (size * MONO));
    const shown = tokens.map((token, index) => ({ ...token, index })).filter(({ index }) => index % every === 0 || index === lit)
      // A lit label pushes its neighbours away rather than covering them.
      .filter(({ index }) => lit === null || index === lit || Math.abs(index - lit) >= every)
      .map((token) => {
        const text = shorten(token.piece, room);
        return { ...token, text, width: widthOf(text) * size * MONO + 2 * GAP };
      });
    const chips = group.selectAll<SVGGElement, (typeof shown)[number]>("g.gb-token").data(shown, ({ index }) => index).join((enter) => {
      const chip = enter.append("g");
      chip.append("rect").attr("rx", 3);
      chip.append("title");
      return chip;
    });
    const middle = (index: number): number => round((index + 0.5) * cell);
    chips.attr("class", ({ index, rare }) => `gb-token${rare ? " gb-rare" : ""}${index === lit ? ` gb-lit ${litClass}` : ""}`)
      .attr("transform", ({ index }) => {
        if (side === "columns") return `translate(${middle(index)},${-GAP}) rotate(-90)`;
        return `translate(${side === "rows" ? -GAP - barSpace : GAP},${middle(index)})`;
      });
    chips.select("rect").attr("x", ({ width }) => (side === "rows" ? round(-width) : 0)).attr("y", round(-height / 2))
      .attr("width", ({ width }) => round(width)).attr("height", round(height));
    writePiece(chips as Selection<SVGGElement, (typeof shown)[number], SVGElement, unknown>,
      ({ text, width }) => ({ text, x: (side === "rows" ? -1 : 1) * (width / 2), y: size * 0.35, size }));
    chips.select("title").text(({ piece, rare }) => (rare ? `${piece} (rarely seen in training)` : piece));
    if (barSpace === 0) return;
    const barred = tokens.map(({ bar }, index) => ({ bar: bar ?? 0, index })).filter(({ bar }) => bar > 0);
    const thick = Math.max(1.5, Math.min(6, cell * 0.4));
    group.selectAll("rect.gb-surprise").data(barred).join("rect").attr("class", "gb-surprise c-loss")
      .attr("x", -barSpace).attr("width", ({ bar }) => round(Math.min(1, bar) * (barSpace - GAP)))
      .attr("y", ({ index }) => round(middle(index) - thick / 2)).attr("height", round(thick));
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
