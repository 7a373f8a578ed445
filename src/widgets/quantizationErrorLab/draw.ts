import type { QuantizationLabFrame } from "../../../engine/tasks/quantizationLab.ts";
import { divergingLegend, divergingMap } from "../../charts/divergingMap.ts";
import { histogram } from "../../charts/histogram.ts";
import { numberLine } from "../../charts/numberLine.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { formatNumber, type Group, pointerPosition, root } from "../../charts/plot.ts";
import type { Stage } from "../../widget/stage.ts";
import { drawModel } from "./model.ts";
import { errorLines, lineTitle, type Params as Settings, percent, pickedText } from "./reading.ts";

interface Params extends Settings {
  readonly row: number;
  readonly column: number;
}

const layouts = {
  wide: { line: [8, 24], lineWidth: 704, lineHeight: 72, picked: [8, 148], room: 108, map: [8, 196], mapWidth: 400, mapHeight: 200,
    bars: [448, 212], barsWidth: 264, barsHeight: 76, facts: [448, 332], factsRoom: 42, model: [0, 464] },
  narrow: { line: [8, 38], lineWidth: 344, lineHeight: 72, picked: [8, 164], room: 50, map: [8, 232], mapWidth: 344, mapHeight: 176,
    bars: [8, 492], barsWidth: 344, barsHeight: 60, facts: [8, 590], factsRoom: 54, model: [0, 692] },
} as const;
/** The fullest colour is an error of half a typical weight: the same at every number of bits, so that maps can be compared. */
const FULL = 0.5;
const at = ([x, y]: readonly [number, number]): string => `translate(${x},${y})`;

/** Above: weights on their line, and the errors of a matrix. Below: what the model makes of it. */
export function drawLab(stage: Stage<Params>): (frame: QuantizationLabFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  let frame: QuantizationLabFrame | null = null;
  let params: Params | null = null;

  const title = paragraph(svg.append("g").attr("transform", at([layout.line[0], 14])), { lineHeight: 15 });
  const line = numberLine(svg, { left: layout.line[0], top: layout.line[1], width: layout.lineWidth, height: layout.lineHeight });
  const picked = paragraph(svg.append("g").attr("transform", at(layout.picked)), { lineHeight: 17 });

  const [mapLeft, mapTop] = layout.map;
  const mapTitle = svg.append("text").attr("class", "gb-axis").attr("x", mapLeft).attr("y", mapTop - 10);
  const cellText = (row: number, column: number): string => {
    const { window } = frame!;
    const i = row * window.columns + column;
    return `row ${row}, column ${column}: weight ${formatNumber(window.weights[i]!)}, error ${formatNumber(window.errors[i]!, 3)}`
      + `${window.clipped[i] ? ", clipped" : ""}`;
  };
  const map = divergingMap(svg, {
    left: mapLeft, top: mapTop, width: layout.mapWidth, height: layout.mapHeight, largestCell: 22, cursorId: stage.id("weight"),
    label: "Error of each weight", position: (event) => pointerPosition(stage.svg, event, stage), speak: cellText,
    activate: ([row, column]) => stage.set({ row, column }),
    first: () => [frame!.picked.row, frame!.picked.column],
  });
  const spot = svg.append("rect").attr("class", "gb-chosen");
  const legend = divergingLegend(svg, { x: mapLeft, y: mapTop + layout.mapHeight + 12, width: narrow ? 156 : 240 });
  const legendNote = svg.append("text").attr("class", "gb-small").attr("x", mapLeft + (narrow ? 176 : 252)).attr("y", mapTop + layout.mapHeight + 20);

  svg.append("text").attr("class", "gb-axis").attr("x", layout.bars[0]).attr("y", layout.bars[1] - 26).text("how large the errors are");
  const barsNote = svg.append("text").attr("class", "gb-small").attr("x", layout.bars[0]).attr("y", layout.bars[1] - 11);
  const bars = histogram(svg, { left: layout.bars[0], top: layout.bars[1], width: layout.barsWidth, height: layout.barsHeight, role: "c-loss" });
  const facts = paragraph(svg.append("g").attr("transform", at(layout.facts)), { lineHeight: 16, className: "gb-fine" });
  const model = drawModel(stage, svg.append("g").attr("transform", at(layout.model)) as Group);

  return (now, values) => {
    frame = now;
    params = values;
    const { block, window, typical, errors, error } = now;
    title(wrap(lineTitle(now), layout.room - 3).slice(0, 2).map((text) => [{ text, className: "gb-term" }]));
    line({ low: block.weights.low, high: block.weights.high, rungs: block.rungs, counts: block.weights.counts, values: block.values,
      moved: { from: now.picked.weight, to: now.picked.restored } });
    picked(wrap(pickedText(now, values), layout.room).map((text) => [{ text }]));

    const full = FULL * typical || 1;
    mapTitle.text(now.name === null ? "error of each number" : `error of each weight: ${window.rows} × ${window.columns} of ${now.rows} × ${now.columns}`);
    map({ rows: window.rows, columns: window.columns, values: window.errors,
      marked: (row, column) => window.clipped[row * window.columns + column] === 1 }, full);
    const side = Math.min(22, layout.mapWidth / window.columns, layout.mapHeight / window.rows);
    spot.attr("x", mapLeft + now.picked.column * side - 2).attr("y", mapTop + now.picked.row * side - 2).attr("width", side + 4).attr("height", side + 4);
    legend(`−${formatNumber(full, 2)}`, `+${formatNumber(full, 2)}`);
    legendNote.text("press a weight to see it move");
    barsNote.text(error.max === 0 ? "none: every weight stands on a rung" : `all of ${now.name === null ? "them" : "the matrix"}; at most ${percent(error.max / (typical || 1))} of a typical weight`);
    bars(error.max === 0 ? [] : errors.counts, error.max === 0 ? [] : [
      { at: 0, text: `−${formatNumber(error.max, 2)}` }, { at: 0.5, text: "0" }, { at: 1, text: formatNumber(error.max, 2) },
    ]);
    facts(errorLines(now).flatMap((text) => wrap(text, layout.factsRoom)).map((text) => [{ text }]));
    model(now, params);
  };
}
