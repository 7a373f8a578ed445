import { cursorKey } from "./lineChart.ts";
import { formatNumber, type Group } from "./plot.ts";

/** Colour classes of the sequential ramp in colors.css. */
export const CLASSES = 64;

export type HeatmapScale = "sqrt" | "linear";

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
  select?(cell: readonly [row: number, column: number] | null): void;
  position(event: PointerEvent): [number, number];
}

export interface Heatmap {
  readonly group: Group;
  update(matrix: Matrix): void;
  /** Side of a cell, after an update. */
  cell(): number;
  /** Puts the cursor on a cell, or nowhere. */
  point(cell: readonly [row: number, column: number] | null): void;
}

/**
 * A matrix as at most 64 paths, one a colour class, and one hatched path for masked cells. One tab stop; arrow keys, Home, End,
 * PgUp, PgDn and Ctrl+Home move a cell cursor whose cell is spoken.
 */
export function heatmap(parent: Group, options: HeatmapOptions): Heatmap {
  const { left, top, width, height, hatchId, cursorId, max, scale = "sqrt", label, speak, select, position } = options;
  const group = parent.append("g").attr("class", "gb-heatmap").attr("transform", `translate(${left},${top})`);
  hatch(group, hatchId);
  const masked = group.append("path").attr("fill", `url(#${hatchId})`).attr("class", "gb-masked");
  const cells = group.append("g");
  const overlay = group.append("g").attr("tabindex", 0).attr("role", "application").attr("aria-roledescription", "matrix").attr("aria-label", label);
  const target = overlay.append("rect").attr("class", "gb-target");
  const cursor = overlay.append("rect").attr("class", "gb-cursor").attr("role", "img").attr("visibility", "hidden");
  let matrix: Matrix = { rows: 0, columns: 0, values: [] };
  let side = 0;
  let at: readonly [number, number] | null = null;
  let turn = 0;

  const point: Heatmap["point"] = (cell) => {
    at = cell && cell[0] < matrix.rows && cell[1] < matrix.columns ? cell : null;
    cursor.attr("visibility", at ? "visible" : "hidden");
    if (!at) {
      overlay.attr("aria-activedescendant", null);
      return;
    }
    // Screen readers speak a new active descendant, not a new label of the old one: the cursor's name alternates.
    turn = 1 - turn;
    cursor.attr("id", `${cursorId}-${turn}`).attr("aria-label", speak(...at))
      .attr("x", at[1] * side).attr("y", at[0] * side).attr("width", side).attr("height", side);
    overlay.attr("aria-activedescendant", `${cursorId}-${turn}`);
  };
  const choose = (cell: readonly [number, number] | null): void => {
    if (cell?.[0] === at?.[0] && cell?.[1] === at?.[1]) return;
    point(cell);
    select?.(at);
  };
  overlay
    .on("pointermove pointerdown", (event: PointerEvent) => {
      const [x, y] = position(event);
      const row = Math.floor((y - top) / side);
      const column = Math.floor((x - left) / side);
      choose(row >= 0 && row < matrix.rows && column >= 0 && column < matrix.columns ? [row, column] : null);
    })
    .on("pointerleave", () => choose(null))
    .on("focus", () => { if (!at && matrix.rows > 0) choose([0, 0]); })
    .on("blur", () => choose(null))
    .on("keydown", (event: KeyboardEvent) => {
      const next = moveCell(event.key, event.ctrlKey, at ?? [0, 0], matrix);
      if (!next) return;
      event.preventDefault();
      choose(next);
    });

  return {
    group,
    point,
    cell: () => side,
    update(now) {
      matrix = now;
      side = Math.floor(Math.min(width / Math.max(1, now.columns), height / Math.max(1, now.rows)) * 100) / 100;
      const { paths, hatched } = classPaths(now, side, max, scale);
      cells.selectAll<SVGPathElement, [number, string]>("path").data(paths, ([index]) => index).join("path")
        .attr("class", ([index]) => `q${index}`).attr("d", ([, d]) => d);
      masked.attr("d", hatched);
      target.attr("width", side * now.columns).attr("height", side * now.rows);
      if (at) point(at);
    },
  };
}

/** The colour class of a value: 0 … 63. With `sqrt`, 1/64 and 0 are told apart even where a row of 64 sums to 1. */
export function colourClass(value: number, max: number, scale: HeatmapScale): number {
  const share = Math.min(1, Math.max(0, value / max)) || 0;
  return Math.min(CLASSES - 1, Math.floor((scale === "sqrt" ? Math.sqrt(share) : share) * CLASSES));
}

/** All cells of a class as one path, neighbours in a row joined; cells without a finite number count as masked. */
export function classPaths(matrix: Matrix, side: number, max: number, scale: HeatmapScale): { paths: [index: number, d: string][]; hatched: string } {
  const parts = new Map<number, string>();
  const size = (cells: number): number => Math.round(cells * side * 100) / 100;
  for (let row = 0; row < matrix.rows; row++) {
    let from = 0;
    const classAt = (column: number): number => {
      const value = matrix.values[row * matrix.columns + column] ?? NaN;
      return matrix.masked?.(row, column) || !Number.isFinite(value) ? -1 : colourClass(value, max, scale);
    };
    for (let column = 1; column <= matrix.columns; column++) {
      const index = classAt(from);
      if (column < matrix.columns && classAt(column) === index) continue;
      parts.set(index, `${parts.get(index) ?? ""}M${size(from)},${size(row)}h${size(column - from)}v${size(1)}h${-size(column - from)}z`);
      from = column;
    }
  }
  const hatched = parts.get(-1) ?? "";
  parts.delete(-1);
  return { paths: [...parts].sort(([a], [b]) => a - b), hatched };
}

function moveCell(key: string, control: boolean, [row, column]: readonly [number, number], { rows, columns }: Matrix): [number, number] | null {
  if (control && key === "Home") return [0, 0];
  if (control && key === "End") return [rows - 1, columns - 1];
  switch (key) {
    case "ArrowUp": return [Math.max(0, row - 1), column];
    case "ArrowDown": return [Math.min(rows - 1, row + 1), column];
    case "PageUp": return [Math.max(0, row - 10), column];
    case "PageDown": return [Math.min(rows - 1, row + 10), column];
    default: {
      const next = cursorKey(key, column, columns - 1);
      return next === null ? null : [row, next];
    }
  }
}

function hatch(group: Group, id: string): void {
  const pattern = group.append("pattern").attr("id", id).attr("width", 5).attr("height", 5).attr("patternUnits", "userSpaceOnUse").attr("patternTransform", "rotate(45)");
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

/** The colour scale drawn out, with its values where they lie: a square-root scale must be seen to be one. */
export function legend(parent: Group, { x, y, width, max, scale, title }: LegendOptions): void {
  const group = parent.append("g").attr("class", "gb-legend").attr("transform", `translate(${x},${y})`);
  const step = width / CLASSES;
  for (let i = 0; i < CLASSES; i++) group.append("rect").attr("class", `q${i}`).attr("x", i * step).attr("width", step + 0.3).attr("height", 8);
  for (const share of [0, 0.25, 0.5, 1]) {
    const at = scale === "sqrt" ? Math.sqrt(share) : share;
    group.append("text").attr("x", at * width).attr("y", 22).attr("text-anchor", "middle").text(formatNumber(share * max));
  }
  group.append("text").attr("class", "gb-axis").attr("y", -6).text(title);
}
