import type { Group } from "./plot.ts";

/** Heights of bars side by side over a width, as one path. Small counts are kept visible; with `root` heights follow the root of the count. */
export function barsPath(
  counts: readonly number[], { width, height, root = false }: { readonly width: number; readonly height: number; readonly root?: boolean },
): string {
  const size = (count: number): number => (root ? Math.sqrt(count) : count);
  const most = Math.max(1e-9, ...counts.map(size));
  const step = width / counts.length;
  return counts.map((count, i) => {
    if (count === 0) return "";
    const tall = round(Math.max(1.5, (size(count) / most) * height));
    return `M${round(i * step)},${height}v${-tall}h${round(Math.max(0.5, step - 0.6))}v${tall}z`;
  }).join("");
}

export interface HistogramOptions {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** A role of colors.css. */
  readonly role: string;
}

/** How often values occur, as bars on a line with a few labels. Returns an update; a label's place is a share of the width. */
export function histogram(parent: Group, { left, top, width, height, role }: HistogramOptions):
(counts: readonly number[], labels: readonly { readonly at: number; readonly text: string }[]) => void {
  const group = parent.append("g").attr("class", `gb-histogram ${role}`).attr("transform", `translate(${left},${top})`);
  const path = group.append("path").attr("class", "gb-bar-mark");
  group.append("line").attr("class", "gb-base").attr("x2", width).attr("y1", height).attr("y2", height);
  const ticks = group.append("g").attr("class", "gb-ticks");
  return (counts, labels) => {
    path.attr("d", barsPath(counts, { width, height }));
    ticks.selectAll("text").data(labels).join("text").attr("y", height + 15).attr("x", ({ at }) => round(at * width))
      .attr("text-anchor", ({ at }) => (at < 0.1 ? "start" : at > 0.9 ? "end" : "middle")).text(({ text }) => text);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
