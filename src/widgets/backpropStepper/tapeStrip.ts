import type { WalkTapeFrame } from "../../../engine/tasks/walkTape.ts";
import type { Group } from "../../charts/plot.ts";
import { keepFocus, roving } from "../../charts/roving.ts";
import type { Progress } from "./reading.ts";

const HEIGHT = 24;

/**
 * The tape: one cell an entry, in the order of recording, with the engine's names of the operations. A cell is a button that goes
 * there, on the way forward or, once that is complete, on the way back.
 */
export function tapeStrip(
  parent: Group, { width, narrow, go }: { readonly width: number; readonly narrow: boolean; go(at: number): void },
): (frame: WalkTapeFrame, progress: Progress) => void {
  const left = narrow ? 4 : 66;
  const group = parent.append("g").attr("role", "group").attr("aria-label", "The tape").attr("transform", `translate(${left},2)`);
  if (!narrow) parent.append("text").attr("class", "gb-axis").attr("x", 8).attr("y", 19).text("tape");
  const direction = parent.append("text").attr("class", "gb-axis").attr("text-anchor", "end").attr("x", width - 4).attr("y", narrow ? 42 : 19);
  let count = 0;
  let returning = false;
  const walk = roving((entry) => go(returning ? 2 * count - entry : entry + 1));
  return (frame, { forward, back, current }) => {
    count = frame.entries.length;
    returning = back > 0;
    const cell = (width - left - (narrow ? 4 : 96)) / count;
    keepFocus(group.node()!, () => {
      const cells = group.selectAll<SVGGElement, unknown>("g").data(frame.entries).join((enter) => {
        const one = enter.append("g").attr("class", "gb-press");
        one.append("rect").attr("height", HEIGHT).attr("rx", 3);
        one.append("text").attr("text-anchor", "middle").attr("y", HEIGHT / 2 + 4);
        return one;
      });
      cells.attr("transform", (_, i) => `translate(${Math.round(i * cell)},0)`)
        .attr("opacity", (_, i) => (i < forward ? 1 : 0.5))
        .attr("aria-label", ({ op, output }, i) => `entry ${i + 1}, ${op} makes ${output}${i === current ? ", here" : ""}`);
      cells.select("rect").attr("width", Math.round(cell) - 3)
        .attr("class", (_, i) => (i === current ? `gb-mark ${returning ? "c-gradient" : ""}` : "gb-swatch")).attr("fill", "none");
      cells.select("text").attr("x", (Math.round(cell) - 3) / 2).style("font-size", `${narrow && count > 4 ? 11 : 12}px`)
        .classed("gb-term", (_, i) => i === current).text(({ op }) => op);
      walk(cells.nodes());
    });
    direction.text(current === null ? "" : returning ? "backwards" : "forwards");
  };
}
