import type { PredictBlankFrame } from "../../engine/tasks/predictBlank.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { bars } from "../charts/bars.ts";
import { paragraph, type Span, wrap } from "../charts/paragraph.ts";
import { formatNumber, type Group, root } from "../charts/plot.ts";
import { surpriseFlow } from "../charts/surpriseFlow.ts";
import { type Description, defineWidget } from "../widget/defineWidget.ts";

/** The surprise, in nats, that fills the bar above a token: a chance of 1 in 400. */
const FULL = 6;

const tooth = "Once upon a time, there was a gentle girl named Lucy. She had a loose tooth. She pushed it and pulled it, but the "
  + "tooth did not come out. \"Wait a little,\" said her father. Then Lucy took a big bite of";

/** The model before a text with a blank at its end, or in place of any of its tokens: what it expects, and how surprised it was. */
export const predictTheBlank = defineWidget({
  id: "predict-the-blank",
  title: "Predict the blank",
  params: {
    text: { kind: "text", default: tooth, label: "text before the blank", maxLength: 1000, multiline: true, live: true },
    at: { kind: "number", default: 0, min: 0, max: 64, step: 1, label: "place", live: true, hidden: true },
  },
  scenes: {
    open: {
      title: "open", params: { text: "Once upon a time there was a", at: 0 },
      watch: "Many tokens could follow, and the belief is spread. Press a bar to write its token, and watch how the next guess narrows.",
    },
    certain: {
      title: "certain", params: { text: "Once upon a", at: 0 },
      watch: "After these three words there is hardly a choice: one bar, and an entropy near zero.",
    },
    odd: {
      title: "an odd word", params: { text: tooth.replace("bite of", "bite of window. There was the"), at: 0 },
      watch: "The tall bar stands on the word that does not belong. Press it to see what the model expected in its place.",
    },
    pieces: {
      title: "a long name", params: { text: "A small fox named Scheherazade went home. Scheherazade was", at: 0 },
      watch: "A name it has never read is a surprise in every piece. Which of them are cheaper the second time?",
    },
    elsewhere: {
      title: "not its world", params: { text: "The central bank raised its interest rate", at: 0 },
      watch: "Ordinary English, and nearly every piece surprises a model that has read little stories only.",
    },
  },
  task: tasks.predictBlank,
  uses: shippedModel,
  size: { wide: [720, 500], narrow: [360, 748] },
  start: "auto",
  draw(stage) {
    const { narrow } = stage;
    const svg = root(stage.svg) as unknown as Group;
    const left = 8, width = narrow ? 344 : 366;
    svg.append("text").attr("class", "gb-heading").attr("x", left).attr("y", 18).text("surprise of each token");
    svg.append("text").attr("class", "gb-small").attr("x", left + 146).attr("y", 18).text(`full bar: ${FULL} nats or more`);
    let pieces: PredictBlankFrame | null = null;
    const flow = surpriseFlow(svg.append("g").attr("transform", `translate(${left},30)`), {
      label: "The tokens of your text", width, rows: narrow ? 8 : 9, scale: 0.92, barHeight: 20, barClass: "c-loss",
      activate: ({ key }) => stage.set({ at: key === "blank" ? 0 : Number(key) }),
    });
    const top = narrow ? 450 : 18;
    const barsLeft = narrow ? left : 396;
    const heading = svg.append("text").attr("class", "gb-heading").attr("x", barsLeft).attr("y", top);
    const facts = paragraph(svg.append("g").attr("transform", `translate(${barsLeft},${top + 19})`),
      { lineHeight: 17, className: "gb-fine" });
    const showBars = bars(svg.append("g").attr("class", "c-output"), {
      left: barsLeft, top: top + 46, width: narrow ? 344 : 316, labelWidth: 104, rowHeight: narrow ? 19 : 20, max: 1, mono: true,
      label: "The likeliest tokens", format: percent,
      activate: (index) => {
        const one = pieces?.top[index];
        if (one && pieces) stage.set({ text: pieces.before + one.text, at: 0 });
      },
    });
    const foot = paragraph(svg.append("g").attr("transform", `translate(${left},${narrow ? 420 : 476})`),
      { lineHeight: 15, className: "gb-fine" });

    return (frame) => {
      pieces = frame;
      const { tokens, at, top: likeliest } = frame;
      const items = tokens.map(({ piece, surprise, rank }, i) => ({
        key: String(i + 1), text: piece, share: surprise / FULL,
        label: `${piece}, surprise ${surprise.toFixed(2)} nats, rank ${rank}`,
        action: `${piece}, surprise ${surprise.toFixed(2)} nats, rank ${rank}: look at this place`,
        className: at === i + 1 ? "gb-next" : "",
      }));
      const blank = {
        key: "blank", text: "?", share: null, label: "the blank: what comes next", action: "look at the blank at the end",
        className: at === 0 ? "gb-next" : "",
      };
      const { hidden } = flow([...items, blank]);
      const actual = at === 0 ? null : tokens[at - 1]!;
      heading.text(at === 0 ? "likeliest next tokens" : "what it expected there instead");
      facts([factsOf(frame), ...(actual ? [actualOf(actual)] : [[{ text: "Press a bar to write its token." }]])]);
      showBars(likeliest.slice(0, narrow ? 12 : likeliest.length).map(({ piece, probability, text }) => ({
        label: piece, value: probability, marked: actual !== null && piece === actual.piece,
        ...(text !== "" && !text.includes("\ufffd") && { action: at === 0 ? `write ‘${piece}’` : `go on from here with ‘${piece}’` }),
      })));
      const notices = [
        ...(hidden > 0 || frame.clipped ? ["Only the end of your text is shown."] : []),
        ...(tokens.length > 0 ? [`Mean surprise, the loss on this text: ${meanOf(frame).toFixed(2)} nats a token.`] : []),
      ];
      foot(wrap(notices.join(" "), narrow ? 56 : 62).map((text) => [{ text }]));
    };
  },
  describe,
  readouts: {
    entropy: ({ entropy }) => entropy.toFixed(2),
    choices: ({ entropy }) => formatNumber(Math.exp(entropy), 3),
    nextToken: ({ top }) => top[0]?.piece ?? "",
    nextProbability: ({ top }) => percent(top[0]?.probability ?? 0),
    meanSurprise: (frame) => (frame.tokens.length > 0 ? meanOf(frame).toFixed(2) : "–"),
  },
});

