import type { Choice, Continuation, SampleBenchFrame } from "../../../engine/tasks/sampleBench.ts";
import { paragraph, type Span, wrap } from "../../charts/paragraph.ts";
import { MONO, writePiece } from "../../charts/piece.ts";
import { type Group, root } from "../../charts/plot.ts";
import { keepFocus, roving } from "../../charts/roving.ts";
import { shorten, widthOf } from "../../charts/textWidth.ts";
import type { Stage } from "../../widget/stage.ts";
import { keptText, percent, repeatedShare, surpriseText } from "./reading.ts";

const ROW = 25;
const TYPE = 12;
/** Width of a label of the rows, and of the numbers behind the bars. */
const LABEL = 92;
const NUMBERS = 104;

/** Left (above, on a phone): the distribution before and after the knobs. Right (below): five continuations. */
export function drawBench(stage: Stage<{ readonly text: string }>): (frame: SampleBenchFrame, params: { readonly text: string }) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  const left = 8, width = narrow ? 344 : 316;
  const lanesLeft = narrow ? left : 344, lanesTop = narrow ? 466 : 18;
  let write: (index: number) => void = () => undefined;
  const showRows = distributionRows(svg.append("g").attr("transform", `translate(${left},46)`), width, (index) => write(index));
  svg.append("text").attr("class", "gb-heading").attr("x", left).attr("y", 18).text("next token: as the model has it, and after the knobs");
  legend(svg.append("g").attr("transform", `translate(${left},36)`));
  const facts = paragraph(svg.append("g").attr("transform", `translate(${left},${46 + 14 * ROW + 18})`), { lineHeight: 16, className: "gb-fine" });
  svg.append("text").attr("class", "gb-heading").attr("x", lanesLeft).attr("y", lanesTop).text("five continuations");
  svg.append("text").attr("class", "gb-small").attr("x", lanesLeft + 118).attr("y", lanesTop).text("marked: said before, four tokens or more");
  const showLanes = continuationLanes(svg.append("g").attr("transform", `translate(${lanesLeft},${lanesTop + 22})`), narrow ? 47 : 51, narrow ? 5 : 4);

  return (frame, params) => {
    showRows(frame.choices);
    facts(wrap(keptText(frame), narrow ? 58 : 52).map((text): Span[] => [{ text }]));
    showLanes(frame);
    write = (index) => {
      const text = frame.choices[index]?.text;
      if (text) stage.set({ text: params.text + text });
    };
  };
}

function legend(group: Group): void {
  const entries = [["gb-sampled-before", "the model"], ["gb-sampled-after", "drawn with"], ["gb-sampled-kept", "can be drawn"]] as const;
  for (const [i, [mark, name]] of entries.entries()) {
    const entry = group.append("g").attr("transform", `translate(${i * 98},0)`);
    entry.append("rect").attr("class", mark).attr("y", mark === "gb-sampled-kept" ? -10 : -8).attr("width", 14).attr("height", mark === "gb-sampled-kept" ? 12 : 7);
    entry.append("text").attr("class", "gb-small").attr("x", 19).text(name);
  }
}

