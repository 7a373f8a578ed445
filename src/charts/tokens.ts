import type { Group } from "./plot.ts";

export interface TokenChip {
  /** As it should be seen, spaces made visible (see `visible`). */
  readonly text: string;
  readonly id: number;
  readonly marked?: boolean;
  /** A class of colors.css that tints the chip. */
  readonly className?: string;
}

export interface TokensOptions {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  /** Advance of one character of the mono face in the drawing's units; text is never measured. */
  readonly advance?: number;
  readonly rowHeight?: number;
}

/** A token's text with its spaces and line ends made visible: "␣the", "↵". */
export function visible(text: string): string {
  return text.replaceAll(" ", "␣").replaceAll("\n", "↵").replaceAll("\t", "⇥").replaceAll(/[\u0000-\u001f\u007f]/g, (c) => `‹${c.charCodeAt(0).toString(16).padStart(2, "0")}›`);
}

/** Where chips of these texts lie when they flow like words. Wide characters (CJK, emoji) count two advances. */
export function flow(texts: readonly string[], width: number, advance: number, rowHeight: number): { x: number; y: number; width: number }[] {
  let x = 0;
  let y = 0;
  return texts.map((text) => {
    const columns = [...text].reduce((sum, character) => sum + (character.codePointAt(0)! >= 0x1100 ? 2 : 1), 0);
    const extent = Math.min(width, Math.max(1, columns) * advance + 10);
    if (x > 0 && x + extent > width) {
      x = 0;
      y += rowHeight;
    }
    const place = { x, y, width: extent };
    x += extent + 4;
    return place;
  });
}

/** Tokens as chips in the mono face, each with its id behind it. Returns an update that also says how high the flow became. */
export function tokens(parent: Group, { left, top, width, advance = 7.3, rowHeight = 28 }: TokensOptions): (chips: readonly TokenChip[]) => number {
  const group = parent.append("g").attr("class", "gb-tokens").attr("transform", `translate(${left},${top})`);
  return (chips) => {
    const places = flow(chips.map(({ text }) => text), width, advance, rowHeight);
    const nodes = group.selectAll<SVGGElement, TokenChip>("g").data(chips).join((enter) => {
      const chip = enter.append("g");
      chip.append("rect").attr("height", rowHeight - 6).attr("rx", 4);
      chip.append("text").attr("x", 5).attr("y", (rowHeight - 6) / 2 + 4);
      chip.append("title");
      return chip;
    });
    nodes.attr("class", ({ marked, className = "" }) => `gb-token ${className}${marked ? " gb-marked" : ""}`)
      .attr("transform", (_, i) => `translate(${places[i]!.x},${places[i]!.y})`);
    nodes.select("rect").attr("width", (_, i) => places[i]!.width);
    nodes.select("text").text(({ text }) => text);
    nodes.select("title").text(({ text, id }) => `${text}, token ${id}`);
    return chips.length === 0 ? 0 : places.at(-1)!.y + rowHeight;
  };
}
