import type { TrainTransformerFrame } from "../../../engine/tasks/trainTransformer.ts";
import type { Group, Plot } from "../../charts/plot.ts";

/** A coordinate that SVG can hold, to hundredths. */
export const clipped = (value: number): number => Math.round(Math.max(-1e4, Math.min(1e4, value)) * 100) / 100;

/** Marks where a training ran away, now and in what was undone. */
export function drawEnds(chart: Plot, ends: Group, { abandoned, diverged, curve }: TrainTransformerFrame): void {
  const curves = [...abandoned.map((one) => [one, "undone"] as const), ...(diverged ? [[curve, "diverged"] as const] : [])];
  const shown = curves.filter(([{ steps }]) => steps.length > 0)
    .map(([{ steps, losses }, word]) => ({ word, x: clipped(chart.x(steps.at(-1)!)), y: clipped(Math.max(6, chart.y(losses.at(-1)!))) }));
  ends.selectAll("text").data(shown).join("text").attr("class", "gb-axis gb-halo")
    .attr("x", ({ x }) => x + 6).attr("y", ({ y }) => y + 4).text(({ word }) => `× ${word}`);
}

/** Marks where the machine under the run changed: the curve goes on, and this is where it was joined. */
export function drawSeams(chart: Plot, group: Group, { seams }: TrainTransformerFrame): void {
  const shown = seams.map(({ step, to, why }) => (
    { x: clipped(chart.x(step)), word: why === "lost" ? "GPU lost, on the CPU" : `on the ${to === "webgpu" ? "GPU" : "CPU"}` }
  ));
  group.selectAll("line").data(shown).join("line").attr("class", "gb-line gb-thin c-baseline").attr("stroke-dasharray", "2 3")
    .attr("x1", ({ x }) => x).attr("x2", ({ x }) => x).attr("y2", chart.height);
  group.selectAll("text").data(shown).join("text").attr("class", "gb-axis gb-halo").attr("x", ({ x }) => x + 4)
    .attr("y", (_, i) => chart.height - 22 - (i % 6) * 15).text(({ word }) => word);
}
