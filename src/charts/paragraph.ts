import type { Group } from "./plot.ts";

/** A piece of a line; its class is a colour of colors.css. */
export interface Span {
  readonly text: string;
  readonly className?: string;
}

/** Words broken into lines of at most `room` characters. */
export function wrap(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Lines of text with coloured parts. Returns what writes other lines. */
export function paragraph(
  parent: Group, { lineHeight = 18, className = "" }: { readonly lineHeight?: number; readonly className?: string } = {},
): (lines: readonly (readonly Span[])[]) => void {
  const group = parent.append("g").attr("class", `gb-paragraph ${className}`);
  return (lines) => {
    const texts = group.selectAll<SVGTextElement, readonly Span[]>("text").data(lines).join("text").attr("y", (_, i) => i * lineHeight);
    texts.selectAll<SVGTSpanElement, Span>("tspan").data((line) => line as Span[]).join("tspan")
      .attr("class", ({ className: name }) => name ?? null).text(({ text }) => text);
  };
}
