import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawLookup } from "./embeddingLookup/draw.ts";
import { cosineText, describe, grouped } from "./embeddingLookup/reading.ts";

/** Token ids light rows of the embedding, and the rows become the matrix X. */
export const embeddingLookup = defineWidget({
  id: "embedding-lookup",
  title: "A row for each token",
  params: {
    text: { kind: "text", default: "the red fox had a red hat", label: "your text", maxLength: 200, live: true },
    model: { kind: "model", default: "shipped", label: "model" },
    chosen: { kind: "number", default: 1, min: 0, max: 9, step: 1, label: "token", live: true, hidden: true },
  },
  scenes: {
    twice: { title: "a word twice", params: { text: "the red fox had a red hat", chosen: 5 },
      watch: "Both copies of “red” light the same row of the table, so their rows of X are equal number by number." },
    names: { title: "a name", params: { text: "Lily and Ben met a bear", chosen: 0 },
      watch: "What stands next to a name? Nobody told the model which of its 1,024 tokens are names." },
    capital: { title: "start of a sentence", params: { text: "Then he went. then", chosen: 5 },
      watch: "“Then” and “then” are two tokens with two rows. That they mean the same had to be learned twice." },
    scraps: { title: "an unknown word", params: { text: "a xylophone", chosen: 2 },
      watch: "A word the model does not know falls into scraps, and a scrap has a row like any other token, hardly trained." },
  },
  task: tasks.embeddingLookup,
  uses: shippedModel,
  size: { wide: [720, 470], narrow: [360, 640] },
  start: "auto",
  draw: drawLookup,
  describe,
  readouts: {
    token: ({ pieces, chosen }) => pieces[chosen]!.replaceAll("▁", " ").trim(),
    id: ({ ids, chosen }) => String(ids[chosen]),
    shape: ({ ids, width }) => `${ids.length} × ${width}`,
    table: ({ vocabSize, width }) => `${grouped(vocabSize)} × ${width}`,
    copied: ({ copied }) => grouped(copied),
    multiplyAdds: ({ multiplyAdds }) => grouped(multiplyAdds),
    nearest: ({ nearest }) => nearest[0]?.piece.replaceAll("▁", " ").trim() ?? "",
    cosine: ({ nearest }) => cosineText(nearest[0]?.cosine ?? 0),
  },
});
