import type { Continuation, SampleBenchFrame } from "../../../engine/tasks/sampleBench.ts";
import { drawnRows } from "../../charts/drawnRows.ts";
import { breakMarked, spansOf } from "../../charts/markedLines.ts";
import { paragraph, type Span, wrap } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { keptText, percent, repeatedShare, surpriseText } from "./reading.ts";

/** Left (above, on a phone): the distribution before and after the knobs. Right (below): five continuations. */
export function drawBench(stage: Stage<{ readonly text: string }>): (frame: SampleBenchFrame, params: { readonly text: string }) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  const left = 8, width = narrow ? 344 : 316, rowHeight = narrow ? 22 : 29;
  const lanesLeft = narrow ? left : 344, lanesTop = narrow ? 376 : 18;
  let write: (index: number) => void = () => undefined;
  const showRows = drawnRows(svg.append("g").attr("transform", `translate(${left},46)`), {
    width, rowHeight, label: "The likeliest next tokens", format: percent, activate: (index) => write(index),
    speak: ({ piece, before, after }) =>
      `write ‘${piece}’: the model ${percent(before)}, ${after === null ? "cut" : `drawn with ${percent(after)}`}`,
  });
  svg.append("text").attr("class", "gb-heading").attr("x", left).attr("y", 18).text("next token: as the model has it, and after the knobs");
  const facts = paragraph(svg.append("g").attr("transform", `translate(${left},${46 + 12 * rowHeight + 18})`),
    { lineHeight: 16, className: "gb-fine" });
  svg.append("text").attr("class", "gb-heading").attr("x", lanesLeft).attr("y", lanesTop).text("five continuations");
  svg.append("text").attr("class", "gb-small").attr("x", lanesLeft + 118).attr("y", lanesTop)
    .text("marked: six or more tokens said before");
  const showLanes = continuationLanes(svg.append("g").attr("transform", `translate(${lanesLeft},${lanesTop + 22})`), narrow ? 46 : 51,
    narrow ? 5 : 4);

  return (frame, params) => {
    showRows(frame.choices);
    facts(wrap(keptText(frame), narrow ? 52 : 48).map((text): Span[] => [{ text }]));
    showLanes(frame);
    write = (index) => {
      const text = frame.choices[index]?.text;
      if (text) stage.set({ text: params.text + text });
    };
  };
}

/** Each continuation in a few lines, what repeats marked. */
function continuationLanes(group: Group, columns: number, lines: number): (frame: SampleBenchFrame) => void {
  const height = 26 + lines * 16;
  return ({ continuations }) => {
    const lanes = group.selectAll<SVGGElement, Continuation>("g.gb-lane").data(continuations).join((enter) => {
      const lane = enter.append("g").attr("class", "gb-lane");
      lane.append("text").attr("class", "gb-small gb-lane-head");
      lane.append("g").attr("class", "gb-token");
      return lane;
    });
    lanes.attr("transform", (_, i) => `translate(0,${i * height})`);
    lanes.select(".gb-lane-head").text((one, i) =>
      `${i + 1} · ${surpriseText(one)}${repeatedShare(one) > 0 ? `, ${percent(repeatedShare(one))} repeated` : ""}`);
    lanes.select<SVGGElement>(".gb-token").selectAll<SVGTextElement, Span[]>("text").data((one) =>
      linesOf(one, columns, lines)).join("text")
      .attr("y", (_, i) => 16 + i * 16)
      .selectAll<SVGTSpanElement, Span>("tspan").data((line) => line).join("tspan")
      .attr("class", ({ className }) => className ?? null).text(({ text }) => text);
  };
}

/** The tokens as lines of at most `columns` characters, cut at spaces; repeated parts are spans of their own. */
export function linesOf({ tokens, repeated, ended }: Continuation, columns: number, most: number): Span[][] {
  const characters = tokens.flatMap((token, i) => [...token].map((text, at) => {
    const blank = /\s|\p{Cc}/u.test(text);
    // The space before the first word that repeats is not marked.
    return { text: blank ? " " : text, marked: repeated[i]! && (!blank || at > 0 || repeated[i - 1] === true) };
  }));
  if (ended) characters.push({ text: " ", marked: false }, { text: "¶", marked: false });
  const lines = breakMarked(characters, columns);
  const shown = lines.slice(0, most);
  if (lines.length > most) shown[most - 1] = [...shown[most - 1]!.slice(0, columns - 2), { text: " …", marked: false }];
  return shown.map((line) => spansOf(line, "gb-repeated"));
}
