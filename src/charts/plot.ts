import { select, type Selection } from "d3-selection";
import { linearScale, logScale, type Scale } from "./scale.ts";

export type Group = Selection<SVGGElement, unknown, null, undefined>;

/** The root of a drawing as a D3 selection. */
export function root(svg: SVGSVGElement): Selection<SVGSVGElement, unknown, null, undefined> {
  return select(svg);
}

export interface PlotOptions {
  /** Where the data rectangle lies in the stage. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly labelX: string;
  readonly labelY: string;
  readonly scaleY?: "linear" | "log";
  /** A document-wide unique name for the clip path. */
  readonly clipId: string;
  readonly ticksX?: number;
  readonly ticksY?: number;
}

export interface Plot {
  readonly x: Scale;
  readonly y: Scale;
  /** Clipped to the data rectangle; its origin is the rectangle's corner. */
  readonly body: Group;
  /** Above the data, not clipped: labels, handles, overlays. */
  readonly front: Group;
  readonly width: number;
  readonly height: number;
  /** Sets what is shown and redraws the axes, if anything changed. */
  domain(x: readonly [number, number], y: readonly [number, number]): void;
}

/** A data rectangle with axes, tick labels and hairlines. Marks are drawn into `body` by whoever uses it. */
export function plot(parent: Selection<SVGSVGElement, unknown, null, undefined> | Group, options: PlotOptions): Plot {
  const { left, top, width, height, labelX, labelY, scaleY = "linear", clipId, ticksX = 6, ticksY = 5 } = options;
  const outer = (parent as Group).append("g").attr("transform", `translate(${left},${top})`).attr("class", "gb-plot");
  const lines = outer.append("g").attr("class", "gb-hairlines");
  const labels = outer.append("g").attr("class", "gb-ticks");
  outer.append("clipPath").attr("id", clipId).append("rect").attr("x", -1).attr("y", -1).attr("width", width + 2).attr("height", height + 2);
  const body = outer.append("g").attr("clip-path", `url(#${clipId})`);
  const front = outer.append("g");
  outer.append("text").attr("class", "gb-axis").attr("x", width).attr("y", height + 34).attr("text-anchor", "end").text(labelX);
  outer.append("text").attr("class", "gb-axis").attr("x", -Math.min(left, 42) + 4).attr("y", -13).text(labelY);
  const x = linearScale([0, width]);
  const y = (scaleY === "log" ? logScale : linearScale)([height, 0]);
  let shown = "";

  const domain: Plot["domain"] = (xDomain, yDomain) => {
    const key = [...xDomain, ...yDomain].join();
    if (key === shown) return;
    shown = key;
    x.domain(xDomain);
    y.domain(yDomain);
    const xs = x.ticks(ticksX);
    const ys = y.ticks(ticksY);
    lines.selectAll("line.y").data(ys).join("line").attr("class", "y").attr("x2", width).attr("y1", y).attr("y2", y);
    labels.selectAll("text.x").data(xs).join("text").attr("class", "x").attr("text-anchor", "middle")
      .attr("x", x).attr("y", height + 18).text(tickText(x, ticksX));
    labels.selectAll("text.y").data(ys).join("text").attr("class", "y").attr("text-anchor", "end")
      .attr("x", -8).attr("y", (tick) => y(tick) + 4).text(tickText(y, ticksY));
  };
  return { x, y, body, front, width, height, domain };
}

/** How the ticks of a scale are printed: plainly, or as 2e−5 where plain digits would not fit beside the axis. */
export function tickText(scale: Scale, ticks: number): (tick: number) => string {
  const [low, high] = scale.domain();
  const size = Math.max(Math.abs(low), Math.abs(high));
  const plain = scale.tickFormat(ticks);
  // Even steps far from zero need as many digits as tell them apart.
  const [first = 0, second = 0, third = 0] = scale.ticks(ticks);
  const step = second - first;
  const digits = step > 0 && third - second < 1.01 * step ? Math.max(1, Math.floor(Math.log10(size) + 1e-9) - Math.floor(Math.log10(step) + 1e-9)) : 1;
  const short = (tick: number): string => tick.toExponential(digits).replace(/\.0+e/, "e").replace("e+", "e").replaceAll("-", "−");
  // On a log axis that goes far down, zeros would not fit either.
  if (low > 0 && low < 1e-4 && size >= 1e-3 && size < 1e5) return (tick) => (tick < 1e-3 ? short(tick) : plain(tick));
  if (size < 1e5 && size >= 1e-3) return plain;
  return (tick) => (tick === 0 ? "0" : short(tick));
}

/** A number as figures print it: at most `digits` significant digits, a true minus sign. */
export function formatNumber(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e6 || size < 1e-4) ? value.toExponential(digits - 1) : String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

/** Where a pointer is in the drawing's own units. Called from event handlers only: drawing never measures. */
export function pointerPosition(svg: SVGSVGElement, event: PointerEvent | MouseEvent, size: { readonly width: number; readonly height: number }): [number, number] {
  const box = svg.getBoundingClientRect();
  return [((event.clientX - box.left) / (box.width || 1)) * size.width, ((event.clientY - box.top) / (box.height || 1)) * size.height];
}
