import type { ForcedToken, GrammarMaskFrame } from "../../../engine/tasks/grammarMask.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** A share as the rows of the figure print it. */
export const percent = (share: number): string => (share > 0 && share < 0.0005 ? "< 0.1 %"
  : `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`);

/** A share in words, however small: "62 %", "1 in 8,700,000". */
export const shareText = (share: number): string =>
  share > 0 && share < 0.0005 ? `1 in ${Number((1 / share).toPrecision(2)).toLocaleString("en-US")}` : percent(share);

export const losses = ({ forcedLoss, freeLoss, ruled }: GrammarMaskFrame): string =>
  forcedLoss === null || freeLoss === null ? ""
    : `${forcedLoss.toFixed(2)} nats a token${ruled ? ` under the rule, ${freeLoss.toFixed(2)} without` : ""}`;

/** Whether the rule is kept, in words. */
export function verdict({ whole, parses, fault, tokens, ruled }: GrammarMaskFrame): string {
  if (fault !== null) return `The pattern cannot be read: ${fault}. Nothing is forbidden.`;
  if (!ruled) return whole ? "Nothing is forbidden, and the model ended the text."
    : "Nothing is forbidden; the text was cut off by the number of tokens.";
  if (!whole) return tokens.length === 0 ? "Nothing could be written."
    : "Cut off by the number of tokens: what stands there obeys so far, and is not whole.";
  return parses === null ? "Whole, and as the rule wants it." : `Whole, and JSON.parse ${parses ? "reads" : "cannot read"} it.`;
}

export const spoken = ({ piece, mass, surprise, allowed }: ForcedToken, vocabSize: number): string =>
  `${piece}: ${allowed} of ${vocabSize} tokens allowed, to which it gave ${shareText(mass)}; surprise ${surprise.toFixed(2)} nats`;

/** The picture as one sentence and as a table with the same numbers. */
export function describe(frame: GrammarMaskFrame): Description {
  const { tokens, at, choices, vocabSize, forced } = frame;
  const now = tokens[at - 1];
  const given = now ? `${now.allowed} of ${vocabSize} tokens were allowed; the model had given them ${shareText(now.mass)} of its belief.`
    : "";
  const step = now ? ` At step ${at}, ‘${now.piece}’, ${given}` : "";
  const overruled = tokens.filter((one) => one.overruled).length;
  const written = tokens.length === 0 ? "Nothing is written."
    : `Written: “${forced.trim()}”. ${verdict(frame)} The model’s first choice was forbidden at ${overruled} of ${tokens.length} steps.`;
  return {
    sentence: `${written}${step}${losses(frame) === "" ? "" : ` Loss: ${losses(frame)}.`}`,
    table: {
      columns: ["what", "token", "the model", "under the rule", "allowed"],
      rows: [
        ...tokens.map((one, i) => [`step ${i + 1}`, one.piece, `surprise ${one.surprise.toFixed(2)} nats`,
          `${shareText(one.mass)} was allowed`, one.allowed]),
        ...choices.map(({ piece, before, after }, i) => [`choice ${i + 1} at step ${at}`, piece, percent(before), after === null
          ? "forbidden" : percent(after), after === null ? "no" : "yes"]),
      ],
    },
  };
}
