import type { TrainSkipGramFrame, TrainSkipGramParams } from "../../../engine/tasks/trainSkipGram.ts";
import type { Description } from "../../widget/defineWidget.ts";

export const TEXTS = { stories: "600 stories", few: "15 stories", book: "Moby-Dick" } as const satisfies Record<TrainSkipGramParams["text"], string>;

export const cosineText = (cosine: number): string => cosine.toFixed(2).replace("-", "−");

/** The nearest word that was not itself given, as analogy tests count it. */
export function answerOf({ analogy }: TrainSkipGramFrame): string {
  return analogy?.found.find(({ word }) => !analogy.given.includes(word))?.word ?? "none";
}

/** The picture as one sentence and as a table. */
export function describe(frame: TrainSkipGramFrame, { word, text }: { readonly word: string; readonly text: TrainSkipGramParams["text"] }): Description {
  const { step, loss, neighbours, analogy, places, words, counts } = frame;
  const near = neighbours.slice(0, 3).map((one) => `${one.word} ${cosineText(one.cosine)}`).join(", ");
  const name = TEXTS[text];
  return {
    sentence: `Step ${step} on ${name}${loss === null ? "" : `, loss ${loss.toFixed(3)}`}: ${near ? `nearest to ${word} are ${near}` : `“${word}” is not among the ${words.length} words`}`
      + `${analogy ? `; ${analogy.given[0]} is to ${analogy.given[1]} as ${analogy.given[2]} is to ${answerOf(frame)}` : ""}.`,
    table: {
      columns: ["word", "group, or count", "x, or cosine", "y"],
      rows: [
        ...neighbours.map((one) => [`near ${word}: ${one.word}`, counts[words.indexOf(one.word)]!, cosineText(one.cosine), ""]),
        ...(analogy?.found ?? []).map((one) => [`analogy: ${one.word}`, counts[words.indexOf(one.word)]!, cosineText(one.cosine), ""]),
        ...places.map((one) => [one.word, one.group, cosineText(one.x), cosineText(one.y)]),
      ],
    },
  };
}
