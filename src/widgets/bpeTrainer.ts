import { tasks } from "../../engine/tasks/index.ts";
import type { TrainBpeFrame } from "../../engine/tasks/trainBpe.ts";
import { formatNumber } from "../charts/plot.ts";
import { defineWidget, type Table } from "../widget/defineWidget.ts";
import { corpora } from "./bpeTrainer/corpora.ts";
import { drawTrainer, size, type TrainerParams } from "./bpeTrainer/draw.ts";
import { tokenCalled, vocabularyOf } from "./bpeTrainer/vocabulary.ts";

/** Byte-pair encoding trained on the reader's corpus, merge by merge: counts, tokens, trees and what it saves. */
export const bpeTrainer = defineWidget({
  id: "bpe-trainer",
  title: "Byte-pair encoding, merge by merge",
  params: {
    text: { kind: "text", default: corpora.worked, maxLength: 4000, multiline: true, label: "corpus", live: true },
    merges: { kind: "number", default: 11, min: 0, max: 200, step: 1, label: "stop after", unit: "merges", live: true },
    view: { kind: "choice", default: "counts", options: { counts: "counts", tree: "tree", curve: "curve" }, label: "show", live: true },
    pattern: {
      kind: "choice", default: "words", label: "cut the text first", live: true, more: true,
      options: { words: "at spaces", gpt2: "letters, digits and signs apart (GPT-2)", none: "not at all" },
    },
    headStart: { kind: "number", default: 0, min: 0, max: 200, step: 1, label: "merges made at the start", live: true, more: true },
    token: { kind: "text", default: "", maxLength: 200, label: "token", live: true, hidden: true },
  },
  scenes: {
    count: {
      title: "the first count", params: { merges: 0 },
      watch: "The pair (w, e) stands twice in lower and six times in newest: 8, more than any other.",
    },
    lower: {
      title: "lower, after nine", params: { headStart: 9, merges: 9 },
      watch: "The word lower is ▁lo·we·r, never ▁low·er: the pair (w, e) had been merged first.",
    },
    tree: {
      title: "its tree", params: { headStart: 11, view: "tree", token: "▁lower" },
      watch: "Eleven merges in: the whole word is one token, and the tree keeps the cut between ▁lo and we.",
    },
    widest: {
      title: "add widest × 3", params: { text: corpora.widest, merges: 5, headStart: 5 },
      watch: "Three more words, another order: es and est come first, and lower begins with ▁low.",
    },
    tie: {
      title: "a tie", params: { text: corpora.tie, merges: 0 },
      watch: "With newest only four times, three pairs stand seven times each, and the one seen first is merged.",
    },
    novel: {
      title: "Moby-Dick", params: { text: corpora.novel, merges: 120, headStart: 100, view: "curve" },
      watch: "The first merges save much, the later ones ever less.",
    },
    scripts: {
      title: "Burmese, emoji", params: { text: corpora.scripts, merges: 24, headStart: 0 },
      watch: "A Burmese letter is three bytes. The first merges only put letters together that English has for nothing.",
    },
  },
  task: tasks.trainBpe,
  size,
  start: "auto",
  pace: 900,
  makes: {
    kind: "tokenizer",
    name: ({ step, wordCount }) => `${step} ${step === 1 ? "merge" : "merges"} from ${wordCount} words`,
    read: ({ tokens }) => `a corpus of ${tokens[0]} bytes`,
  },
  draw: drawTrainer,
  describe: (frame, params) => ({ sentence: sentence(frame, params), table: tableOf(frame, params.view) }),
  readouts: {
    merges: ({ step }) => String(step),
    tokens: ({ tokens }) => String(tokens.at(-1)),
    vocabulary: ({ names }) => String(names.length),
    compression: ({ compression }) => formatNumber(compression, 3),
    nextPair: (frame) => nextPair(frame) ?? "none",
  },
});

function nextPair({ pairs: [next], names }: TrainBpeFrame): string | null {
  return next ? `(${names[next.left]}, ${names[next.right]})` : null;
}

/** The numbers of the view that is open. */
function tableOf({ names, pairs, history, tokens }: TrainBpeFrame, view: TrainerParams["view"]): Table {
  switch (view) {
    case "counts": {
      const rows = pairs.map(({ left, right, count }) => [`(${names[left]}, ${names[right]})`, count]);
      return { columns: ["pair", "count"], rows };
    }
    case "tree": {
      const rows = history.map(({ left, right, count }, k) => [k + 1, names[256 + k]!, names[left]!, names[right]!, count]);
      return { columns: ["merge", "token", "left part", "right part", "count"], rows };
    }
    case "curve": return { columns: ["merges", "tokens"], rows: tokens.map((count, merges) => [merges, count]) };
  }
}

function sentence(frame: TrainBpeFrame, { view, token }: TrainerParams): string {
  const shown = view === "tree" ? tokenCalled(token, frame) : null;
  return shown === null ? state(frame) : `${state(frame)} The tree shows ${vocabularyOf(frame).story(shown)}.`;
}

function state(frame: TrainBpeFrame): string {
  const { step, tokens, pairs, wordCount } = frame;
  if (wordCount === 0) return "The corpus is empty, so there is nothing to count.";
  const merges = step === 0 ? "Before the first merge" : `After ${step} ${step === 1 ? "merge" : "merges"}`;
  const now = tokens.at(-1)!;
  const length = `the corpus of ${tokens[0]} bytes is ${now} ${now === 1 ? "token" : "tokens"} long`;
  const next = nextPair(frame);
  if (next === null) return `${merges} ${length}, and no two tokens stand side by side in any word.`;
  const most = pairs[0]!.count;
  const isTie = pairs[1]?.count === most;
  return `${merges} ${length}, and the next pair is ${next} with ${most}${isTie ? ", the first seen of several with as many" : ""}.`;
}
