import { type Cell, cellCursor } from "./cellCursor.ts";
import { type CellsPath, cellsPath } from "./cellsPath.ts";
import { formatNumber, type Group } from "./plot.ts";

/** Colour classes of the sequential ramp in colors.css that are used: with the hatched path they make 64 paths. */
export const CLASSES = 63;

/** How a value becomes a colour. `rowMax` measures each row by its own largest value. */
export type HeatmapScale = "sqrt" | "linear" | "rowMax";

/** A matrix to be shown. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  /** Row-major. */
  readonly values: ArrayLike<number>;
  /** True for cells that no number belongs to; they are hatched, so that they never look like a zero. */
  masked?(row: number, column: number): boolean;
}

export interface HeatmapOptions {
  readonly left: number;
  readonly top: number;
  /** The rectangle to fill; cells are as large as fit, and square. */
  readonly width: number;
  readonly height: number;
  /** Cells of a small matrix are not larger than this. */
  readonly largestCell?: number;
  /** Document-wide unique, for the hatch. */
  readonly hatchId: string;
  readonly cursorId: string;
  /** The value of the darkest colour; 1 for probabilities. */
  readonly max: number;
  readonly scale?: HeatmapScale;
  /** The name of the whole picture for who cannot see it. */
  readonly label: string;
  /** Spoken for a cell: "query ‘cat’ to key ‘the’, 0.42, rank 1 of 7". */
  speak(row: number, column: number): string;
  /** The cell under the pointer or the keyboard's cursor; null when there is none. */
  select?(cell: Cell | null): void;
  /** Where the keyboard's cursor begins. */
  first?(): Cell;
  /** Where a pointer is on the stage. */
  position(event: PointerEvent): readonly [number, number];
}

export interface Heatmap {
  readonly group: Group;
  update(matrix: Matrix, now?: { readonly scale?: HeatmapScale; readonly label?: string }): void;
  /** Side of a cell, after an update. */
  cell(): number;
  /** Puts the cursor on a cell, or nowhere. */
  point(cell: Cell | null): void;
}

/**
 * A matrix as at most 64 paths, one a colour class and a hatched one for masked cells. One tab stop; arrow keys, Home, End,
 * PgUp, PgDn and Ctrl+Home move a cell cursor whose cell is spoken.
 */
export function heatmap(parent: Group, options: HeatmapOptions): Heatmap {
  const { left, top, width, height, largestCell = Infinity, hatchId, cursorId, max, label, speak, select, first, position } = options;
  let { scale = "sqrt" } = options;
  const group = parent.append("g").attr("class", "gb-heatmap").attr("transform", `translate(${left},${top})`);
  hatch(group, hatchId);
  const masked = group.append("path").attr("fill", `url(#${hatchId})`).attr("class", "gb-masked-cells");
  const cells = group.append("g");
  const cursor = cellCursor(group, {
    id: cursorId, label, speak, ...(select && { select }), ...(first && { first }),
    position: (event) => {
      const [x, y] = position(event);
      return [x - left, y - top];
    },
  });
  let side = 0;
  return {
    group,
    point: cursor.point,
    cell: () => side,
    update(matrix, now = {}) {
      scale = now.scale ?? scale;
      side = Math.floor(Math.min(largestCell, width / Math.max(1, matrix.columns), height / Math.max(1, matrix.rows)) * 100) / 100;
      const { paths, hatched } = classPaths(matrix, side, max, scale, side >= 9 ? 1 : 0);
      cells.attr("transform", `scale(${side})`).selectAll<SVGPathElement, [number, string]>("path").data(paths, ([index]) => index).join("path")
        .attr("class", ([index]) => `q${index}`).attr("d", ([, d]) => d);
      masked.attr("d", hatched);
      cursor.update({ rows: matrix.rows, columns: matrix.columns, width: side, height: side }, now.label);
    },
  };
}

/** The colour class of a value: 0 … 62. With `sqrt`, 1/64 and 0 are told apart even where a row of 64 sums to 1. */
export function colourClass(value: number, max: number, scale: HeatmapScale): number {
  const share = Math.min(1, Math.max(0, value / max)) || 0;
  return Math.min(CLASSES - 1, Math.floor((scale === "sqrt" ? Math.sqrt(share) : share) * CLASSES));
}

/**
 * The class of a number written on a colour class. Middle tones are light enough for dark figures in both themes; only the ends
 * of the ramp need the theme's own.
 */
