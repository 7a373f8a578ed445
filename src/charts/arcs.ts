import { cellCursor } from "./cellCursor.ts";
import { colourClass, type Matrix } from "./heatmap.ts";
import type { Group } from "./plot.ts";

export interface ArcsOptions {
  readonly left: number;
  readonly top: number;
  /** From the column of queries to the column of keys. */
  readonly width: number;
  readonly cursorId: string;
  readonly label: string;
  position(event: PointerEvent): readonly [number, number];
  /** Spoken for a query. */
  speak(query: number): string;
  select(query: number | null): void;
  first(): number;
}

export interface Arcs {
  readonly group: Group;
  update(matrix: Matrix, cell: number, label: string): void;
  /** Shows one query's arcs before the others. */
  light(query: number): void;
}

/** Weights that would be hairlines are left out; the matrix has them all. */
const THINNEST = 0.02;
const FULL = 5;

/** A matrix as curves from queries to keys, dark and thick by weight: at most 63 paths for all, and as many for the query that is lit. */
export function arcs(parent: Group, { left, top, width, cursorId, label, position, speak, select, first }: ArcsOptions): Arcs {
  const group = parent.append("g").attr("class", "gb-arcs").attr("transform", `translate(${left},${top})`);
  const all = group.append("g").attr("class", "gb-arcs-all");
  const lit = group.append("g");
  const cursor = cellCursor(group, {
    id: cursorId, label, speak, select: (cell) => select(cell && cell[0]), first: () => [first(), 0],
    position: (event) => {
      const [x, y] = position(event);
      return [x - left, y - top];
    },
  });
  let shown: { readonly matrix: Matrix; readonly cell: number } | null = null;
  const draw = (into: Group, queries: readonly number[]): void => {
    const { matrix, cell } = shown!;
    into.selectAll<SVGPathElement, [number, string]>("path").data(arcPaths(matrix, cell, width, queries), ([index]) => index).join("path")
      .style("stroke", ([index]) => `var(--seq-${index})`).attr("stroke-width", ([index]) => round(0.4 + FULL * (index / 62) ** 2))
      .attr("d", ([, d]) => d);
  };
  return {
    group,
    update(matrix, cell, name) {
      shown = { matrix, cell };
      draw(all, Array.from({ length: matrix.rows }, (_, row) => row));
      cursor.update({ rows: matrix.rows, columns: 1, width, height: cell }, name);
    },
    light(query) {
      if (shown) draw(lit, [query]);
    },
  };
}

/** The curves of some queries, one path a colour class, pale ones first. */
export function arcPaths(
  { columns, values, masked }: Matrix, cell: number, width: number, queries: readonly number[],
): [index: number, d: string][] {
  const parts = new Map<number, string>();
  const middle = (index: number): number => round((index + 0.5) * cell);
  for (const query of queries) {
    for (let key = 0; key < columns; key++) {
      const weight = values[query * columns + key]!;
      if (masked?.(query, key) || weight < THINNEST) continue;
      const index = colourClass(weight, 1, "sqrt");
      const from = middle(query), to = middle(key);
      const curve = `M0,${from}C${round(width * 0.45)},${from} ${round(width * 0.55)},${to} ${width},${to}`;
      parts.set(index, (parts.get(index) ?? "") + curve);
    }
  }
  return [...parts].sort(([a], [b]) => a - b);
}

const round = (value: number): number => Math.round(value * 100) / 100;
