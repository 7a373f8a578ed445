/** A path that is being put together. */
export interface CellsPath {
  add(row: number, column: number, across: number, down?: number): void;
  d(): string;
}

/**
 * Rectangles one cell high as one path, each moved to from the one before. Small whole numbers: a page that holds thousands of cells
 * is a third shorter than with places in pixels.
 */
export function cellsPath(): CellsPath {
  let d = "";
  let [x, y] = [0, 0];
  return {
    add(row, column, across, down = 1) {
      d += `m${column - x},${row - y}h${across}v${down}h-${across}z`;
      [x, y] = [column, row];
    },
    d: () => d,
  };
}

/** Rows of cells that are being put together. */
export interface CellRows {
  add(row: number, column: number, across: number): void;
  d(): string;
}

/** Cells of a map of thousands as lines one cell thick along the middle of their rows: a third of the text of rectangles. Without gaps only. */
export function cellRows(): CellRows {
  let d = "";
  let [x, y] = [0, 0];
  return {
    add(row, column, across) {
      d += `m${column - x},${row - y}h${across}`;
      [x, y] = [column + across, row];
    },
    d: () => d,
  };
}
