import { cursorKey } from "./lineChart.ts";
import type { Group } from "./plot.ts";

export type Cell = readonly [row: number, column: number];

export interface CellGrid {
  readonly rows: number;
  readonly columns: number;
  /** Width and height of a cell. */
  readonly width: number;
  readonly height: number;
}

export interface CellCursorOptions {
  /** Document-wide unique. */
  readonly id: string;
  /** The name of the whole matrix for who cannot see it. */
  readonly label: string;
  /** Where a pointer is, counted from the matrix's corner. */
  position(event: PointerEvent): readonly [number, number];
  /** Spoken for a cell: "query ‘cat’ to key ‘the’, 0.42, rank 1 of 7". */
  speak(row: number, column: number): string;
  /** The cell under the pointer or the keyboard's cursor; null when there is none. */
  select?(cell: Cell | null): void;
  /** Enter, the space bar or a press. */
  activate?(cell: Cell): void;
  /** A key that does not move: returns whether it was used. */
  key?(event: KeyboardEvent, cell: Cell): boolean;
  /** The pointer moves `dx` to the right with its button down, from the cell on which it was pressed; the cursor stays there. */
  drag?(cell: Cell, dx: number, start: boolean): void;
  /** Where the cursor begins; the first cell where absent. */
  first?(): Cell;
}

export interface CellCursor {
  update(grid: CellGrid, label?: string): void;
  /** Puts the cursor on a cell, or nowhere. */
  point(cell: Cell | null): void;
}

/**
 * A whole matrix as one tab stop: pointing, or arrow keys, Home, End, PgUp, PgDn and Ctrl+Home, move a cursor from cell to cell, and
 * each is spoken as it is reached. A pointer that leaves takes the cursor away, unless the keyboard is in the matrix.
 */
export function cellCursor(parent: Group, options: CellCursorOptions): CellCursor {
  const { id, label, position, speak, select, activate, key, drag, first } = options;
  const overlay = parent.append("g").attr("class", "gb-cells").attr("tabindex", 0).attr("role", "application")
    .attr("aria-roledescription", "matrix").attr("aria-label", label);
  const target = overlay.append("rect").attr("class", "gb-target");
  const cursor = overlay.append("rect").attr("class", "gb-cursor").attr("role", "img").attr("visibility", "hidden");
  let grid: CellGrid = { rows: 0, columns: 0, width: 1, height: 1 };
  let at: Cell | null = null;
  let turn = 0;
  let focused = false;
  let pressedAt: { readonly cell: Cell; readonly x: number } | null = null;

  const point: CellCursor["point"] = (cell) => {
    at = cell && cell[0] < grid.rows && cell[1] < grid.columns ? cell : null;
    cursor.attr("visibility", at ? "visible" : "hidden");
    if (!at) {
      overlay.attr("aria-activedescendant", null);
      return;
    }
    // Screen readers speak a new active descendant, not a new label of the old one: the cursor's name alternates.
    turn = 1 - turn;
    cursor.attr("id", `${id}-${turn}`).attr("aria-label", speak(...at))
      .attr("x", at[1] * grid.width).attr("y", at[0] * grid.height).attr("width", grid.width).attr("height", grid.height);
    overlay.attr("aria-activedescendant", `${id}-${turn}`);
  };
  const choose = (cell: Cell | null): void => {
    if (cell?.[0] === at?.[0] && cell?.[1] === at?.[1]) return;
    point(cell);
    select?.(at);
  };
  const under = (event: PointerEvent): Cell | null => {
    const [x, y] = position(event);
    const row = Math.floor(y / grid.height);
    const column = Math.floor(x / grid.width);
    return row >= 0 && row < grid.rows && column >= 0 && column < grid.columns ? [row, column] : null;
  };
  const begin = (): Cell => first?.() ?? [0, 0];
  overlay
    .on("pointerdown", (event: PointerEvent) => {
      const cell = under(event);
      choose(cell);
      if (!drag || !cell) return;
      pressedAt = { cell, x: position(event)[0] };
      overlay.node()!.setPointerCapture?.(event.pointerId);
      drag(cell, 0, true);
    })
    .on("pointermove", (event: PointerEvent) => {
      if (pressedAt) drag?.(pressedAt.cell, position(event)[0] - pressedAt.x, false);
      else choose(under(event));
    })
    .on("pointerup pointercancel", () => { pressedAt = null; })
    .on("pointerleave", () => { if (!focused) choose(null); })
    .on("focus", () => {
      focused = true;
      if (!at && grid.rows > 0) choose(begin());
    })
    .on("blur", () => {
      focused = false;
      choose(null);
    })
    .on("keydown", (event: KeyboardEvent) => {
      const from = at ?? begin();
      if (activate && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        activate(from);
        return;
      }
      if (key?.(event, from)) {
        event.preventDefault();
        return;
      }
      const next = moveCell(event, from, grid);
      if (!next) return;
      event.preventDefault();
      choose(next);
    });
  if (activate) {
    overlay.on("click", (event: PointerEvent) => {
      const cell = under(event);
      if (cell) activate(cell);
    });
  }
  return {
    point,
    update(now, name) {
      grid = now;
      target.attr("width", grid.columns * grid.width).attr("height", grid.rows * grid.height);
      if (name !== undefined) overlay.attr("aria-label", name);
      if (at) point([Math.min(at[0], grid.rows - 1), Math.min(at[1], grid.columns - 1)]);
    },
  };
}

/** Where a key takes a cell cursor, or null for other keys. Ctrl (⌘) with Home or End is the first or last cell of all. */
export function moveCell(
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey">, [row, column]: Cell,
  { rows, columns }: Pick<CellGrid, "rows" | "columns">,
): Cell | null {
  const all = ctrlKey || metaKey;
  if (all && key === "Home") return [0, 0];
  if (all && key === "End") return [rows - 1, columns - 1];
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
