import type { Served } from "../../../engine/data/serving.ts";
import type { ServeRequestsFrame } from "../../../engine/tasks/serveRequests.ts";
import { type Group, root } from "../../charts/plot.ts";
import { linearScale } from "../../charts/scale.ts";
import type { Stage } from "../../widget/stage.ts";
import { metrics, otherPolicy, type ServiceParams } from "./reading.ts";

const GANTT = 190, QUEUE = 44;

/** Above: a row for each place and time to the right. Then the waiting line, then the numbers of both policies. */
export function drawService(stage: Stage<ServiceParams>): (frame: ServeRequestsFrame, params: ServiceParams) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  const left = narrow ? 12 : 48, width = (narrow ? 348 : 712) - left, top = narrow ? 62 : 44;
  const keys = [
    ["gb-cell-again", "prompt read"], ["gb-cell-kept", "answer written"], ["gb-cell-room", "finished, place still taken"],
  ] as const;
  keys.forEach(([className, text], i) => {
    const x = narrow ? [0, 110, 0][i]! : [0, 120, 250][i]!, y = narrow && i === 2 ? 34 : 16;
    svg.append("rect").attr("class", `${className} gb-swatch`).attr("x", left + x).attr("y", y - 9).attr("width", 12).attr("height", 10);
    svg.append("text").attr("x", left + x + 18).attr("y", y).text(text);
  });
  const gantt = svg.append("g").attr("transform", `translate(${left},${top})`);
  gantt.append("text").attr("class", "gb-axis").attr("y", -8).text("places");
  const frameLine = gantt.append("path").attr("class", "gb-cell-lost");
  const path = (className: string): typeof frameLine => gantt.append("path").attr("class", className);
  const held = path("gb-cell-room"), written = path("gb-cell-kept"), read = path("gb-cell-again");
  const queue = svg.append("g").attr("transform", `translate(${left},${top + GANTT + 30})`);
  queue.append("text").attr("class", "gb-axis").attr("y", -8).text("requests that wait");
  const line = queue.append("path").attr("class", "gb-cell-again");
  const most = queue.append("text").attr("class", "gb-small").attr("x", width).attr("y", -8).attr("text-anchor", "end");
  const ticks = svg.append("g").attr("class", "gb-ticks").attr("transform", `translate(${left},${top + GANTT + 30 + QUEUE + 16})`);
  svg.append("text").attr("class", "gb-axis").attr("x", left + width).attr("y", top + GANTT + QUEUE + 62)
    .attr("text-anchor", "end").text("seconds");
  const tableTop = top + GANTT + QUEUE + (narrow ? 92 : 80);
  const table = svg.append("g").attr("transform", `translate(${left},${tableTop})`);
  const nowX = narrow ? 254 : 330, otherX = narrow ? 336 : 450;
  const nowHead = table.append("text").attr("class", "gb-axis").attr("text-anchor", "end").attr("x", nowX);
  const otherHead = table.append("text").attr("class", "gb-small").attr("text-anchor", "end").attr("x", otherX);
  const note = table.append("text").attr("class", "gb-note").attr("y", 24);
  const lines = metrics.map(({ name }, i) => {
    const y = 18 + i * (narrow ? 24 : 16);
    table.append("text").attr("y", y).text(name);
    const cell = (x: number, className: string) =>
      table.append("text").attr("class", className).attr("text-anchor", "end").attr("x", x).attr("y", y);
    return { now: cell(nowX, "gb-reading"), other: cell(otherX, "gb-soft") };
  });
  const roomNote = svg.append("text").attr("class", "gb-small").attr("x", left + width).attr("y", top - 8).attr("text-anchor", "end");
  const scale = linearScale([0, width]);

  return ({ served, slots, facts, other, queue: waiting, refused, room }, { policy }) => {
    const end = Math.max(1, ...served.map(({ frees }) => frees));
    scale.domain([0, end]);
    const row = GANTT / slots, tall = row - Math.min(2, row * 0.2);
    const stretch = ({ slot }: Served, from: number, to: number): string => {
      const x = scale(from), wide = Math.max(0.2, scale(to) - x - 0.4);
      return `M${round(x)},${round(slot * row)}h${round(wide)}v${round(tall)}h${round(-wide)}z`;
    };
    frameLine.attr("d", `M0,0H${width}V${GANTT}H0z`);
    read.attr("d", served.map((one) => stretch(one, one.starts, one.firstToken)).join("") || null);
    written.attr("d", served.map((one) => stretch(one, one.firstToken, one.finishes)).join("") || null);
    const taken = served.filter(({ finishes, frees }) => frees > finishes);
    held.attr("d", taken.map((one) => stretch(one, one.finishes, one.frees)).join("") || null);
    const longest = Math.max(1, ...waiting.map(([, count]) => count));
    const y = (count: number): number => round(QUEUE * (1 - count / longest));
    line.attr("d", waiting.length > 0
      ? `M0,${QUEUE}${waiting.map(([time, count]) => `H${round(scale(time))}V${y(count)}`).join("")}H${width}V${QUEUE}z` : null);
    most.text(`at most ${longest}`);
    ticks.selectAll("text").data(scale.ticks(narrow ? 4 : 8)).join("text").attr("text-anchor", "middle").attr("x", (at) => round(scale(at)))
      .text(scale.tickFormat(narrow ? 4 : 8));
    nowHead.text(policy);
    otherHead.text(otherPolicy(policy));
    note.text(facts ? "" : "The weights leave no room for a cache on this card.");
    metrics.forEach(({ text }, i) => {
      lines[i]!.now.text(facts ? text(facts) : "");
      lines[i]!.other.text(other ? text(other) : "");
    });
    roomNote.text(refused > 0 ? `${refused} requests do not fit at all` : `cache: ${room.toLocaleString("en-US")} tokens`);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
