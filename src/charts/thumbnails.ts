import { type ClassPaths, classPaths, type HeatmapScale, type Matrix } from "./heatmap.ts";
import type { Group } from "./plot.ts";

export interface Thumbnail {
  readonly matrix: Matrix;
  /** "layer 1, head 0, taught: looks at the token after the earlier copy" */
  readonly label: string;
  /** A word in the corner, or null. */
  readonly badge: string | null;
}

export interface ThumbnailsOptions {
  readonly label: string;
  /** Side of one thumbnail and the distance to the next. */
  readonly side: number;
  readonly gap: number;
  /** A pattern made by `hatch`. */
  readonly hatchId: string;
  /** A document-wide unique name for each option. */
  id(row: number, column: number): string;
  choose(row: number, column: number): void;
}

/** Rows and columns of thumbnails that are framed together. */
export interface ThumbnailBlock {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** Each fifth colour: sixteen thumbnails need fewer paths, and a small picture fewer shades. */
const EVERY = 5;
/** Room for a badge of six letters. */
const BADGE = 41;

/**
 * Small heatmaps in rows and columns, one of them chosen: a press chooses, and as one tab stop the arrow keys do.
 * Returns what shows other matrices; `block` frames more than the chosen one.
 */
export function thumbnails(
  parent: Group, { label, side, gap, hatchId, id, choose }: ThumbnailsOptions,
): (grid: readonly (readonly Thumbnail[])[], row: number, column: number, scale: HeatmapScale, block?: ThumbnailBlock) => void {
  const group = parent.append("g").attr("class", "gb-thumbs").attr("role", "listbox").attr("aria-label", label).attr("tabindex", 0);
  const step = side + gap;
  const place = (index: number): number => index * step;
  const badgeLeft = Math.max(-4, side - BADGE - 1);
  let chosen: readonly [number, number] = [0, 0];
  let grid: readonly (readonly Thumbnail[])[] = [];
  group.on("keydown", (event: KeyboardEvent) => {
    const [row, column] = chosen;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      Home: [0, 0], End: [grid.length - 1, (grid[0]?.length ?? 1) - 1],
    };
    const to = Object.hasOwn(moves, event.key) ? moves[event.key]! : null;
    if (!to) return;
    event.preventDefault();
    if (grid[to[0]]?.[to[1]]) choose(...to);
  });
  const frame = group.append("rect").attr("class", "gb-chosen").attr("rx", 3);
  return (thumbs, row, column, scale, block = { row, rows: 1, column, columns: 1 }) => {
    grid = thumbs;
    chosen = [row, column];
    const cells = thumbs.flatMap((line, r) => line.map((thumb, c) => ({ thumb, r, c, key: id(r, c) })));
    const groups = group.selectAll<SVGGElement, (typeof cells)[number]>("g.gb-thumb").data(cells, ({ key }) => key).join((enter) => {
      const one = enter.append("g").attr("class", "gb-thumb").attr("id", ({ key }) => key).attr("role", "option");
      one.append("rect").attr("class", "gb-target").attr("x", -gap / 2).attr("y", -gap / 2).attr("width", step).attr("height", step);
      one.append("g").attr("class", "gb-heatmap");
      one.append("rect").attr("class", "gb-badge").attr("rx", 2).attr("x", badgeLeft).attr("y", 1).attr("width", BADGE).attr("height", 15);
      one.append("text").attr("class", "gb-badge-text").attr("x", badgeLeft + BADGE / 2).attr("y", 12.5).attr("text-anchor", "middle");
      return one;
    });
    groups.attr("transform", ({ r, c }) => `translate(${place(c)},${place(r)})`)
      .attr("aria-label", ({ thumb }) => thumb.label).attr("aria-selected", ({ r, c }) => String(r === row && c === column))
      .on("click", (_event: MouseEvent, { r, c }) => choose(r, c));
    const cellOf = ({ rows }: Matrix): number => Math.round((side / rows) * 1000) / 1000;
    const maps = groups.select<SVGGElement>(".gb-heatmap")
      .datum(({ thumb: { matrix } }) => ({ cell: cellOf(matrix), ...classPaths(matrix, cellOf(matrix), 1, scale, 0, EVERY) }));
    maps.selectAll<SVGPathElement, PathOf>("path").data(pathsOf, ([name]) => name).join("path")
      .attr("class", ([name]) => name).attr("fill", ([name]) => (name === MASKED ? `url(#${hatchId})` : null)).attr("d", ([, d]) => d)
      .attr("transform", ([, , scaled]) => scaled);
    groups.select(".gb-badge").attr("visibility", ({ thumb }) => (thumb.badge === null ? "hidden" : "visible"));
    groups.select(".gb-badge-text").text(({ thumb }) => thumb.badge ?? "");
    frame.attr("x", place(block.column) - 3).attr("y", place(block.row) - 3)
      .attr("width", block.columns * step - gap + 6).attr("height", block.rows * step - gap + 6);
    group.attr("aria-activedescendant", id(row, column));
  };
}

type PathOf = [name: string, d: string, scaled: string | null];
const MASKED = "gb-masked-cells";
const pathsOf = ({ paths, hatched, cell }: ClassPaths & { readonly cell: number }): PathOf[] =>
  [[MASKED, hatched, null], ...paths.map(([index, d]): PathOf => [`q${index}`, d, `scale(${cell})`])];
