import type { Measured, QuantizationLabFrame } from "../../../engine/tasks/quantizationLab.ts";
import { crosshair, lineChart, type Series } from "../../charts/lineChart.ts";
import { breakMarked, charactersOf, spansOf } from "../../charts/markedLines.ts";
import { paragraph, type Span, wrap } from "../../charts/paragraph.ts";
import { type Group, plot, pointerPosition } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { bitsWord, factor, lossText, modelLine, type Params, sameTokens } from "./reading.ts";

/** The model's loss by bits, and its greedy text unrounded and rounded. */
export function drawModel(stage: Stage<never>, group: Group): (frame: QuantizationLabFrame, params: Params) => void {
  const { narrow } = stage;
  const left = 44, top = narrow ? 84 : 46, width = narrow ? 300 : 270, height = narrow ? 130 : 160;
  group.append("text").attr("class", "gb-heading").attr("x", 8).attr("y", 10).text("the model, every matrix rounded like this");
  const chart = plot(group, { left, top, width, height, labelX: "bits a weight", labelY: "loss on unseen stories, nats a token", scaleY: "log",
    clipId: stage.id("losses"), ticksX: 8, ticksY: 9 });
  const lines = lineChart(chart);
  const now = chart.front.append("circle").attr("class", "gb-now c-loss").attr("r", 5);
  const blindNote = chart.front.append("text").attr("class", "gb-small gb-halo").attr("x", width).attr("text-anchor", "end").text("blind guessing");
  const fullNote = chart.front.append("text").attr("class", "gb-small gb-halo").attr("text-anchor", "start").attr("x", 2).text("unrounded");
  const read = crosshair(chart, { label: "Loss by bits", nameX: "bits", left, position: (event) => pointerPosition(stage.svg, event, stage) });
  const textLeft = narrow ? 8 : 352, textTop = narrow ? 272 : 18;
  const texts = paragraph(group.append("g").attr("transform", `translate(${textLeft},${textTop})`), { lineHeight: 17 });
  const foot = paragraph(group.append("g").attr("transform", `translate(8,${narrow ? 28 : 264})`), { lineHeight: 15, className: "gb-fine" });
  const room = narrow ? 50 : 54;

  return (frame, params) => {
    const { full, rounded, byBits, blind } = frame;
    const losses = byBits.filter((loss) => loss !== null);
    const low = Math.min(full.loss ?? blind / 2, rounded.loss ?? blind, ...losses);
    const high = Math.max(blind, rounded.loss ?? 0, ...losses);
    chart.domain([1, 8], [Math.min(0.3, low * 0.85), high * 1.25]);
    const points = byBits.flatMap((loss, i) => (loss === null ? [] : [[i + 1, loss] as const]));
    const series: Series[] = [
      { name: "blind guessing", className: "c-baseline gb-thin", dashed: true, points: [[1, blind], [8, blind]] },
      ...(full.loss !== null ? [{ name: "unrounded", className: "c-path", points: [[1, full.loss], [8, full.loss]] as const }] : []),
      { name: "rounded", className: "c-loss", points },
    ];
    lines(series);
    read([{ name: "loss", className: "c-loss", points }]);
    now.attr("display", rounded.loss !== null ? null : "none").attr("cx", chart.x(params.bits)).attr("cy", chart.y(rounded.loss ?? 1));
    blindNote.attr("y", chart.y(blind) - 4);
    fullNote.attr("display", full.loss !== null ? null : "none").attr("y", chart.y(full.loss ?? 1) + 12);
    const same = sameTokens(frame);
    texts([
      [{ text: "unrounded ", className: "gb-term c-path" }, { text: `loss ${lossText(full.loss)}` }],
      ...textLines(frame.prompt, full, null, room),
      [],
      [{ text: `${bitsWord(params.bits)} `, className: "gb-term c-loss" },
        { text: `loss ${lossText(rounded.loss)}, perplexity × ${factor(frame)}` }],
      ...textLines(frame.prompt, rounded, same, room),
    ]);
    foot(wrap(modelLine(frame, params), narrow ? 54 : 112).map((text) => [{ text }]));
  };
}

/** The prompt and its continuation in lines; from the token at which it leaves the other text, it is marked. */
function textLines(prompt: string, measured: Measured, same: number | null, room: number): Span[][] {
  if (!measured.tokens) return [[{ text: "…" }]];
  const characters = [...charactersOf(prompt, false),
    ...measured.tokens.flatMap((token, i) => charactersOf(token, same !== null && i >= same))];
  return breakMarked(characters, room).slice(0, 6).map((line) => spansOf(line, "gb-differs"));
}
