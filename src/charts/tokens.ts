import { MONO, writePiece } from "./piece.ts";
import type { Group } from "./plot.ts";
import { keepFocus, roving } from "./roving.ts";
import { shorten, widthOf } from "./textWidth.ts";

export interface TokenChip {
  /** Unique in the flow and the same for the same piece of text from frame to frame, so that a chip moves and is not replaced. */
  readonly key: string;
  /** As it should be seen: spaces and control characters visible. */
  readonly text: string;
  /** Said when it is pointed at. */
  readonly label: string;
  /** What pressing it does, in words; a chip without is no button. */
  readonly action?: string;
  /** Classes that tint the chip. */
  readonly className: string;
}

/** Chips that stand close together, with a word before or after them in the face of the page. */
export interface TokenWord {
  readonly before?: string;
  readonly chips: readonly TokenChip[];
  readonly after?: string;
}

export interface FlowArea {
  readonly width: number;
  readonly height: number;
  /** 1 is type of 13 units in rows of 30. */
  readonly scale: number;
  /** Each word begins a row of its own while there are rows enough. */
  readonly stacked?: boolean;
}

interface PlacedChip extends TokenChip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}
interface PlacedNote { readonly x: number; readonly y: number; readonly text: string }
export interface Flow {
  readonly chips: readonly PlacedChip[];
  readonly notes: readonly PlacedNote[];
  /** Words of which something found no room. */
  readonly hidden: number;
}

const TYPE = 13;
const ROW = 30;
const CHIP = 24;
/** Width of a character of the page's face, for notes. */
const SANS = 6.8;

/**
 * Where chips lie when words flow like text: what does not fit on a row goes to the next, and a word that is wider than the area wraps
 * between its chips. Nothing is measured: a character is 0.6 of the type size wide.
 */
export function tokenFlow(words: readonly TokenWord[], { width, height, scale, stacked = false }: FlowArea): Flow {
  const advance = TYPE * MONO * scale;
  const padding = 5 * scale;
  const rows = Math.max(1, Math.floor((height + (ROW - CHIP) * scale) / (ROW * scale)));
  const longest = Math.floor((width - 2 * padding) / advance);
  const note = (text: string | undefined): number => (text ? text.length * SANS + 6 : 0);
  const cut = words.map(({ before, chips, after }) => {
    const sized = chips.map((chip) => {
      const text = shorten(chip.text, longest);
      return { ...chip, text, width: round(Math.max(1, widthOf(text)) * advance + 2 * padding) };
    });
    return { before, after, sized, width: note(before) + note(after) + sized.reduce((sum, chip) => sum + chip.width + 2, 0) };
  });
  const oneEach = stacked && words.length <= rows && cut.every((word) => word.width <= width);
  const chips: PlacedChip[] = [];
  const notes: PlacedNote[] = [];
  let x = 0;
  let row = 0;
  for (const [index, word] of cut.entries()) {
    if (x > 0 && (oneEach || x + word.width > width)) {
      x = 0;
      row++;
    }
    if (row >= rows) return { chips, notes, hidden: words.length - index };
    const middle = (): number => round((row * ROW + CHIP / 2) * scale);
    if (word.before) notes.push({ x, y: middle(), text: word.before });
    x += note(word.before);
    for (const chip of word.sized) {
      if (x > 0 && x + chip.width > width) {
        x = 0;
        row++;
      }
      if (row >= rows) return { chips, notes, hidden: words.length - index };
      chips.push({ ...chip, x: round(x), y: round(row * ROW * scale) });
      x += chip.width + 2;
    }
    if (word.after) notes.push({ x: round(x + 4), y: middle(), text: word.after });
    x += note(word.after) + 12 * scale;
  }
  return { chips, notes, hidden: 0 };
}

export interface TokensOptions {
  readonly label: string;
  activate(chip: TokenChip): void;
}

/** Tokens as chips in the mono face, flowing like words: one tab stop, arrow keys walk through them. Returns what draws a flow. */
export function tokens(parent: Group, { label, activate }: TokensOptions): (flow: Flow, scale: number) => void {
  const group = parent.append("g").attr("class", "gb-flow").attr("role", "group").attr("aria-label", label);
  const noteGroup = group.append("g").attr("class", "gb-flow-notes");
  const chipGroup = group.append("g");
  let shown: readonly PlacedChip[] = [];
  const walk = roving((index) => activate(shown[index]!), (index, rows) => nearest(shown, index, rows));
  return ({ chips, notes }, scale) => {
    shown = chips.filter(({ action }) => action !== undefined);
    keepFocus(group.node()!, () => {
      const marks = chipGroup.selectAll<SVGGElement, PlacedChip>("g.gb-piece-chip").data(chips, ({ key }) => key).join((enter) => {
        const chip = enter.append("g");
        chip.append("rect").attr("rx", 4);
        chip.append("title");
        return chip;
      });
      // Keys follow the order on the screen, whatever the order in which chips were made.
      marks.order();
      marks.attr("class", ({ className }) => `gb-piece-chip ${className}`).attr("aria-label", ({ action }) => action ?? null)
        .attr("transform", ({ x, y }) => `translate(${x},${y})`);
      marks.select("rect").attr("width", ({ width }) => width).attr("height", round(CHIP * scale));
      writePiece(marks, ({ text, width }) => ({ text, x: width / 2, y: (CHIP / 2 + TYPE * 0.34) * scale, size: TYPE * scale }));
      marks.select("title").text((chip) => chip.label);
      marks.filter(({ action }) => action === undefined).attr("role", null).attr("tabindex", null);
      walk(marks.filter(({ action }) => action !== undefined).nodes());
    });
    noteGroup.selectAll("text").data(notes).join("text")
      .attr("x", ({ x }) => round(x)).attr("y", ({ y }) => y + 4).text(({ text }) => text);
  };
}

/** The chip one row up or down whose middle is nearest; the same chip where there is no such row. */
function nearest(chips: readonly PlacedChip[], index: number, rows: 1 | -1): number {
  const from = chips[index]!;
  const middle = ({ x, width }: PlacedChip): number => x + width / 2;
  const others = chips.map((chip, i) => ({ i, dy: (chip.y - from.y) * rows, dx: Math.abs(middle(chip) - middle(from)) }))
    .filter(({ dy }) => dy > 0);
  const row = Math.min(...others.map(({ dy }) => dy));
  const start = { i: index, dy: 0, dx: Infinity };
  return others.filter(({ dy }) => dy === row).reduce((best, other) => (other.dx < best.dx ? other : best), start).i;
}

const round = (value: number): number => Math.round(value * 100) / 100;
