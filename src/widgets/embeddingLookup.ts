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
    text: { kind: "text", default: "The red fox had a red hat", label: "your text", maxLength: 200, live: true },
    model: { kind: "model", default: "shipped", label: "model" },
    chosen: { kind: "number", default: 1, min: 0, max: 9, step: 1, label: "token", live: true, hidden: true },
  },
  scenes: {
    twice: { title: "a word twice", params: { text: "The red fox had a red hat", chosen: 5 },
      watch: "Both copies of “red” light the same row of the table, so their rows of X are equal number by number." },
    happy: { title: "a synonym", params: { text: "The girl was happy", chosen: 3 },
      watch: "Which of 1,024 tokens lies nearest? Nobody told the model that two words can mean the same." },
    mother: { title: "family", params: { text: "The mother was kind", chosen: 1 },
      watch: "Father, grandmother and grandfather, and then, with hardly a distance between them, scraps that mean nothing here." },
    scraps: { title: "an unknown word", params: { text: "a xylophone", chosen: 2 },
      watch: "A word the model does not know falls into scraps. A scrap has a row like any other token, hardly trained, and near to nothing." },
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
