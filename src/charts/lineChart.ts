import { bisector } from "d3-array";
import { line } from "d3-shape";
import { formatNumber, type Plot } from "./plot.ts";

export type Point = readonly [x: number, y: number];

export interface Series {
  /** Names it in labels; also the key by which its path is kept. */
  readonly name: string;
  readonly points: readonly Point[];
  /** A class of colors.css such as `c-loss`; with `dashed`, never colour alone. */
  readonly className: string;
  readonly dashed?: boolean;
}

/** Draws series into a plot; a point that is not finite breaks its line, so that nothing untrue is joined up. */
export function lineChart(plot: Plot): (series: readonly Series[]) => void {
  const group = plot.body.append("g").attr("class", "gb-lines");
  const path = line<Point>().defined(([x, y]) => Number.isFinite(plot.x(x)) && Number.isFinite(plot.y(y)))
    .x(([x]) => round(plot.x(x))).y(([, y]) => round(plot.y(y)));
  return (series) => {
    group.selectAll<SVGPathElement, Series>("path").data(series, (one) => one.name).join("path")
      .attr("class", (one) => `gb-line ${one.className}`)
      .attr("stroke-dasharray", (one) => (one.dashed ? "4 4" : null))
      .attr("d", (one) => path(one.points));
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
const byX = bisector<Point, number>(([x]) => x);

export interface CrosshairOptions {
  readonly label: string;
  /** What the x value is: "step". */
  readonly nameX: string;
  position(event: PointerEvent): [number, number];
  /** Where the plot's rectangle begins in the stage. */
  readonly left: number;
}

/**
 * Reads exact values off a line chart by pointer or by arrow keys (Home and End for the ends, PgUp and PgDn for ten points).
 * Returns an update that is told the series on the screen.
 */
export function crosshair(plot: Plot, { label, nameX, position, left }: CrosshairOptions): (series: readonly Series[]) => void {
  const group = plot.front.append("g").attr("class", "gb-crosshair");
  const hair = group.append("line").attr("y2", plot.height).attr("class", "gb-hair").attr("visibility", "hidden");
  const text = group.append("text").attr("class", "gb-reading").attr("y", -10).attr("x", plot.width).attr("text-anchor", "end");
  const target = group.append("rect").attr("class", "gb-target").attr("width", plot.width).attr("height", plot.height)
    .attr("tabindex", 0).attr("role", "slider").attr("aria-label", label)
    // A slider has a value from the start, also before there is a point to read.
    .attr("aria-valuemin", 0).attr("aria-valuemax", 0).attr("aria-valuenow", 0);
  let shown: readonly Series[] = [];
  let at: number | null = null;
  const xs = (): readonly Point[] => shown.reduce<readonly Point[]>((longest, one) => (one.points.length > longest.length ? one.points : longest), []);

  const redraw = (): void => {
    const points = xs();
    const last = points.length - 1;
    target.attr("aria-valuemin", points[0]?.[0] ?? 0).attr("aria-valuemax", points[last]?.[0] ?? 0);
    const x = points[Math.min(at ?? last, last)]?.[0];
    if (x === undefined) return;
    const reading = readingAt(shown, x, nameX);
    target.attr("aria-valuenow", x).attr("aria-valuetext", reading);
    hair.attr("visibility", at === null ? "hidden" : "visible").attr("x1", plot.x(x)).attr("x2", plot.x(x));
    text.text(at === null ? "" : reading);
  };
  target
    .on("pointermove", (event: PointerEvent) => {
      at = byX.center(xs(), plot.x.invert(position(event)[0] - left));
      redraw();
    })
    .on("pointerleave blur", () => {
      at = null;
      redraw();
    })
    .on("keydown", (event: KeyboardEvent) => {
      const last = xs().length - 1;
      const next = cursorKey(event.key, at ?? last, last);
      if (next === null) return;
      event.preventDefault();
      at = next;
      redraw();
    });
  return (series) => {
    shown = series;
    redraw();
  };
}

/** Where a key takes a cursor on 0 … last, or null for other keys. */
export function cursorKey(key: string, at: number, last: number): number | null {
  const moves: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: last, PageUp: at + 10, PageDown: at - 10 };
  return Object.hasOwn(moves, key) ? Math.max(0, Math.min(last, moves[key]!)) : null;
}

/** "step 4: loss 0.6711, bigram 1.2" */
export function readingAt(series: readonly Series[], x: number, nameX: string): string {
  const values = series.flatMap(({ name, points }) => {
    const point = points[byX.center(points, x)];
    return point && point[0] === x ? [`${name} ${formatNumber(point[1])}`] : [];
  });
  return `${nameX} ${formatNumber(x)}: ${values.join(", ")}`;
}