/** A row a token: a bar for its probability before, one for after, and shaded while it can be drawn at all. */
function distributionRows(group: Group, width: number, activate: (index: number) => void): (choices: readonly Choice[]) => void {
  group.attr("role", "group").attr("aria-label", "The likeliest next tokens");
  const full = width - LABEL - NUMBERS;
  const length = (share: number): number => Math.round(Math.max(0.5, share * full) * 100) / 100;
  const walk = roving(activate);
  return (choices) => keepFocus(group.node()!, () => {
    const rows = group.selectAll<SVGGElement, Choice>("g").data(choices).join((enter) => {
      const row = enter.append("g").attr("class", "gb-sampled");
      row.append("rect").attr("class", "gb-target").attr("width", width).attr("height", ROW - 1).attr("rx", 3);
      row.append("rect").attr("class", "gb-sampled-before").attr("x", LABEL).attr("y", 4).attr("height", 7);
      row.append("rect").attr("class", "gb-sampled-after").attr("x", LABEL).attr("y", 12).attr("height", 8);
      row.append("line").attr("class", "gb-sampled-cut").attr("y1", ROW / 2).attr("y2", ROW / 2);
      row.append("text").attr("class", "gb-value").attr("x", width - 4).attr("y", ROW / 2 + 4).attr("text-anchor", "end");
      return row;
    });
    rows.attr("transform", (_, i) => `translate(0,${i * ROW})`)
      .attr("class", ({ after }) => (after === null ? "gb-sampled" : "gb-sampled gb-sampled-can"))
      .attr("aria-label", ({ piece, before, after }) =>
        `write ‘${piece}’: the model ${percent(before)}, ${after === null ? "taken away" : `drawn with ${percent(after)}`}`);
    rows.select(".gb-sampled-before").attr("width", ({ before }) => length(before));
    rows.select(".gb-sampled-after").attr("width", ({ after }) => (after === null ? 0 : length(after)));
    const label = ({ piece }: Choice): string => shorten(piece, Math.floor((LABEL - 8) / (TYPE * MONO)));
    writePiece(rows, (choice) => ({ text: label(choice), size: TYPE, x: LABEL - 8 - (widthOf(label(choice)) * TYPE * MONO) / 2, y: ROW / 2 + 4 }));
    rows.select(".gb-sampled-cut").attr("x1", (choice) => LABEL - 10 - widthOf(label(choice)) * TYPE * MONO).attr("x2", LABEL - 5)
      .attr("display", ({ after }) => (after === null ? null : "none"));
    rows.select(".gb-value").text(({ before, after }) => `${percent(before)} → ${after === null ? "cut" : percent(after)}`);
    walk(rows.nodes());
  });
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
    lanes.select(".gb-lane-head").text((one, i) => `${i + 1}   ${surpriseText(one)}${repeatedShare(one) > 0 ? `, ${percent(repeatedShare(one))} repeated` : ""}`);
    lanes.select<SVGGElement>(".gb-token").selectAll<SVGTextElement, Span[]>("text").data((one) => linesOf(one, columns, lines)).join("text")
      .attr("y", (_, i) => 16 + i * 16)
      .selectAll<SVGTSpanElement, Span>("tspan").data((line) => line).join("tspan")
      .attr("class", ({ className }) => className ?? null).text(({ text }) => text);
  };
}

/** The tokens as lines of at most `columns` characters, cut at spaces; repeated parts are spans of their own. */
export function linesOf({ tokens, repeated, ended }: Continuation, columns: number, most: number): Span[][] {
  const characters = tokens.flatMap((token, i) => [...token].map((text) => ({ text: /\s|\p{Cc}/u.test(text) ? " " : text, marked: repeated[i]! })));
  if (ended) characters.push({ text: " ", marked: false }, { text: "¶", marked: false });
  const lines: (typeof characters)[] = [];
  let from = 0;
  while (from < characters.length) {
    while (characters[from]?.text === " ") from++;
    let used = 0, to = from, space = -1;
    while (to < characters.length && used + widthOf(characters[to]!.text) <= columns) {
      if (characters[to]!.text === " ") space = to;
      used += widthOf(characters[to]!.text);
      to++;
    }
    const end = to < characters.length && characters[to]!.text !== " " && space > from ? space : to;
    if (end > from) lines.push(characters.slice(from, end));
    from = Math.max(end, from + 1);
  }
  const shown = lines.slice(0, most);
  if (lines.length > most) shown[most - 1] = [...shown[most - 1]!.slice(0, columns - 2), { text: " …", marked: false }];
  return shown.map((line) => {
    const spans: { text: string; className?: string }[] = [];
    for (const { text, marked } of line) {
      const last = spans.at(-1);
      if (last && (last.className !== undefined) === marked) last.text += text;
      else spans.push({ text, ...(marked && { className: "gb-repeated" }) });
    }
    return spans;
  });
}
