import { attentionParameters, type HeadRule, headWidthOf } from "../../../engine/tasks/headWidths.ts";
import type { SplitHeadsFrame } from "../../../engine/tasks/splitHeads.ts";
import type { Description } from "../../widget/defineWidget.ts";

export const COUNTS = [1, 2, 4, 8] as const;
export const grouped = (value: number): string => value.toLocaleString("en-US");

/** Weights for each number of heads, by one rule. */
export const countsOf = (rule: HeadRule, dModel: number): readonly (readonly [heads: number, parameters: number])[] =>
  COUNTS.map((heads) => [heads, attentionParameters(dModel, heads, headWidthOf(rule, dModel, heads))]);

export const columnsOf = ({ dHead }: SplitHeadsFrame, head: number): string =>
  dHead === 1 ? `column ${head}` : `columns ${head * dHead} to ${(head + 1) * dHead - 1}`;

/** The last token's row of one head. */
export function lastRow({ patterns, tokens }: SplitHeadsFrame, head: number): number[] {
  const from = (head * tokens + tokens - 1) * tokens;
  return patterns.slice(from, from + tokens);
}

export function countLine({ dModel, heads, dHead, parameters }: SplitHeadsFrame): string {
  return `4 matrices of ${dModel} × ${heads * dHead}: ${grouped(parameters)} weights`;
}

export function describe(frame: SplitHeadsFrame, { rule }: { readonly rule: HeadRule }): Description {
  const { heads, dHead, dModel } = frame;
  const each = heads === 1 ? `One head of ${dHead} columns` : `${heads} heads of ${dHead} column${dHead === 1 ? "" : "s"} each`;
  const other = rule === "split" ? "the same for any number of heads" : "a number that grows with the heads";
  return {
    sentence: `${each} at width ${dModel}: ${countLine(frame)}, ${other}.`,
    table: {
      columns: ["head", "its columns of Q, K and V", "last token to 0", "to 1", "to 2", "to itself"],
      rows: Array.from({ length: heads }, (_, head) =>
        [String(head), columnsOf(frame, head), ...lastRow(frame, head).map((share) => share.toFixed(3))]),
    },
  };
}
