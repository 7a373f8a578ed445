import type { DissectFloatFrame } from "../../../engine/tasks/dissectFloat.ts";
import type { FloatFormatName } from "../../../engine/quantize/floatFormats.ts";
import { lineChart } from "../../charts/lineChart.ts";
import { numberLine } from "../../charts/numberLine.ts";
import { paragraph, wrap } from "../../charts/paragraph.ts";
import { type Group, plot, root } from "../../charts/plot.ts";
import { keepFocus, roving } from "../../charts/roving.ts";
import type { Stage } from "../../widget/stage.ts";
import { FORMATS, formulaText, numberText, offText, partOf, storedText } from "./reading.ts";

interface Params {
  readonly value: string;
  readonly format: FloatFormatName;
}

const layouts = {
  wide: { across: 32, bits: [8, 34], formula: 92, room: 100, line: 132, lineWidth: 704, chart: [48, 292], chartWidth: 330, chartHeight: 130, table: [424, 276] },
  narrow: { across: 16, bits: [8, 34], formula: 122, room: 52, line: 176, lineWidth: 344, chart: [48, 338], chartWidth: 296, chartHeight: 130, table: [8, 544] },
} as const;
const CELL = 22, TALL = 30;

/** Bits that can be pressed, the numbers around the one they make, and how fine each format is at each size. */
export function drawDissector(stage: Stage<Params>): (frame: DissectFloatFrame, params: Params) => void {
  const { narrow } = stage;
  const layout = narrow ? layouts.narrow : layouts.wide;
  const svg = root(stage.svg) as unknown as Group;
  let frame: DissectFloatFrame | null = null;
  const heads = svg.append("g").attr("transform", `translate(${layout.bits[0]},${layout.bits[1] - 10})`);
  const cells = svg.append("g").attr("transform", `translate(${layout.bits.join()})`).attr("role", "group").attr("aria-label", "Bits, to be switched");
  const walk = roving((i) => stage.set({ value: String(frame!.flipped[i]) }),
    (at, rows) => (frame!.bits.length > layout.across ? at + rows * layout.across : at + rows));
  const formula = paragraph(svg.append("g").attr("transform", `translate(8,${layout.formula})`));
  const lineTitle = svg.append("text").attr("class", "gb-axis").attr("x", 8).attr("y", layout.line + 6);
  const line = numberLine(svg, { left: 8, top: layout.line + 14, width: layout.lineWidth, height: 46 });
  const chart = plot(svg, {
    left: layout.chart[0], top: layout.chart[1], width: layout.chartWidth, height: layout.chartHeight, clipId: stage.id("fineness"),
    labelX: "size of the number, power of ten", labelY: "bits of precision at that size", ticksX: 7, ticksY: 5,
  });
  chart.domain([-46, 40], [0, 26]);
  const lines = lineChart(chart);
  const here = chart.body.append("line").attr("class", "gb-hair").attr("y2", chart.height);
  const names = chart.front.append("g");
  const table = svg.append("g").attr("transform", `translate(${layout.table.join()})`);
  for (const [x, text] of [[0, "format"], [120, "stores"], [214, "off by"]] as const) {
    table.append("text").attr("class", "gb-axis").attr("x", x).text(text);
  }

  return (now, { format }) => {
    frame = now;
    const { bits, exponentBits, chosen, neighbours, value, fineness, all } = now;
    const firstOf = new Map<string, number>();
    bits.forEach((_, i) => {
      const { name } = partOf(i, exponentBits);
      if (!firstOf.has(name)) firstOf.set(name, i);
    });
    heads.selectAll("text").data([...firstOf]).join("text").attr("class", ([, i]) => `gb-letter ${partOf(i, exponentBits).role}`)
      .attr("x", ([, i]) => (i % layout.across) * CELL).attr("y", ([, i]) => Math.floor(i / layout.across) * (TALL + 4)).text(([name]) => (name === "sign" ? "±" : name));
    keepFocus(cells.node()!, () => {
      const marks = cells.selectAll<SVGGElement, number>("g").data(bits).join((enter) => {
        const cell = enter.append("g");
        cell.append("rect").attr("class", "gb-target gb-bit").attr("width", CELL - 2).attr("height", TALL).attr("rx", 3);
        cell.append("text").attr("class", "gb-token").attr("text-anchor", "middle").attr("x", CELL / 2 - 1).attr("y", TALL / 2 + 4);
        return cell;
      });
      marks.attr("transform", (_, i) => `translate(${(i % layout.across) * CELL},${Math.floor(i / layout.across) * (TALL + 4)})`)
        .attr("class", (bit, i) => `gb-bit-cell ${partOf(i, exponentBits).role}${bit ? " gb-one" : ""}`)
        .attr("aria-label", (bit, i) => `${partOf(i, exponentBits).name} bit ${i === 0 ? "" : i <= exponentBits ? i : i - exponentBits}, ${bit}; `
          + `switched it would be ${numberText(now.flipped[i]!)}`);
      marks.select("text").text(String);
      walk(marks.nodes());
    });
    formula(wrap(formulaText(now), layout.room).map((text) => [{ text }]));
    lineTitle.text(Number.isFinite(chosen.stored) ? `the numbers next to it in ${FORMATS[format]}, ${numberText(chosen.spacing)} apart`
      : `the last numbers of ${FORMATS[format]}, ${numberText(chosen.spacing)} apart`);
    const [first = 0] = neighbours, last = neighbours.at(-1) ?? 1;
    const held = (one: number): number => Math.max(first, Math.min(last, Number.isNaN(one) ? last : one));
    line({ low: first, high: last, rungs: neighbours, counts: [], values: [], moved: { from: held(value), to: held(chosen.stored) } });
    lines(fineness.map(({ format: name, points }) => ({
      name, className: name === format ? "c-loss" : "c-curve gb-thin", points: points.map(([power, share]) => [power * Math.log10(2), -Math.log2(share)] as const),
    })));
    const size = Math.log10(Math.abs(value));
    const across = Number.isFinite(size) ? chart.x(size) : 0;
    here.attr("display", Number.isFinite(size) ? null : "none").attr("x1", across).attr("x2", across);
    names.selectAll("text").data(fineness).join("text").attr("class", ({ format: name }) => (name === format ? "gb-small gb-term gb-halo" : "gb-small gb-halo"))
      .attr("text-anchor", ({ points }) => (points.at(-1)![0] > 100 ? "end" : "start"))
      .attr("x", ({ points }) => (points.at(-1)![0] > 100 ? chart.width : chart.x(points.at(-1)![0] * Math.log10(2)) + 4))
      .attr("y", ({ points, format: name }) => chart.y(-Math.log2(points.at(-1)![1])) + (points.at(-1)![0] > 100 ? -5 : name === "e5m2" ? 8 : 2)).text(({ format: name }) => FORMATS[name]);
    table.selectAll("g").data(all).join((enter) => {
      const row = enter.append("g");
      for (const x of [0, 120, 214]) row.append("text").attr("x", x);
      return row;
    }).attr("transform", (_, i) => `translate(0,${24 + i * 24})`).attr("class", (one) => (one.format === format ? "gb-marked" : null))
      .selectAll("text").data((one) => [FORMATS[one.format], storedText(one), offText(value, one)]).text((text) => text);
  };
}
