import { tasks } from "../../engine/tasks/index.ts";
import { shippedModel } from "../../engine/tasks/shippedModel.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawMask } from "./grammarMask/draw.ts";
import { describe, shareText } from "./grammarMask/reading.ts";

const snow = "One day, a brave fox named Snow went to the forest.";

/** The shipped model writing under a rule: what it may not say at each step, and what that does to the text. */
export const grammarMask = defineWidget({
  id: "grammar-mask",
  title: "Writing under a rule",
  params: {
    text: { kind: "text", default: snow, label: "to be continued", maxLength: 1000, live: true },
    rule: {
      kind: "choice", default: "record", label: "rule", live: true,
      options: { none: "none", digits: "digits", record: "a record in JSON", json: "any JSON", regex: "your pattern" },
    },
    temperature: { kind: "number", default: 1, min: 0, max: 2, step: 0.05, label: "temperature", live: true },
    pattern: { kind: "text", default: "[^e]+\\.", label: "your pattern", maxLength: 200, live: true, more: true },
    length: { kind: "number", default: 44, min: 4, max: 48, step: 1, label: "tokens at most", live: true, more: true },
    seed: { kind: "number", default: 1, min: 1, max: 9999, step: 1, label: "seed", live: true, more: true },
    at: { kind: "number", default: 0, min: 0, max: 48, step: 1, label: "step", live: true, hidden: true },
  },
  scenes: {
    record: {
      title: "a record", params: { text: snow, rule: "record" },
      watch: "Every brace and quote is in its place. Now compare what it says with the sentence it was given.",
    },
    digits: {
      title: "digits", params: { text: "Leo had three apples and got two more. Now he had ", rule: "digits", temperature: 0.5 },
      watch: "It has never read a digit. All ten together get a hundredth of a percent, and one of them must be written.",
    },
    lipogram: {
      title: "without an e", params: { text: "Once upon a time", rule: "regex", pattern: "[^e]+\\.", temperature: 0.7 },
      watch: "It begins a word as if it could end it, and then the end is forbidden. Where does that happen?",
    },
    answer: {
      title: "yes or no", params: { text: "Penny had a cold. “Is it bad?” she asked. Her mother said: ", rule: "regex",
        pattern: "(Yes|No)\\." },
      watch: "The model had something else to say. The rule makes it an answer; does that make it an opinion?",
    },
    anyJson: {
      title: "any JSON", params: { text: "", rule: "json", temperature: 0.7, seed: 8 },
      watch: "From nothing: of all JSON, what comes nearest to a story? It is the only thing that this model can write.",
    },
    free: {
      title: "no rule", params: { text: snow, rule: "none" },
      watch: "Nothing is forbidden, and every bar above a token is empty.",
    },
  },
  task: tasks.grammarMask,
  uses: shippedModel,
  size: { wide: [720, 470], narrow: [360, 800] },
  start: "auto",
  draw: drawMask,
  describe,
  readouts: {
    written: ({ forced }) => (forced === "" ? "nothing" : forced),
    mass: ({ tokens, at }) => (at === 0 ? "–" : shareText(tokens[at - 1]!.mass)),
    forcedLoss: ({ forcedLoss }) => forcedLoss?.toFixed(2) ?? "–",
    freeLoss: ({ freeLoss }) => freeLoss?.toFixed(2) ?? "–",
    overruled: ({ tokens }) => String(tokens.filter(({ overruled }) => overruled).length),
    length: ({ tokens }) => String(tokens.length),
  },
});
