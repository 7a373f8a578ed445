import type { QuantizationLabFrame } from "../../../engine/tasks/quantizationLab.ts";
import { type ScaleSharing, scaleSharing } from "../../../engine/tasks/scaleSharing.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

export const MATRICES = {
  qkv: "attention: queries, keys, values", out: "attention: out", up: "MLP: in", down: "MLP: out", embedding: "embedding",
} as const;

/** The settings that a reading needs. */
export interface Params {
  readonly bits: number;
  readonly scales: ScaleSharing;
  readonly codes: "symmetric" | "asymmetric";
  readonly outlier: number;
  readonly embedding: boolean;
}

export const percent = (share: number): string => (share === 0 ? "0 %" : share < 0.0005 ? "< 0.1 %"
  : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`);
export const lossText = (loss: number | null | undefined): string => loss?.toFixed(3) ?? "…";
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
export const bitsWord = (bits: number): string => `${bits} ${bits === 1 ? "bit" : "bits"}`;
export const sqnrText = ({ sqnr }: { readonly sqnr: number }): string => (Number.isFinite(sqnr) ? `${sqnr.toFixed(1)} dB` : "no noise at all");

/** How many times as perplexed the rounded model is. */
export function factor({ full, rounded }: QuantizationLabFrame): string {
  if (full.loss === null || rounded.loss === null) return "…";
  const times = Math.exp(rounded.loss - full.loss);
  return times > 1000 ? `${formatNumber(Number(times.toPrecision(2)))}` : times.toFixed(times < 10 ? 3 : 0);
}

/** What a matrix is called on the page. */
export const nameOf = (name: string | null): string => (name === null ? "your numbers" : name.replace(/\.weight$/, ""));

/** How many tokens the two texts have in common before they part. */
export function sameTokens({ full, rounded }: QuantizationLabFrame): number | null {
  if (!full.tokens || !rounded.tokens) return null;
  const apart = rounded.tokens.findIndex((token, i) => token !== full.tokens![i]);
  return apart < 0 ? rounded.tokens.length : apart;
}

/** From the weight that is looked at to its code, and back. */
export function pickedText({ picked, block, name }: QuantizationLabFrame, { bits, codes }: Params): string {
  const { row, column, weight, code, restored } = picked;
  const place = name === null ? `number ${column + 1}` : `row ${row}, column ${column}`;
  const back = `${formatNumber(restored)}, off by ${formatNumber(restored - weight, 2)}`;
  if (block.scale === 0) return `${place}: all its neighbours are 0, and so it stays.`;
  if (bits === 1 && codes === "symmetric") return `${place}: ${formatNumber(weight)} is ${code < 0 ? "negative" : "not negative"}, code ${formatNumber(code)} → ${back}`;
  const shift = block.zero === null ? "" : ` + ${block.zero}`;
  return `${place}: ${formatNumber(weight)} ÷ ${formatNumber(block.scale)}${shift} = ${formatNumber(weight / block.scale + (block.zero ?? 0), 3)}`
    + ` → code ${formatNumber(code)} → ${back}`;
}

/** Which numbers stand on the line, and on how many rungs. */
export function lineTitle({ block, name, scales }: QuantizationLabFrame): string {
  const which = name === null ? `your ${count(block.count)} numbers`
    : scales === 1 ? `${count(block.count)} weights of ${nameOf(name)}`
      : `${count(block.count)} of the weights of ${nameOf(name)}, which has ${count(scales)} scales`;
  return `${which}: ${block.rungs.length} rungs`;
}

/** The errors of the matrix in a few short lines. */
export function errorLines(frame: QuantizationLabFrame): string[] {
  const { error, block, clipped, bitsPerWeight, outlier, typical } = frame;
  return [
    `typical weight ${formatNumber(typical, 3)}; step here ${formatNumber(block.scale, 3)}`,
    `typical error ${percent(error.relative)} of that, signal over noise ${sqnrText(error)}`,
    ...(clipped > 0 ? [`clipped: ${count(clipped)} ${clipped === 1 ? "weight" : "weights"} (outlined)`] : []),
    ...(outlier ? ["the outlier itself is not counted here"] : []),
    `${Number(bitsPerWeight.toFixed(2))} bits a weight, scales included`,
  ];
}

/** The model's side in one line. */
export function modelLine(frame: QuantizationLabFrame, { outlier, embedding }: Params): string {
  const { tokens, bytes, fullBytes } = frame;
  return `${count(tokens)} unseen tokens${outlier > 0 ? "; the unrounded model has the outlier, too" : ""}; parameters ${megabytes(bytes)}`
    + ` of ${megabytes(fullBytes)}${embedding ? "" : " (embedding in 32 bits)"}`;
}

const count = (value: number): string => value.toLocaleString("en");

/** The picture as one sentence and as a table: the errors of the map first, then what the model lost. */
export function describe(frame: QuantizationLabFrame, params: Params): Description {
  const { window, error, full, rounded, byBits, name, bitsPerWeight } = frame;
  const { rows, columns, errors } = window;
  const model = full.loss !== null && rounded.loss !== null
    ? `The model’s loss on unseen stories is ${lossText(rounded.loss)} in ${bitsWord(params.bits)}, and ${lossText(full.loss)} unrounded; `
      + `the greedy texts share their first ${sameTokens(frame)} tokens`
    : "The model is being measured";
  const pad = (cells: readonly (string | number)[]): (string | number)[] => Array.from({ length: columns + 1 }, (_, i) => cells[i] ?? "");
  return {
    sentence: `${name === null ? "Your numbers" : `The matrix ${nameOf(name)}`} in ${bitsWord(params.bits)}, ${params.codes}, one scale for ${scaleSharing[params.scales]}: typical error `
      + `${percent(error.relative)}, ${sqnrText(error)}, ${Number(bitsPerWeight.toFixed(2))} bits a weight with scales. ${model}.`,
    table: {
      columns: ["error of", ...Array.from({ length: columns }, (_, i) => `column ${i}`)],
      rows: [
        ...Array.from({ length: rows }, (_, row) => [`row ${row}`,
          ...Array.from(errors.subarray(row * columns, (row + 1) * columns), (value) => formatNumber(value, 3))]),
        ...(columns > 1 ? [
          pad(["loss unrounded, and here", lossText(full.loss), lossText(rounded.loss)]),
          ...byBits.map((loss, i) => pad([`loss in ${bitsWord(i + 1)}`, lossText(loss)])),
        ] : []),
      ],
    },
  };
}
