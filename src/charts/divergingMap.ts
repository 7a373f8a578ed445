import { type Cell, cellCursor } from "./cellCursor.ts";
import { type CellRows, cellRows } from "./cellsPath.ts";
import type { Group } from "./plot.ts";

/** Colour classes on either side of the paper's own colour, which is zero. */
export const SIDES = 24;

export interface SignedMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: ArrayLike<number>;
  /** Cells to be outlined. */
  marked?(row: number, column: number): boolean;
}

export interface DivergingMapOptions {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly largestCell?: number;
  /** Cells fill the rectangle, whatever their shape, in place of being square. */
  readonly fills?: boolean;
  readonly cursorId: string;
  readonly label: string;
  speak(row: number, column: number): string;
  select?(cell: Cell | null): void;
  activate?(cell: Cell): void;
  first?(): Cell;
  position(event: PointerEvent): readonly [number, number];
}

/** The class of a value: −24 … 24, 0 for nothing. The root of the share, so that small values of either sign can be told from none. */
export function signedClass(value: number, max: number): number {
  const share = Math.min(1, Math.abs(value) / max) || 0;
  // Adding 0 turns −0 into 0.
  return Math.sign(value) * Math.ceil(Math.sqrt(share) * SIDES - 1e-9) + 0;
}

/**
 * A matrix of numbers of both signs: two colours that fade into the paper at zero, at most 49 paths. One tab stop, and every cell is spoken.
 * Returns an update; `max` is the size of the fullest colour.
 */
export function divergingMap(parent: Group, options: DivergingMapOptions): (matrix: SignedMatrix, max: number, label?: string) => void {
  const { left, top, width, height, largestCell = Infinity, fills = false, cursorId, label, speak, select, activate, first, position } = options;
  const group = parent.append("g").attr("class", "gb-heatmap").attr("transform", `translate(${left},${top})`);
  const frame = group.append("rect").attr("class", "gb-map-frame");
  const cells = group.append("g");
  const marks = group.append("path").attr("class", "gb-map-marks");
  const cursor = cellCursor(group, {
    id: cursorId, label, speak, ...(select && { select }), ...(activate && { activate }), ...(first && { first }),
    position: (event) => {
      const [x, y] = position(event);
      return [x - left, y - top];
    },
  });
  return (matrix, max, name) => {
    const { rows, columns, values, marked } = matrix;
    const square = Math.min(largestCell, width / columns, height / rows);
    const wide = round(fills ? width / columns : square), tall = round(fills ? height / rows : square);
    const parts = new Map<number, CellRows>();
    let outlined = "";
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns;) {
        const index = signedClass(values[row * columns + column]!, max);
        let end = column + 1;
        while (end < columns && signedClass(values[row * columns + end]!, max) === index) end++;
        if (index !== 0) {
          const path = parts.get(index) ?? cellRows();
          parts.set(index, path);
          path.add(row, column, end - column);
        }
        column = end;
      }
      for (let column = 0; column < columns; column++) {
        if (marked?.(row, column)) outlined += `M${round(column * wide)},${round(row * tall)}h${wide}v${tall}h${-wide}z`;
      }
    }
    cells.attr("transform", `scale(${wide},${tall})translate(0,0.5)`).selectAll<SVGPathElement, [number, CellRows]>("path")
      .data([...parts].sort(([a], [b]) => a - b), ([index]) => index).join("path")
      .attr("class", ([index]) => (index < 0 ? "gb-low" : "gb-high")).attr("stroke-opacity", ([index]) => opacity(index))
      .attr("d", ([, path]) => path.d());
    marks.attr("d", outlined);
    frame.attr("width", round(columns * wide)).attr("height", round(rows * tall));
    cursor.update({ rows, columns, width: wide, height: tall }, name);
  };
}

const opacity = (index: number): number => round(Math.abs(index) / SIDES);

/** The colour scale drawn out, zero in the middle; its ticks stand where the root puts them. Returns what writes its ends. */
export function divergingLegend(parent: Group, { x, y, width }: { readonly x: number; readonly y: number; readonly width: number }):
(low: string, high: string) => void {
  const group = parent.append("g").attr("class", "gb-legend").attr("transform", `translate(${x},${y})`);
  const step = width / (2 * SIDES + 1);
  for (let i = -SIDES; i <= SIDES; i++) {
    group.append("rect").attr("class", i < 0 ? "gb-low" : "gb-high").attr("fill-opacity", opacity(i))
      .attr("x", round((i + SIDES) * step)).attr("width", round(step + 0.3)).attr("height", 8);
  }
  group.append("rect").attr("class", "gb-map-frame").attr("width", width).attr("height", 8);
  const ticks = group.append("g").attr("class", "gb-ticks");
  // On a short scale the ends need its whole length; the middle is white.
  const middle = width < 90 ? "" : "0";
  return (low, high) => {
    ticks.selectAll("text").data([low, middle, high]).join("text").attr("y", 22).attr("x", (_, i) => (i * width) / 2)
      .attr("text-anchor", (_, i) => ["start", "middle", "end"][i]!).text((text) => text);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
