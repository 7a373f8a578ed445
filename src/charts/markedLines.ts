import type { Span } from "./paragraph.ts";
import { widthOf } from "./textWidth.ts";

/** A character of a text, and whether it belongs to a part that is marked. */
export interface Marked {
  readonly text: string;
  readonly marked: boolean;
}

/** Characters of a text that may hold line ends and the like, which become spaces. */
export const charactersOf = (text: string, marked: boolean): Marked[] =>
  [...text].map((character) => ({ text: /\s|\p{Cc}/u.test(character) ? " " : character, marked }));

/** Lines of at most `room` monospace units, cut at spaces where there are any; spaces at the beginning of a line are dropped. */
export function breakMarked(characters: readonly Marked[], room: number): Marked[][] {
  const lines: Marked[][] = [];
  let from = 0;
  while (from < characters.length) {
    while (characters[from]?.text === " ") from++;
    let used = 0, to = from, space = -1;
    while (to < characters.length && used + widthOf(characters[to]!.text) <= room) {
      if (characters[to]!.text === " ") space = to;
      used += widthOf(characters[to]!.text);
      to++;
    }
    const end = to < characters.length && characters[to]!.text !== " " && space > from ? space : to;
    if (end > from) lines.push(characters.slice(from, end));
    from = Math.max(end, from + 1);
  }
  return lines;
}

/** A line as spans, those of marked characters with a class. */
export function spansOf(line: readonly Marked[], className: string): Span[] {
  const spans: { text: string; className?: string }[] = [];
  for (const { text, marked } of line) {
    const last = spans.at(-1);
    if (last && (last.className !== undefined) === marked) last.text += text;
    else spans.push({ text, ...(marked && { className }) });
  }
  return spans;
}
