import type { Span } from "./paragraph.ts";

/** Coloured text in lines of at most `room` characters, broken between words; each piece keeps its class. */
export function spanLines(spans: readonly Span[], room: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const word of wordsOf(spans)) {
    const length = word.reduce((sum, { text }) => sum + text.length, 0);
    if (used > 0 && used + length - (word.at(-1)!.text.endsWith(" ") ? 1 : 0) > room) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)!.push(...word);
    used += length;
  }
  return lines;
}

/** What stands between two spaces, in one piece or in several: a sign in another colour stays with the number before it. */
function wordsOf(spans: readonly Span[]): Span[][] {
  const words: Span[][] = [];
  let open = false;
  for (const { text, className } of spans) {
    for (const part of text.split(/(?<= )/)) {
      const span = { text: part, ...(className !== undefined && { className }) };
      if (open) words.at(-1)!.push(span);
      else words.push([span]);
      open = !part.endsWith(" ");
    }
  }
  return words;
}