const percent = (share: number): string => (share < 0.0005 ? "< 0.1 %" : `${(share * 100).toFixed(1)} %`);
const meanOf = ({ tokens }: PredictBlankFrame): number => tokens.reduce((sum, { surprise }) => sum + surprise, 0) / tokens.length;

const factsOf = ({ entropy }: PredictBlankFrame): Span[] => [
  { text: "entropy " }, { text: `${entropy.toFixed(2)} nats`, className: "gb-term" },
  { text: `, as open as ${formatNumber(Math.exp(entropy), 3)} equal choices` },
];
const actualOf = ({ piece, probability, surprise, rank }: PredictBlankFrame["tokens"][number]): Span[] => [
  { text: "came: " }, { text: piece.replaceAll("▁", "\u00a0"), className: "gb-piece gb-space" },
  { text: `, ${percent(probability)}, surprise ${surprise.toFixed(2)}, rank ${rank}` },
];

function describe(frame: PredictBlankFrame): Description {
  const { tokens, at, top, entropy } = frame;
  const best = `‘${top[0]!.piece}’ at ${percent(top[0]!.probability)}`;
  const place = at === 0 ? `For the blank at the end the model expects ${best} most`
    : `In place of ‘${tokens[at - 1]!.piece}’, which came and had ${percent(tokens[at - 1]!.probability)}, it expected ${best} most`;
  const most = tokens.reduce<PredictBlankFrame["tokens"][number] | null>((a, b) => (a && a.surprise >= b.surprise ? a : b), null);
  const surprised = most ? `; the most surprising token is ‘${most.piece}’, ${most.surprise.toFixed(2)} nats` : "";
  const row = ({ piece, probability }: { piece: string; probability: number }, name: string): (string | number)[] =>
    [name, piece, percent(probability), (-Math.log(probability)).toFixed(2)];
  return {
    sentence: `${place}; its entropy there is ${entropy.toFixed(2)} nats${surprised}.`,
    table: {
      columns: ["what", "token", "probability", "surprise in nats"],
      rows: [...tokens.map((token, i) => row(token, `text ${i + 1}`)), ...top.map((one, i) => row(one, `expected ${i + 1}`))],
    },
  };
}
