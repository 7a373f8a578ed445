import type { GrammarMaskFrame } from "../../../engine/tasks/grammarMask.ts";
import { drawnRows } from "../../charts/drawnRows.ts";
import { paragraph, type Span, wrap } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import { surpriseFlow } from "../../charts/surpriseFlow.ts";
import type { Stage } from "../../widget/stage.ts";
import { losses, percent, shareText, spoken, verdict } from "./reading.ts";

/** From one row of chips to the next, and where the text without the rule has to end. */
const PITCH = 41.64;
const FREE_END = 456;
const lines = (texts: readonly string[]): Span[][] => texts.map((text) => [{ text }]);

/** Left (above, on a phone): the text under the rule, step by step, and the free one. Right (below): the choice at one step. */
export function drawMask(stage: Stage<{ readonly at: number }>): (frame: GrammarMaskFrame) => void {
  const { narrow } = stage;
  const svg = root(stage.svg) as unknown as Group;
  const left = 8, width = narrow ? 344 : 372;
  svg.append("text").attr("class", "gb-heading").attr("x", left).attr("y", 18).text("written under the rule");
  svg.append("text").attr("class", "gb-small").attr("x", left + 140).attr("y", 18).text("bar: share of belief forbidden");
  const flow = surpriseFlow(svg.append("g").attr("transform", `translate(${left},28)`), {
    label: "Tokens written under the rule; press one to see its choice", width, rows: narrow ? 7 : 6, scale: 0.86, barHeight: 16,
      barClass: "c-loss",
    activate: ({ key }) => stage.set({ at: Number(key) }),
  });
  const under = svg.append("g");
  const outcome = paragraph(under.append("g"), { lineHeight: 16, className: "gb-fine" });
  under.append("text").attr("class", "gb-heading").attr("y", 54).text("the same seed without the rule");
  const free = under.append("g").attr("class", "gb-token").attr("transform", "translate(0,72)");

  const step = svg.append("g").attr("transform", "translate(400,18)");
  const heading = step.append("text").attr("class", "gb-heading");
  const facts = paragraph(step.append("g").attr("transform", "translate(0,18)"), { lineHeight: 16, className: "gb-fine" });
  const showRows = drawnRows(step.append("g").attr("transform", "translate(0,62)"), {
    width: narrow ? 344 : 312, rowHeight: narrow ? 20 : 28, label: "Tokens at this step", format: percent,
    speak: ({ piece, before, after }) =>
      `${piece}: the model ${percent(before)}, ${after === null ? "forbidden" : `drawn with ${percent(after)}`}`,
  });

  return (frame) => {
    const { tokens, at, vocabSize, choices, fault } = frame;
    const { hidden, rows } = flow(tokens.map((one, i) => ({
      key: String(i + 1), text: one.piece, share: 1 - one.mass, label: spoken(one, vocabSize),
        action: `step ${i + 1}, ${spoken(one, vocabSize)}`,
      className: at === i + 1 ? "gb-next" : "",
    })));
    const below = 28 + Math.max(1, rows) * PITCH + 16;
    under.attr("transform", `translate(${left},${below})`);
    const cut = hidden > 0 ? `The first ${hidden} tokens are not shown. ` : "";
    const loss = losses(frame) === "" ? "" : ` Loss: ${losses(frame)}.`;
    outcome(lines(wrap(`${cut}${verdict(frame)}${loss}`, narrow ? 52 : 56)));
    const columns = narrow ? 46 : 50;
    const freeLines = wrap(frame.free.replaceAll(/\s+|\p{Cc}/gu, " ").trim(), columns).slice(0,
      Math.max(2, Math.floor((FREE_END - below - 72) / 16)));
    if (narrow) step.attr("transform", `translate(${left},${below + 72 + freeLines.length * 16 + 16})`);
    free.selectAll("text").data(freeLines).join("text").attr("y", (_, i) => i * 16).text((text) => text.slice(0, columns + 4));
    const now = tokens[at - 1];
    heading.text(now ? `step ${at}: what could come` : fault === null ? "nothing to choose" : "no rule");
    facts(now ? lines(wrap(`${now.allowed} of ${vocabSize} tokens allowed; the model gave them ${shareText(now.mass)} of its belief.`,
      narrow ? 56 : 48)) : []);
    showRows(choices.slice(0, 14));
  };
}
