import { DILATION, type MaskName, PREFIX, WINDOW } from "../../../engine/tasks/attentionMasks.ts";
import type { MaskLabFrame, MaskRun } from "../../../engine/tasks/maskLab.ts";
import type { Cell } from "../../charts/cellCursor.ts";
import { cellText } from "../../charts/numberGrid.ts";
import { formatNumber } from "../../charts/plot.ts";
import type { Description } from "../../widget/defineWidget.ts";

export const PRESETS = {
  causal: "causal", full: "full: none", prefix: `prefix of ${PREFIX}`, window: `window of ${WINDOW}`, dilated: `dilated by ${DILATION}`,
    block: "two blocks",
  own: "your own",
} as const satisfies Record<MaskName, string>;

export const isVisible = ({ mask, tokens }: MaskLabFrame, [row, column]: Cell): boolean => mask[row * tokens + column] === 1;
/** Columns that a row may see. */
export const seen = (frame: MaskLabFrame, row: number): number[] =>
  Array.from({ length: frame.tokens }, (_, column) => column).filter((column) => isVisible(frame, [row, column]));

/** Training loss over the last ten steps. */
export function lossNow(run: MaskRun | null): string {
  const last = run?.losses.slice(-10) ?? [];
  return last.length === 0 ? "–" : (last.reduce((sum, loss) => sum + loss, 0) / last.length).toFixed(2);
}

export function leakCount({ leaks }: MaskLabFrame): string {
  return `${leaks.filter(Boolean).length} of ${leaks.length}`;
}

/** What the mask means for learning to predict. */
export function leakText(frame: MaskLabFrame): string {
  const count = frame.leaks.filter(Boolean).length;
  if (count === 0) return "No position can see the token that it has to predict.";
  const places = frame.leaks.flatMap((leak, i) => (leak ? [i] : [])).join(", ");
  return count === 1 ? `Position ${places} can see the token that it has to predict.`
    : `${leakCount(frame)} positions can see the token that they have to predict: ${places}.`;
}

/** A cell's way from score to share in numbers. */
export function writtenOut(frame: MaskLabFrame, [row, column]: Cell): string {
  const { scores, pattern, tokens } = frame;
  const score = scores[row * tokens + column]!;
  const place = `query ${row}, key ${column}: `;
  if (!isVisible(frame, [row, column])) return `${place}hidden. −∞ takes the place of ${cellText(score)}, and e^−∞ = 0.`;
  const sum = seen(frame, row).reduce((total, key) => total + Math.exp(scores[row * tokens + key]!), 0);
  return `${place}e^${cellText(score)} ÷ row’s sum = ${formatNumber(Math.exp(score), 3)} ÷ ${formatNumber(sum, 4)} = `
    + cellText(pattern[row * tokens + column]!);
}

export type Panel = "scores" | "masked" | "pattern";

export function spokenCell(frame: MaskLabFrame, panel: Panel, [row, column]: Cell): string {
  const index = row * frame.tokens + column;
  const name = `query ${row} to key ${column}`;
  if (panel === "scores") return `${name}, score ${cellText(frame.scores[index]!)}`;
  if (!isVisible(frame, [row, column])) return `${name}, masked`;
  return panel === "masked" ? `${name}, visible, score ${cellText(frame.scores[index]!)}` : `${name}, ${cellText(frame.pattern[index]!)}`;
}

const oneRow = (frame: MaskLabFrame, row: number): string =>
  seen(frame, row).map((key) => `${key} with ${cellText(frame.pattern[row * frame.tokens + key]!)}`).join(", ") || "nothing";

/** The masks and what came of them in one sentence; a row a query, and a row for each look at the trainings. */
export function describe(frame: MaskLabFrame, { preset }: { readonly preset: MaskName }): Description {
  const { tokens, mask, pattern, step, yours, causal } = frame;
  const visible = mask.reduce((sum, bit) => sum + bit, 0);
  const last = tokens - 1;
  const trained = step === null || !yours || !causal || step === 0 ? ""
    : ` After ${step} steps its training loss is ${lossNow(yours)} nats, and ${yours.writing.at(-1)!.loss.toFixed(2)} when it writes;`
      + ` with the causal mask ${lossNow(causal)} and ${causal.writing.at(-1)!.loss.toFixed(2)}.`;
  return {
    sentence: `Mask “${PRESETS[preset]}”: ${visible} of ${tokens * tokens} cells are visible; row ${last} looks at`
      + ` ${oneRow(frame, last)}. ${leakText(frame)}${trained}`,
    table: {
      columns: ["query \\ key", ...Array.from({ length: tokens }, (_, key) => String(key))],
      rows: Array.from({ length: tokens }, (_, row) => [
        String(row), ...Array.from({ length: tokens },
          (_, key) => (isVisible(frame, [row, key]) ? pattern[row * tokens + key]!.toFixed(4) : "masked")),
      ]),
    },
  };
}
