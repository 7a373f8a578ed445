import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawAttention } from "./attentionHeatmap/draw.ts";
import { describe } from "./attentionHeatmap/reading.ts";

/** Six words in no order, and again: whoever has seen them once can copy. */
const nonsense = "A milk drum frog blue hill sun milk drum frog blue hill sun";

/** The shipped model on the reader's own sentence: who looks at whom, in every head, and what it would write next. */
export const attentionHeatmap = defineWidget({
  id: "attention-heatmap",
  title: "Who looks at whom",
  params: {
    text: { kind: "text", default: "One day, a brave fox named Snow went to the forest. Snow", label: "your sentence", maxLength: 1000,
      live: true },
    model: { kind: "model", default: "shipped", label: "model", most: { layers: 4, heads: 4 } },
    layer: { kind: "number", default: 1, min: 0, max: 3, step: 1, label: "layer", live: true, more: true },
    head: { kind: "number", default: 0, min: 0, max: 3, step: 1, label: "head", live: true, more: true },
    scale: { kind: "choice", default: "sqrt", options: { sqrt: "√ weight", linear: "weight", rowMax: "share of the row’s largest" },
      label: "colour", live: true, more: true },
    mix: {
      kind: "choice", default: "head", label: "show", live: true, more: true,
      options: {
        head: "one head", average: "average of the layer", maximum: "maximum of the layer", averageAll: "average of all layers",
        maximumAll: "maximum of all layers", rollout: "rollout up to the layer",
      },
    },
    beside: {
      kind: "choice", default: "nothing", label: "beside it", live: true, more: true,
      options: { nothing: "nothing", sentence: "another sentence", untaught: "untaught heads" },
    },
    other: {
      kind: "text", default: "One day, a brave fox named Dot went to the forest. Snow", label: "second sentence", maxLength: 1000, live: true,
      when: { param: "beside", is: "sentence" },
    },
    view: { kind: "choice", default: "matrix", options: { matrix: "matrix", arcs: "arcs" }, label: "view", live: true, more: true },
  },
  scenes: {
    copy: {
      title: "an earlier copy", params: { text: "One day, a brave fox named Snow went to the forest. Snow", layer: 1, head: 0 },
      watch: "The last word has been there before. Does this head look at the earlier copy, or at what came after it?",
    },
    before: {
      title: "the token before", params: { text: "The little dog ran to the big red house.", layer: 0, head: 0 },
      watch: "One dark diagonal, just below the middle: every token looks at the one before it.",
    },
    twice: {
      title: "nonsense, twice", params: { text: nonsense, layer: 1, head: 0 },
      watch: "Nobody can guess the first round, and long bars of surprise say so. In the second, from its second word on, they are gone.",
    },
    whose: {
      title: "whose is it?", params: { text: "Patch was sick. Snow wanted to give Patch a gift. So he", layer: 2, head: 0 },
      watch: "Who is he? Walk through the heads: does any of them look back from he to one of the two names?",
    },
    sink: {
      title: "nothing to look at", params: { text: "Once upon a time there was a little bear.", layer: 3, head: 0 },
      watch: "Weights must sum to one, so a head that finds nothing has to put them somewhere. Where does this one?",
    },
    untaught: {
      title: "heads nobody taught",
      params: { text: nonsense, layer: 1, head: 0, mix: "head", beside: "untaught" },
      watch: "One recipe, but only the first run was shown what two heads should do. Does any head of the second look for a copy?",
    },
    two: {
      title: "two sentences",
      params: { text: "Snow had a friend named Dot. One day, Snow", other: "Snow had a friend named Dot. One day, Dot", layer: 1, head: 0, mix: "head",
        beside: "sentence" },
      watch: "One word differs, the last. Which rows change with it, and which cannot?",
    },
    average: {
      title: "all heads averaged", params: { text: "Once upon a time there was a little bear.", mix: "averageAll", beside: "nothing" },
      watch: "Sixteen heads in one picture. What is left of the habits, and where does most of the attention go?",
    },
    rollout: {
      title: "rollout", params: { text: "Once upon a time there was a little bear.", layer: 3, mix: "rollout", beside: "nothing" },
      watch: "Followed through all layers, what does each row come from? Set the layer back under More and see it spread.",
    },
    maximum: {
      title: "strongest of all heads", more: true,
      params: { text: "Once upon a time there was a little bear.", mix: "maximumAll", beside: "nothing" },
      watch: "Each cell is the largest weight that any head gives it. Are there pairs that no head has use for?",
    },
    linear: {
      title: "on a linear scale", more: true,
      params: { text: "One day, a brave fox named Snow went to the forest. Snow", layer: 1, head: 0, mix: "head", scale: "linear" },
      watch: "Weights of a few hundredths are white now. The root scale that the figure opens with keeps them in sight.",
    },
    arcs: {
      title: "as arcs", more: true, params: { text: "The little dog ran to the big red house.", layer: 0, head: 0, mix: "head", view: "arcs" },
      watch: "The same head as a line of text: each arc leads from a token to one it looks at, the thicker the more.",
    },
    strange: {
      title: "never seen", params: { text: "The transformer costs $5 🙂", layer: 1, head: 0 },
      watch: "Words it never read fall into scraps, dashed where they are rare, and every scrap is a surprise.",
    },
  },
  task: tasks.inspect,
  uses: shippedModel,
  size: { wide: [720, 630], narrow: [360, 852] },
  start: "auto",
  draw: drawAttention,
  describe,
  readouts: {
    nextToken: ({ next }) => next[0]?.piece ?? "",
    nextProbability: ({ next }) => `${((next[0]?.probability ?? 0) * 100).toFixed(1)} %`,
    tokens: ({ ids }) => String(ids.length - 1),
  },
});
