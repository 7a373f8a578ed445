import type { LayerSensitivityFrame } from "../../../engine/tasks/layerSensitivity.ts";
import { bars } from "../../charts/bars.ts";
import { paragraph, type Span, wrap } from "../../charts/paragraph.ts";
import { type Group, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { budgetText, labelOf, lossText, megabytes, type Params as Settings, riseOf, riseText, sumOfRises } from "./reading.ts";

interface Params extends Settings {
  readonly kept: readonly number[];
}

const layouts = {
  wide: { bars: [8, 44], barsWidth: 420, row: 22, right: 460, top: 44, scale: 244, room: 42 },
  narrow: { bars: [4, 44], barsWidth: 352, row: 22, right: 8, top: 492, scale: 336, room: 52 },
} as const;

/** Left: what each matrix costs alone. Right: the recipe, its bytes against the budget, and its loss. */
export function drawSensitivity(stage: Stage<Params>): (frame: LayerSensitivityFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  let frame: LayerSensitivityFrame | null = null;
  let params: Params | null = null;
  let full = 1;
  svg.append("text").attr("class", "gb-axis").attr("x", layout.bars[0]).attr("y", 14).text("rise of the loss when this matrix alone is rounded");
  const note = svg.append("text").attr("class", "gb-small").attr("x", layout.bars[0]).attr("y", 30);
  const show = bars(svg.append("g").attr("class", "c-loss") as Group, {
    left: layout.bars[0], top: layout.bars[1], width: layout.barsWidth, labelWidth: 166, rowHeight: layout.row, max: 1, label: "Matrices",
    format: (share) => riseText(share * full),
    activate: (i) => {
      const kept = [...params!.kept];
      kept[i] = 1 - (kept[i] ?? 0);
      stage.set({ kept });
    },
  });
  const right = svg.append("g").attr("transform", `translate(${layout.right},${layout.top})`);
  right.append("text").attr("class", "gb-axis").attr("y", -12).text("the whole model by this recipe");
  const gauge = right.append("g").attr("transform", "translate(0,8)");
  gauge.append("rect").attr("class", "gb-map-frame").attr("width", layout.scale).attr("height", 18);
  const used = gauge.append("rect").attr("class", "gb-bar-mark").attr("height", 18);
  const limit = gauge.append("path").attr("class", "gb-line");
  const limitText = gauge.append("text").attr("class", "gb-small").attr("y", 38).attr("text-anchor", "middle");
  const facts = paragraph(right.append("g").attr("transform", "translate(0,66)"), { lineHeight: 18 });

  return (now, values) => {
    frame = now;
    params = values;
    const { matrices, recipe, allLow, allHigh } = now;
    full = Math.max(0.05, ...matrices.map((one) => riseOf(frame!, one) || 0));
    note.text("nats a token; press one to keep it in 8 bits (marked 8)");
    show(matrices.map((one) => ({
      label: `${one.kept ? "8 · " : ""}${labelOf(one)}`, value: riseOf(now, one) / full, marked: one.kept,
      action: one.kept ? `round ${labelOf(one)} to ${values.bits} bits again` : `keep ${labelOf(one)} in 8 bits`,
    })));
    const scale = (bytes: number): number => Math.max(0, Math.min(layout.scale, (bytes / Math.max(1.05e6, allHigh.bytes)) * layout.scale));
    const over = recipe.bytes > values.budget * 1e6;
    used.attr("width", scale(recipe.bytes)).attr("class", `gb-bar-mark ${over ? "c-loss" : "c-train"}`);
    limit.attr("d", `M${scale(values.budget * 1e6)},-5v28`);
    limitText.attr("x", Math.max(30, Math.min(layout.scale - 30, scale(values.budget * 1e6)))).text(`budget ${values.budget.toFixed(2)} MB`);
    const { known, sum } = sumOfRises(now);
    const lines: Span[][] = [
      [{ text: megabytes(recipe.bytes), className: "gb-term" }],
      [{ text: budgetText(now, values) }],
      [{ text: `loss ${lossText(recipe.loss)}`, className: "gb-term c-loss" }, { text: `, unrounded ${lossText(now.full)}` }],
      [],
      [{ text: `all in ${values.bits} bits: ${megabytes(allLow.bytes)}, loss ${lossText(allLow.loss)}` }],
      [{ text: `all in 8 bits: ${megabytes(allHigh.bytes)}, loss ${lossText(allHigh.loss)}` }],
      [],
      ...wrap(known < matrices.length ? `${known} of ${matrices.length} matrices measured` : `All bars together make ${riseText(sum)}. All matrices at once cost `
        + `${now.full === null || allLow.loss === null ? "…" : riseText(allLow.loss - now.full)}.`, layout.room).map((text) => [{ text }]),
    ];
    facts(lines);
  };
}
