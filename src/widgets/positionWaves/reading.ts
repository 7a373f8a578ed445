import type { PositionScheme, PositionWavesFrame } from "../../../engine/tasks/positionWaves.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

export const SCHEMES = { sinusoid: "sinusoids", learned: "learned", rope: "RoPE", alibi: "ALiBi" } as const satisfies Record<PositionScheme, string>;
export const WIDTHS = { "4": "4", "8": "8", "16": "16", "32": "32" } as const;

export interface Params {
  readonly scheme: PositionScheme;
  readonly width: keyof typeof WIDTHS;
  readonly position: number;
}

const digits = (value: number): string => value.toFixed(3).replace("-", "−");

/** What one cell holds, with the formula that made it. */
export function cellText({ table, positions, periods, step }: PositionWavesFrame, { scheme }: Params, row: number, q: number): string {
  const value = digits(table[row * positions + q]!);
  const period = periods[row];
  if (scheme === "alibi") return `head ${row}, key at ${q}: ${value} is added to the score`;
  if (period == null) return `row ${row}, position ${q}: ${value}, after ${step} steps of training`;
  const isCosine = scheme === "sinusoid" ? row % 2 === 1 : row < periods.length / 2;
  return `row ${row}, position ${q}: ${isCosine ? "cos" : "sin"}(${q} · ${formatNumber((2 * Math.PI) / period, 3)}) = ${value}; repeats after ${formatNumber(period, 3)} positions`;
}

/** What stands above the curve. */
export function curveTitle({ at }: PositionWavesFrame, { scheme }: Params): string {
  return scheme === "alibi" ? `added to the scores of a query at ${at}, one line a head` : `how alike: dot product of column ${at} with every column`;
}

/** The picture as one sentence and as a table. */
export function describe(frame: PositionWavesFrame, params: Params): Description {
  const { rows, positions, table, curves, at, step } = frame;
  const name = SCHEMES[params.scheme];
  const first = curves[0]!;
  const said = params.scheme === "alibi"
    ? `ALiBi, a query at ${at}: the steepest head takes ${digits(Math.abs(curves[0]![Math.max(0, at - 1)]! - curves[0]![at]!))} off for each place of distance.`
    : `${name[0]!.toUpperCase()}${name.slice(1)}${step === null ? "" : ` after ${step} steps of training`}, ${rows} numbers for each of ${positions} positions: `
      + `column ${at} has a dot product of ${digits(first[at]!)} with itself and ${digits(first[at === positions - 1 ? at - 1 : at + 1]!)} with its neighbour.`;
  return {
    sentence: said,
    table: {
      columns: ["row", ...Array.from({ length: positions }, (_, q) => `position ${q}`)],
      rows: [
        ...Array.from({ length: rows }, (_, row) => [`row ${row}`, ...table.slice(row * positions, (row + 1) * positions).map(digits)]),
        ...(params.scheme === "alibi" ? [] : [[`dot product with column ${at}`, ...first.map(digits)]]),
      ],
    },
  };
}
