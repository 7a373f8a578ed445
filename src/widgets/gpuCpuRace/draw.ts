import type { RaceBackendsFrame, RaceLane } from "../../../engine/tasks/raceBackends.ts";
import { paragraph, type Span, wrap } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { median, nameOf, resultOf, verdictOf } from "./reading.ts";

/** A bar for each backend, as long as its step takes; a line through its end from the quickest step to the slowest. */
export function drawRace(stage: Stage<{ readonly preset: string }>): (frame: RaceBackendsFrame) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  const left = 8, width = narrow ? 344 : 700, laneHeight = narrow ? 76 : 62;
  const heading = svg.append("text").attr("class", "gb-heading").attr("x", left).attr("y", 20);
  const lanes = svg.append("g").attr("transform", `translate(${left},34)`);
  const verdict = paragraph(svg.append("g").attr("transform", `translate(${left},${34 + 2 * laneHeight + 18})`), { lineHeight: 17, className: "gb-fine" });

  return (frame) => {
    const parts = [`a training step of ${frame.preset}`, ...(narrow ? [] : [`${frame.parameters.toLocaleString("en")} parameters`]), `${frame.tokens.toLocaleString("en")} tokens`];
    heading.text(parts.join(" · "));
    const most = Math.max(1e-9, ...frame.lanes.flatMap(({ times }) => times));
    const x = (ms: number): number => Math.round((ms / most) * width * 100) / 100;
    const lane = lanes.selectAll<SVGGElement, RaceLane>("g").data(frame.lanes).join((enter) => {
      const group = enter.append("g");
      group.append("text").attr("class", "gb-lane-name").attr("y", 14);
      group.append("text").attr("class", "gb-lane-result");
      group.append("rect").attr("class", "gb-bar-mark").attr("height", 14).attr("rx", 3);
      group.append("path").attr("class", "gb-line gb-thin gb-lane-spread");
      return group;
    });
    lane.attr("class", ({ backend }) => (backend === "cpu" ? "c-train" : "c-loss")).attr("transform", (_, i) => `translate(0,${i * laneHeight})`);
    const barTop = narrow ? 42 : 24;
    lane.select(".gb-lane-name").text(nameOf);
    lane.select(".gb-lane-result").attr("x", narrow ? 0 : width).attr("y", narrow ? 32 : 14).attr("text-anchor", narrow ? "start" : "end")
      .text((one) => shortened(resultOf(one, frame), narrow ? 54 : 78));
    lane.select("rect").attr("y", barTop).attr("width", (one) => x(median(one) ?? 0));
    lane.select(".gb-lane-spread").attr("d", ({ times }) => {
      if (times.length < 2) return null;
      const from = x(Math.min(...times)), to = x(Math.max(...times)), y = barTop + 7;
      return `M${from},${y}H${to}M${from},${y - 4}v8M${to},${y - 4}v8`;
    }).attr("stroke", "var(--c-ink)");
    verdict(verdictOf(frame).flatMap((line) => wrap(line, narrow ? 54 : 108)).map((text): Span[] => [{ text }]));
  };
}

const shortened = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);
