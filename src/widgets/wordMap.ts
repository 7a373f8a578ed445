import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawMap } from "./wordMap/draw.ts";
import { answerOf, describe, TEXTS } from "./wordMap/reading.ts";

/** Skip-gram trains while one watches: words find their place from their neighbours in a text alone. */
export const wordMap = defineWidget({
  id: "word-map",
  title: "A map of words",
  params: {
    text: { kind: "choice", default: "stories", options: TEXTS, label: "read" },
    word: { kind: "text", default: "red", label: "word", maxLength: 24, live: true },
    analogy: { kind: "text", default: "he she father", label: "a : b = c : ?", maxLength: 60, live: true },
    window: { kind: "number", default: 2, min: 1, max: 8, step: 1, label: "words on each side", more: true },
    steps: { kind: "number", default: 600, min: 50, max: 3000, step: 50, label: "steps", more: true },
    learningRate: { kind: "number", default: 0.5, min: 0.05, max: 2, scale: "log", label: "learning rate", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 999, step: 1, label: "seed", more: true },
  },
  scenes: {
    animals: { title: "animals", params: { text: "stories", word: "fox" },
      watch: "The word fox is never said to be an animal. Its neighbours come from the places in which it stands." },
    few: { title: "fifteen stories", params: { text: "few", word: "red" },
      watch: "The same training on fifteen stories: the numbers look as sure as before, and the neighbours are chance." },
    book: { title: "a whale of a book", params: { text: "book", word: "whale" },
      watch: "Another text, another map: what a word is near to here is what it was near to in one novel." },
    gender: { title: "he : she", params: { text: "stories", analogy: "he she his", word: "she" },
      watch: "Which word is to his as she is to he? Look who comes first, and whether it was allowed." },
    wrong: { title: "an analogy that fails", params: { text: "stories", analogy: "red green dog", word: "dog" },
      watch: "Red is to green as dog is to … some animal or other. The difference of two colours points nowhere in particular." },
  },
  task: tasks.trainSkipGram,
  size: { wide: [720, 480], narrow: [360, 660] },
  start: "press",
  // The map at the end of its 600 steps: before the first, every word lies at random.
  posterFrame: 24,
  draw: drawMap,
  describe,
  readouts: {
    step: ({ step }) => String(step),
    first: ({ neighbours }) => neighbours[0]?.word ?? "nothing",
    answer: (frame) => answerOf(frame),
    share: ({ share }) => `${Math.round(share * 100)} %`,
  },
});
