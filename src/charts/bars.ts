import { formatNumber, type Group } from "./plot.ts";

export interface Bar {
  /** Key and text; a token is given as it should be seen. */
  readonly label: string;
  readonly value: number;
  /** Lit, because the text speaks of it. */
  readonly marked?: boolean;
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
  readonly className?: string;
  /** Labels in the typeface of tokens. */
  readonly mono?: boolean;
  format?(value: number): string;
}

/** Horizontal bars with the label before and the exact value behind each: next-token probabilities, counts. */
export function bars(parent: Group, options: BarsOptions): (items: readonly Bar[]) => void {
  const { left, top, width, labelWidth, rowHeight, max, className = "", mono = false, format = formatNumber } = options;
  const group = parent.append("g").attr("class", `gb-bars ${className}`).attr("transform", `translate(${left},${top})`);
  const full = width - labelWidth - 56;
  const length = (value: number): number => Math.round(Math.min(1, Math.max(0, value / max || 0)) * full * 100) / 100;
  return (items) => {
    const rows = group.selectAll<SVGGElement, Bar>("g").data(items).join((enter) => {
      const row = enter.append("g");
      row.append("text").attr("class", mono ? "gb-token" : "gb-label").attr("x", labelWidth - 8).attr("y", rowHeight / 2 + 4).attr("text-anchor", "end");
      row.append("rect").attr("class", "gb-bar-mark").attr("x", labelWidth).attr("y", 3).attr("height", rowHeight - 6).attr("rx", 2);
      row.append("text").attr("class", "gb-value").attr("y", rowHeight / 2 + 4);
      return row;
    });
    rows.attr("transform", (_, i) => `translate(0,${i * rowHeight})`).attr("class", ({ marked }) => (marked ? "gb-marked" : null));
    rows.select("text:first-child").text(({ label }) => label);
    rows.select("rect").attr("width", ({ value }) => length(value));
    rows.select(".gb-value").attr("x", ({ value }) => labelWidth + length(value) + 6).text(({ value }) => format(value));
  };
}
