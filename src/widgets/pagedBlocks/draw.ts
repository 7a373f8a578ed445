import type { PageMemoryFrame } from "../../../engine/tasks/pageMemory.ts";
import { hatch } from "../../charts/heatmap.ts";
import { paragraph } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { type BlockParams, parts, percent } from "./reading.ts";

/** Colours that neighbours are told apart by, beside their letters. */
const COLOURS = ["c-query", "c-key", "c-value", "c-residual", "c-output", "c-curve"] as const;
const letter = (owner: number): string => (owner < 0 ? "★" : String.fromCharCode(65 + (owner % 26)));

/** Above: the memory, a cell a token. Below: what it is used for. */
export function drawBlocks(stage: Stage<BlockParams>): (frame: PageMemoryFrame, params: BlockParams) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  const left = 8, width = narrow ? 344 : 704, top = 28, columns = narrow ? 32 : 64;
  const hatchId = stage.id("hatch");
  hatch(svg, hatchId);
  svg.append("text").attr("class", "gb-axis").attr("x", left).attr("y", 14).text("one card’s cache: a cell is one token");
  const map = svg.append("g").attr("transform", `translate(${left},${top})`);
  const ground = map.append("path").attr("class", "gb-cell-room");
  const empty = map.append("path").attr("fill", `url(#${hatchId})`).attr("class", "gb-masked-cells");
  const cells = map.append("g");
  const letters = map.append("g").attr("class", "gb-block-letters");
  const barTop = narrow ? 372 : 270;
  const bar = svg.append("g").attr("transform", `translate(${left},${barTop})`);
  const kinds = ["c-residual gb-tint", "gb-masked-cells", "gb-block-idle", "gb-cell-room"] as const;
  const segments = kinds.map((className, i) => bar.append("rect").attr("class", className).attr("height", 16)
    .attr("fill", i === 1 ? `url(#${hatchId})` : null));
  const facts = paragraph(svg.append("g").attr("transform", `translate(${left},${barTop + 36})`), { lineHeight: 18 });
  const legend = kinds.map((className, i) => {
    const [x, y] = narrow ? [0, i * 18] : [(i % 2) * 300, Math.floor(i / 2) * 18];
    const entry = svg.append("g").attr("transform", `translate(${left + x},${barTop + 54 + y})`);
    entry.append("rect").attr("class", `${className} gb-swatch`).attr("y", -9).attr("width", 12).attr("height", 10)
      .attr("fill", i === 1 ? `url(#${hatchId})` : null);
    return entry.append("text").attr("x", 18);
  });
  const pressed = svg.append("text").attr("class", "gb-soft").attr("x", left).attr("y", barTop + 54 + (narrow ? 72 : 36));

  return (frame, params) => {
    const { places, memory, running, ended, evicted, putOff, block, longest } = frame;
    const rows = memory / columns, side = width / columns, tall = narrow ? 10.4 : 14.6;
    const cell = (at: number, run = 1): string => {
      const wide = round(run * side - 0.8);
      return `M${round((at % columns) * side)},${round(Math.floor(at / columns) * tall)}h${wide}v${round(tall - 1.2)}h${-wide}z`;
    };
    ground.attr("d", Array.from({ length: rows }, (_, row) => cell(row * columns, columns)).join(""));
    const drawn = new Map<string, string>();
    const starts: { at: number; owner: number; idle: boolean }[] = [];
    let reserved = "";
    const stretch = params.policy === "contiguous" ? longest : block;
    places.forEach((place, at) => {
      if (!place) return;
      if (place.state === "reserved") {
        reserved += cell(at);
      } else {
        const faded = place.state === "idle" ? " gb-block-faded" : "";
        const colour = `${place.shared ? "c-ink" : COLOURS[place.owner % COLOURS.length]}${faded}`;
        drawn.set(colour, (drawn.get(colour) ?? "") + cell(at));
      }
      const before = places[at - 1];
      const isFirst = !before || before.owner !== place.owner || (params.policy !== "contiguous" && at % stretch === 0);
      if (isFirst && place.state !== "reserved") starts.push({ at, owner: place.owner, idle: place.state === "idle" });
    });
    empty.attr("d", reserved || null);
    cells.selectAll<SVGPathElement, [string, string]>("path").data([...drawn], ([key]) => key).join("path")
      .attr("class", ([key]) => `gb-block ${key}`).attr("d", ([, d]) => d);
    letters.selectAll("text").data(starts).join("text").attr("class", ({ idle }) => (idle ? "gb-soft" : "gb-on-block"))
      .attr("x", ({ at }) => round((at % columns) * side + 1))
      .attr("y", ({ at }) => round(Math.floor(at / columns) * tall + tall / 2 + 3.8)).text(({ owner }) => letter(owner));
    let x = 0;
    parts.forEach(({ name, of }, i) => {
      const wide = (width * of(frame)) / memory;
      segments[i]!.attr("x", round(x)).attr("width", round(wide));
      x += wide;
      legend[i]!.text(`${percent(of(frame) / memory)} ${name}`);
    });
    facts([[{ text: `${running} conversations at once`, className: "gb-reading" }, { text: `, ${ended} ended` }]]);
    pressed.text(params.policy === "contiguous" ? "" : `${evicted} idle ones gave up their blocks, ${putOff} put off`);
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
