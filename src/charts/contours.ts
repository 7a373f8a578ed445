import type { Plot } from "./plot.ts";

/** A function of the plane sampled on a grid of (columns + 1) × (rows + 1) corners over a plot's domain. */
export interface ContourOptions {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Lines of equal height, as on a hiker's map: a path a level, found cell by cell (marching squares) and joined into lines.
 * Returns an update that is told the function, the levels and a key; the same key draws nothing anew.
 */
export function contours(plot: Plot, { columns, rows }: ContourOptions): (key: string, height: (x: number, y: number) => number, levels: readonly number[]) => void {
  const group = plot.body.insert("g", ":first-child").attr("class", "gb-contours");
  let drawn = "";
  return (key, height, levels) => {
    if (key === drawn) return;
    drawn = key;
    const values = Array.from({ length: (rows + 1) * (columns + 1) }, (_, i) => {
      const [column, row] = [i % (columns + 1), Math.floor(i / (columns + 1))];
      return height(plot.x.invert((column / columns) * plot.width), plot.y.invert((row / rows) * plot.height));
    });
    const step: readonly [number, number] = [plot.width / columns, plot.height / rows];
    group.selectAll("path").data(levels).join("path").attr("d", (level) => levelLine(values, columns, rows, level, step));
  };
}

/** A crossing is named by its edge: 2 · corner for the edge to the right of a corner, + 1 for the edge below it. */
type Segment = readonly [from: number, to: number];

/** The lines on which `values` is `level`, as an SVG path. */
export function levelLine(values: readonly number[], columns: number, rows: number, level: number, [dx, dy]: readonly [number, number]): string {
  const wide = columns + 1;
  const neighbours = new Map<number, number[]>();
  const join = ([from, to]: Segment): void => {
    neighbours.set(from, [...(neighbours.get(from) ?? []), to]);
    neighbours.set(to, [...(neighbours.get(to) ?? []), from]);
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) cellSegments(values, row * wide + column, wide, level).forEach(join);
  }
  const place = (edge: number): string => {
    const corner = edge >> 1, below = edge & 1;
    const [a, b] = [values[corner]!, values[corner + (below ? wide : 1)]!];
    const share = (level - a) / (b - a);
    const x = ((corner % wide) + (below ? 0 : share)) * dx, y = (Math.floor(corner / wide) + (below ? share : 0)) * dy;
    return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
  };
  const lines: string[] = [];
  const trace = (start: number): void => {
    const line = [place(start)];
    for (let at = start; ;) {
      const next = neighbours.get(at)?.pop();
      if (next === undefined) break;
      const back = neighbours.get(next)!;
      back.splice(back.indexOf(at), 1);
      line.push(place(next));
      at = next;
    }
    if (line.length > 1) lines.push(`M${line.join("L")}`);
  };
  // Open lines begin where only one segment meets an edge, at the border of the map; what is left then are rings.
  for (const [edge, others] of neighbours) if (others.length === 1) trace(edge);
  for (const edge of neighbours.keys()) trace(edge);
  return lines.join("");
}

/** The one or two segments of a cell; a cell with opposite corners high is cut so that the high corners stay apart. */
function cellSegments(values: readonly number[], corner: number, wide: number, level: number): readonly Segment[] {
  const high = (at: number): boolean => values[at]! >= level;
  const [top, left, bottom, right] = [corner * 2, corner * 2 + 1, (corner + wide) * 2, (corner + 1) * 2 + 1];
  const crossed = [
    ...(high(corner) !== high(corner + 1) ? [top] : []), ...(high(corner + 1) !== high(corner + wide + 1) ? [right] : []),
    ...(high(corner + wide) !== high(corner + wide + 1) ? [bottom] : []), ...(high(corner) !== high(corner + wide) ? [left] : []),
  ];
  if (crossed.length === 2) return [[crossed[0]!, crossed[1]!]];
  if (crossed.length === 4) return high(corner) ? [[top, left], [right, bottom]] : [[top, right], [bottom, left]];
  return [];
}
