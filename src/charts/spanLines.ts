import type { Span } from "./paragraph.ts";

/** Coloured text in lines of at most `room` characters, broken between words; each piece keeps its class. */
export function spanLines(spans: readonly Span[], room: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const { text, className } of spans) {
    for (const word of text.split(/(?<= )/)) {
      if (used > 0 && used + word.trimEnd().length > room) {
        lines.push([]);
        used = 0;
      }
      lines.at(-1)!.push({ text: word, ...(className !== undefined && { className }) });
      used += word.length;
    }
  }
  return lines;
}
