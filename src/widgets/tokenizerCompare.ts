import type { CompareTokenizersFrame } from "../../engine/tasks/compareTokenizers.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { formatNumber } from "../charts/plot.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawCuts, SIZE } from "./tokenizerCompare/draw.ts";

/** One text in three published vocabularies and one of the book's or the reader's own. */
export const tokenizerCompare = defineWidget({
  id: "tokenizer-compare",
  title: "One text, four tokenizers",
  params: {
    text: { kind: "text", default: "I can't wait to build AI applications", maxLength: 1000, multiline: true, label: "text", live: true },
    show: { kind: "choice", default: "pieces", options: { pieces: "pieces", ids: "ids" }, label: "show", live: true },
    tokenizer: { kind: "model", default: "shipped", label: "fourth tokenizer", made: "tokenizer", live: true },
  },
  scenes: {
    cat: { title: "the unfortunate cat", params: { text: "the unfortunate cat", show: "ids" }, watch: "Three tokens in each published table, and not one id in common." },
    cooking: { title: "cooking", params: { text: "cooking" }, watch: "Three tables, three cuts: cook·ing, co·oking, c·ooking. None of them knows what cooking is." },
    numbers: { title: "numbers", params: { text: "1234 12345 3.14159 2,048 1984 + 1985 = 3969" }, watch: "The oldest table cuts numbers wherever it happened to merge, the newer ones after three digits." },
    code: { title: "code", params: { text: "def mean(values):\n    total = 0\n    for v in values:\n        total += v\n    return total / len(values)\n" }, watch: "Each space of an indent is a token for GPT-2; GPT-4 made runs of spaces tokens." },
    chinese: { title: "Chinese", params: { text: "我喜欢机器学习" }, watch: "Seven characters: 17 tokens, then 10, then 4." },
    emoji: { title: "emoji", params: { text: "😀 👩‍👩‍👧 🏳️‍🌈" }, watch: "A family is three people and two invisible joiners, and costs more than a sentence." },
    capitals: { title: "capitals", params: { text: "hello Hello HELLO hElLo" }, watch: "The same word four times; the rarer its look, the more tokens it takes." },
  },
  task: tasks.compareTokenizers,
  size: SIZE,
  start: "press",
  uses: ["data/vocabulary-r50k.bin", "data/vocabulary-cl100k.bin", "data/vocabulary-o200k.bin", "models/story/tokenizer.json"],
  draw: drawCuts,
  describe: (frame) => ({
    sentence: sentence(frame),
    table: {
      columns: ["tokenizer", "vocabulary", "tokens", "bytes a token", "tokens a byte", "pieces", "ids"],
      rows: frame.cuts.map(({ title, vocabSize, ids, pieces, bytesPerToken, tokensPerByte }) => [
        title, vocabSize, ids.length, formatNumber(bytesPerToken, 3), formatNumber(tokensPerByte, 3), pieces.join(" · "), ids.join(", "),
      ]),
    },
  }),
  readouts: {
    counts: ({ cuts }) => cuts.slice(0, 3).map(({ ids }) => ids.length).join(" / "),
    own: ({ cuts }) => String(cuts.at(-1)!.ids.length),
  },
});

function sentence({ cuts, bytes, characters }: CompareTokenizersFrame): string {
  if (bytes === 0) return "There is no text, so there are no tokens.";
  const counts = cuts.map(({ title, ids }) => `${ids.length} for ${title}`);
  return `The text of ${characters} characters in ${bytes} bytes is, in tokens, ${counts.slice(0, -1).join(", ")} and ${counts.at(-1)!}.`;
}