export function inkOn(index: number): string {
  return index < 29 ? "gb-on-light" : index < 43 ? "gb-on-middle" : "gb-on-dark";
}

export interface ClassPaths {
  /** Measured in cells: to be scaled by a cell's side. */
  readonly paths: [index: number, d: string][];
  /** Measured in pixels, because a pattern would be scaled as well. */
  readonly hatched: string;
}

/**
 * All cells of a class as one path; cells without a finite number count as masked. Neighbours in a row are joined where no gap
 * is to be seen between them. `every` takes only each n-th class: thumbnails need fewer paths.
 */
export function classPaths(matrix: Matrix, side: number, max: number, scale: HeatmapScale, gap = 0, every = 1): ClassPaths {
  const parts = new Map<number, CellsPath>();
  let hatched = "";
  const size = (cells: number): number => round(cells * side);
  const inside = Math.round((1 - gap / side) * 1000) / 1000;
  for (let row = 0; row < matrix.rows; row++) {
    const value = (column: number): number => (matrix.masked?.(row, column) ? NaN : (matrix.values[row * matrix.columns + column] ?? NaN));
    let darkest = max;
    if (scale === "rowMax") {
      darkest = 0;
      for (let column = 0; column < matrix.columns; column++) darkest = Math.max(darkest, value(column) || 0);
    }
    const classAt = (column: number): number => {
      const x = value(column);
      if (!Number.isFinite(x)) return -1;
      const index = colourClass(x, darkest, scale);
      return index - (index % every);
    };
    let from = 0;
    let index = classAt(0);
    for (let column = 1; column <= matrix.columns; column++) {
      const next = column < matrix.columns ? classAt(column) : NaN;
      if (next === index && (gap === 0 || index === -1)) continue;
      if (index === -1) {
        const across = size(column - from);
        hatched += `M${size(from)},${size(row)}h${across}v${size(1)}h${-across}z`;
      } else {
        const path = parts.get(index) ?? cellsPath();
        parts.set(index, path);
        path.add(row, from, column - from - 1 + inside, inside);
      }
      from = column;
      index = next;
    }
  }
  return { paths: [...parts].map(([index, path]): [number, string] => [index, path.d()]).sort(([a], [b]) => a - b), hatched };
}

/** Defines the hatching that masked cells are filled with: `fill="url(#id)"`. */
export function hatch(group: Group, id: string): void {
  const pattern = group.append("pattern").attr("id", id).attr("width", 5).attr("height", 5).attr("patternUnits", "userSpaceOnUse")
    .attr("patternTransform", "rotate(45)");
  pattern.append("line").attr("y2", 5).attr("class", "gb-masked");
}

export interface LegendOptions {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly max: number;
  readonly scale: HeatmapScale;
  readonly title: string;
}

const SHARES: Readonly<Record<HeatmapScale, readonly number[]>> = {
  sqrt: [0, 0.05, 0.25, 0.5, 1], linear: [0, 0.25, 0.5, 1], rowMax: [0, 0.5, 1],
};

/**
 * The colour scale drawn out, with its values where they lie: a square-root scale must be seen to be one.
 * Returns what shows another scale.
 */
export function legend(parent: Group, { x, y, width, max, scale: first, title }: LegendOptions): (scale: HeatmapScale) => void {
  const group = parent.append("g").attr("class", "gb-legend").attr("transform", `translate(${x},${y})`);
  const step = width / CLASSES;
  for (let i = 0; i < CLASSES; i++) {
    group.append("rect").attr("class", `q${i}`).attr("x", round(i * step)).attr("width", round(step + 0.3)).attr("height", 8);
  }
  group.append("text").attr("class", "gb-axis").attr("y", -6).text(title);
  const ticks = group.append("g").attr("class", "gb-ticks");
  const show = (scale: HeatmapScale): void => {
    ticks.selectAll("text").data(SHARES[scale]).join("text").attr("y", 22)
      .attr("text-anchor", (share) => (share === 0 ? "start" : share === 1 ? "end" : "middle"))
      .attr("x", (share) => round((scale === "sqrt" ? Math.sqrt(share) : share) * width))
      .text((share) => (scale === "rowMax" ? (share === 0 ? "0" : share === 1 ? "row’s largest" : "half") : formatNumber(share * max)));
  };
  show(first);
  return show;
}

const round = (value: number): number => Math.round(value * 100) / 100;
