import { barsPath } from "./histogram.ts";
import { type Group, tickText } from "./plot.ts";
import { linearScale } from "./scale.ts";

export interface NumberLineOptions {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  /** Room above the line. */
  readonly height: number;
}

export interface NumberLineState {
  readonly low: number;
  readonly high: number;
  /** Where numbers may lie. */
  readonly rungs: readonly number[];
  /** How often numbers occur between low and high; drawn where `values` is null. */
  readonly counts: readonly number[];
  /** Each number, where they are few. */
  readonly values: readonly number[] | null;
  /** A number and where it is moved to. */
  readonly moved: { readonly from: number; readonly to: number };
}

/** Rungs closer than this run together. */
const CLOSE = 2.5;
const RUNG = 16;

/** A line of numbers: above it those that are there, below it the rungs that are allowed, and one number on its way to a rung. */
export function numberLine(parent: Group, { left, top, width, height }: NumberLineOptions): (state: NumberLineState) => void {
  const group = parent.append("g").attr("class", "gb-number-line").attr("transform", `translate(${left},${top})`);
  const many = group.append("path").attr("class", "gb-bar-mark c-curve");
  const each = group.append("path").attr("class", "gb-line gb-thin c-curve");
  group.append("line").attr("class", "gb-base").attr("x2", width).attr("y1", height).attr("y2", height);
  const rungMarks = group.append("path").attr("class", "gb-line c-path");
  const band = group.append("rect").attr("class", "gb-rung-band").attr("y", height).attr("height", RUNG);
  const ticks = group.append("g").attr("class", "gb-ticks");
  const arrow = group.append("path").attr("class", "gb-line c-loss");
  const dot = group.append("circle").attr("class", "gb-now c-loss").attr("r", 4.5);
  const x = linearScale([6, width - 6]);
  return ({ low, high, rungs, counts, values, moved }) => {
    x.domain([low, high]);
    const at = (value: number): number => Math.round(x(value) * 100) / 100;
    many.attr("d", values ? "" : barsPath(counts, { width: width - 12, height: height - 14, root: true })).attr("transform", "translate(6,14)");
    each.attr("d", (values ?? []).map((value) => `M${at(value)},${height}v${-Math.min(34, height - 20)}`).join(""));
    const gap = rungs.length > 1 ? at(rungs[1]!) - at(rungs[0]!) : Infinity;
    rungMarks.attr("d", gap < CLOSE ? "" : rungs.map((rung) => `M${at(rung)},${height}v${RUNG}`).join(""));
    band.attr("display", gap < CLOSE ? null : "none").attr("x", at(rungs[0]!)).attr("width", Math.max(0, at(rungs.at(-1)!) - at(rungs[0]!)));
    const count = width > 500 ? 7 : 4;
    const text = tickText(x, count);
    // A long number at an end would be cut off in the middle of the tick.
    const inside = (tick: number): number => Math.min(width - 3.2 * text(tick).length, Math.max(3.2 * text(tick).length, at(tick)));
    ticks.selectAll("text").data(x.ticks(count)).join("text").attr("y", height + RUNG + 14).attr("text-anchor", "middle")
      .attr("x", inside).text(text);
    const from = at(moved.from), to = at(moved.to);
    // From the number down to the line, along it, and down its rung.
    arrow.attr("d", `M${from},${height - 8}L${to},${height + RUNG - 4}m-3,-6l3,6l4,-5`);
    dot.attr("cx", from).attr("cy", height - 8);
  };
}
