import { lanes } from "../../../engine/tasks/lanes.ts";
import type { Continuation, SampleBenchFrame } from "../../../engine/tasks/sampleBench.ts";
import type { Description } from "../../widget/defineWidget.ts";

/** A share as the figure prints it. */
export const percent = (share: number): string => (share > 0 && share < 0.0005 ? "< 0.1 %"
  : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`);

/** The share of a continuation's tokens that repeat what it had said. */
export const repeatedShare = ({ repeated }: Continuation): number => repeated.filter(Boolean).length / Math.max(1, repeated.length);

export const surpriseText = ({ surprise }: Continuation): string => (surprise === null ? "nothing" : `${surprise.toFixed(2)} nats a token`);

/** What the knobs leave of the distribution. */
export function keptText({ kept, keptMass, vocabSize, entropyBefore, entropyAfter }: SampleBenchFrame): string {
  const rest = kept === vocabSize ? `All ${vocabSize} tokens can be drawn`
    : `${kept} of ${vocabSize} tokens can be drawn; the model gave them ${percent(keptMass)}`;
  return `${rest}. Entropy ${entropyBefore.toFixed(2)} nats before, ${entropyAfter.toFixed(2)} after.`;
}

/** How many of the continuations differ. */
export const different = ({ continuations }: SampleBenchFrame): number => new Set(continuations.map(({ tokens }) => tokens.join(""))).size;

export function meanRepeated({ continuations }: SampleBenchFrame): number {
  return continuations.reduce((sum, one) => sum + repeatedShare(one), 0) / Math.max(1, continuations.length);
}

export function meanSurprise({ continuations }: SampleBenchFrame): number {
  return continuations.reduce((sum, { surprise }) => sum + (surprise ?? 0), 0) / Math.max(1, continuations.length);
}

/** The picture as one sentence and as a table with the same numbers. */
export function describe(frame: SampleBenchFrame): Description {
  const { choices, continuations, writing, clipped } = frame;
  const [first] = choices;
  const outcome = first?.after == null ? "cut" : percent(first.after);
  const best = first
    ? `The likeliest next token is ‘${first.piece}’, ${percent(first.before)} for the model and ${outcome} after the knobs. ` : "";
  const habits = `they repeat ${percent(meanRepeated(frame))} of their tokens, at ${meanSurprise(frame).toFixed(2)} nats a token`;
  const texts = writing ? `${continuations.length} of ${lanes} continuations are being written`
    : `Of ${continuations.length} continuations ${different(frame)} differ; ${habits}`;
  return {
    sentence: `${best}${keptText(frame)} ${texts}${clipped ? "; of a longer text only the end is read" : ""}.`,
    table: {
      columns: ["what", "text", "the model", "after the knobs"],
      rows: [
        ...choices.map(({ piece, before, after }, i) => [`next token ${i + 1}`, piece, percent(before), after === null ? "cut"
          : percent(after)]),
        ...continuations.map((one, i) => [`continuation ${i + 1}`, `${one.tokens.join("")}${one.ended ? " ¶" : ""}`, surpriseText(one),
          `${percent(repeatedShare(one))} repeated`]),
      ],
    },
  };
}
