import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawBench } from "./samplerBench/draw.ts";
import { describe, different, meanRepeated, meanSurprise, percent } from "./samplerBench/reading.ts";

const fairy = "Then the princess";
const story = "Once upon a time there was a";

/** Every knob of sampling on the shipped model: what it does to the next token, and to five texts. */
export const samplerBench = defineWidget({
  id: "sampler-bench",
  title: "Ways to draw a token",
  params: {
    text: { kind: "text", default: story, label: "to be continued", maxLength: 1000, live: true },
    model: { kind: "model", default: "shipped", label: "model" },
    temperature: { kind: "number", default: 1, min: 0, max: 3, step: 0.05, label: "temperature", live: true },
    topP: { kind: "number", default: 0.9, min: 0.05, max: 1, step: 0.01, label: "top-p", live: true },
    topK: { kind: "number", default: 0, min: 0, max: 100, step: 1, label: "top-k (0: all)", live: true, more: true },
    minP: { kind: "number", default: 0, min: 0, max: 1, step: 0.01, label: "min-p", live: true, more: true },
    repetitionPenalty: { kind: "number", default: 1, min: 1, max: 3, step: 0.05, label: "repetition penalty", live: true, more: true },
    length: { kind: "number", default: 48, min: 1, max: 60, step: 1, label: "tokens at most", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", live: true, more: true },
  },
  scenes: {
    plain: {
      title: "as it is", params: { topP: 1 },
      watch: "Temperature 1 and no rule: each token is drawn as often as the model believes in it, unlikely ones too.",
    },
    greedy: {
      title: "greedy", params: { text: fairy, temperature: 0, topP: 1 },
      watch: "Always the likeliest token: five times the same text, and it runs in a circle.",
    },
    cool: {
      title: "cool", params: { text: fairy, temperature: 0.3, topP: 1 },
      watch: "The five texts differ now. Do they still repeat themselves?",
    },
    hot: {
      title: "hot", params: { temperature: 1.5, topP: 1 },
      watch: "All bars come closer to one height, a thousand poor tokens get their chance, and the text falls apart.",
    },
    hotNucleus: {
      title: "hot, top-p 0.9", params: { temperature: 1.5, topP: 0.9 },
      watch: "On the flattened distribution a share of 0.9 takes a hundred tokens. Is that enough to keep a story together?",
    },
    hotMinP: {
      title: "hot, min-p 0.1", params: { temperature: 1.5, topP: 1, minP: 0.1 },
      watch: "As hot as before, but nothing is drawn that is less than a tenth as likely as the best: the stories hold.",
    },
    sure: {
      title: "a sure place", params: { text: "Once upon a", topP: 0.9 },
      watch: "The same top-p, and one token is kept instead of fifteen: the model is sure here.",
    },
    penalty: {
      title: "penalty", params: { text: fairy, temperature: 0, topP: 1, repetitionPenalty: 1.3 },
      watch: "Still greedy, but what has been said costs: the circle is broken. Turn it up and see what else breaks.",
    },
  },
  task: tasks.sampleBench,
  uses: shippedModel,
  size: { wide: [720, 478], narrow: [360, 936] },
  start: "auto",
  draw: drawBench,
  describe,
  readouts: {
    kept: ({ kept }) => String(kept),
    keptMass: ({ keptMass }) => percent(keptMass),
    entropy: ({ entropyBefore }) => entropyBefore.toFixed(2),
    repeated: (frame) => percent(meanRepeated(frame)),
    surprise: (frame) => meanSurprise(frame).toFixed(2),
    different: (frame) => String(different(frame)),
  },
});
