import type { Phase, TimePhasesFrame } from "../../../engine/tasks/timePhases.ts";
import { paragraph } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { megabytes, milliseconds, millions, perSecond, speed, spread } from "./reading.ts";

const BAR = 30;
const rows = [
  { name: "multiply–adds", value: (phase: Phase) => phase.work, text: (phase: Phase) => millions(phase.work) },
  { name: "time on this device", value: (phase: Phase) => phase.time?.median ?? 0, text: milliseconds },
  { name: "bytes of weights fetched", value: (phase: Phase) => phase.fetched, text: (phase: Phase) => megabytes(phase.fetched) },
] as const;

/** Three bars of equal length, each divided between reading and writing; a writing part has a cell for each pass. */
export function drawPhases(stage: Stage): (frame: TimePhasesFrame) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  const left = 8, width = narrow ? 344 : 704, step = 76;
  const legend = svg.append("g").attr("transform", `translate(${left},16)`);
  const key = (x: number, className: string, text: string): void => {
    legend.append("rect").attr("class", className).attr("x", x).attr("y", -9).attr("width", 12).attr("height", 10);
    legend.append("text").attr("x", x + 18).text(text);
  };
  key(0, "gb-cell-again", "the prompt, read");
  key(140, "gb-cell-kept", "the answer, written");
  const bars = rows.map(({ name }, i) => {
    const bar = svg.append("g").attr("transform", `translate(${left},${52 + i * step})`);
    bar.append("text").attr("class", "gb-axis").attr("y", -7).text(name);
    bar.append("rect").attr("class", "gb-cell-room").attr("width", width).attr("height", BAR);
    return {
      read: bar.append("rect").attr("class", "gb-cell-again").attr("height", BAR),
      write: bar.append("path").attr("class", "gb-cell-kept"),
      readText: bar.append("text").attr("y", BAR + 16),
      writeText: bar.append("text").attr("y", BAR + 16).attr("text-anchor", "end").attr("x", width),
    };
  });
  const facts = paragraph(svg.append("g").attr("transform", `translate(${left},${52 + 3 * step + 10})`), { lineHeight: 18 });

  return ({ read, write, clock }) => {
    rows.forEach(({ value, text }, i) => {
      const bar = bars[i]!;
      const all = value(read) + value(write);
      // A share can only be drawn when both parts are known.
      const isKnown = value(read) > 0 && value(write) > 0;
      const cut = isKnown ? (width * value(read)) / all : 0;
      bar.read.attr("width", round(Math.max(0, cut - 1)));
      const pass = (width - cut) / write.passes, gap = pass >= 4 ? 1 : 0.5;
      bar.write.attr("d", isKnown ? Array.from({ length: write.passes }, (_, n) =>
        `M${round(cut + n * pass)},0h${round(Math.max(0.3, pass - gap))}v${BAR}h${round(-Math.max(0.3, pass - gap))}z`).join("") : null);
      bar.readText.text(value(read) > 0 ? text(read) : "waits for the clock");
      bar.writeText.text(value(write) > 0 ? text(write) : "");
    });
    const line = (name: string, phase: Phase): { text: string; className?: string }[] => [
      { text: `${name} ` }, { text: `${perSecond(phase)} tokens a second`, className: "gb-reading" },
      { text: narrow ? "" : `, ${speed(phase)} billion multiply–adds a second; five blocks: ${spread(phase)}` },
    ];
    const more = (phase: Phase): { text: string }[] => [{ text: `${speed(phase)} billion multiply–adds a second` }];
    facts([
      line("read:", read), ...(narrow ? [more(read), [{ text: `five blocks: ${spread(read)}` }]] : []),
      line("written:", write), ...(narrow ? [more(write), [{ text: `five blocks: ${spread(write)}` }]] : []),
      ...(clock === null ? [] : [[
        { text: `The clock steps by ${clock < 0.01 ? "less than 0.01" : clock.toFixed(2)} ms.`, className: "gb-soft" },
      ]]),
    ]);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
