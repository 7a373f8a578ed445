import type { CountLanguagesFrame } from "../../engine/tasks/countLanguages.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "../widget/defineWidget.ts";
import { drawLanguages, SIZE } from "./tokensPerLanguage/draw.ts";
import { chosenLanguages, figureOf, type LanguageParams, measures } from "./tokensPerLanguage/measure.ts";

/** One document in many languages: how many tokens each costs, in three generations of tables. */
export const tokensPerLanguage = defineWidget({
  id: "tokens-per-language",
  title: "The price of a language",
  params: {
    vocabulary: { kind: "choice", default: "r50k", options: { r50k: "GPT-2, GPT-3", cl100k: "GPT-4", o200k: "GPT-4o" }, label: "table", live: true },
    measure: {
      kind: "choice", default: "ratio", label: "show", live: true,
      options: { ratio: "tokens, English = 1", price: "price of the document", window: "share of the window" },
    },
    group: {
      kind: "choice", default: "spread", label: "languages", live: true,
      options: { spread: "twelve across the range", europe: "Europe", asia: "South and East Asia", rest: "Africa, the Near East and others" },
    },
    price: { kind: "number", default: 2.5, min: 0.01, max: 100, scale: "log", label: "price", unit: "$ a million tokens", live: true, more: true },
    windowLength: { kind: "number", default: 128, min: 1, max: 1000, step: 1, label: "window", unit: "thousand tokens", live: true, more: true },
  },
  scenes: {
    first: { title: "2019", params: { vocabulary: "r50k" }, watch: "In the table of GPT-2 and GPT-3 the Burmese text is more than twenty times as long as the English one." },
    second: { title: "2023", params: { vocabulary: "cl100k" }, watch: "GPT-4’s table halves some of the bars, and hardly touches Amharic." },
    third: { title: "2024", params: { vocabulary: "o200k" }, watch: "GPT-4o’s table brings Burmese from 21 to 4. Lao stays above nine." },
    europe: { title: "Europe", params: { vocabulary: "cl100k", group: "europe" }, watch: "Also next door: Greek letters cost several times the price of Latin ones." },
    small: { title: "a window of 8,000", params: { vocabulary: "r50k", measure: "window", windowLength: 8 }, watch: "A document that leaves three quarters of the window free in English does not fit at all in many languages." },
  },
  task: tasks.countLanguages,
  size: SIZE,
  start: "press",
  uses: ["data/udhr.json", "data/vocabulary-r50k.bin", "data/vocabulary-cl100k.bin", "data/vocabulary-o200k.bin"],
  draw: drawLanguages,
  describe(frame, params) {
    const rows = chosenLanguages(frame, params).map((one) => [
      one.name, one.characters, one.bytes, ...figureOf(one, params).cells,
    ]);
    return {
      sentence: sentence(frame, params),
      table: { columns: ["language", "characters", "bytes", ...measures[params.measure].columns], rows },
    };
  },
  readouts: {
    english: ({ english }, { vocabulary }) => english[vocabulary].toLocaleString("en"),
    burmese: ({ languages }, { vocabulary }) => languages.find(({ name }) => name === "Burmese")!.ratios[vocabulary].toPrecision(3),
  },
});

function sentence(frame: CountLanguagesFrame, params: LanguageParams): string {
  const shown = chosenLanguages(frame, params);
  // English is the measure, and says nothing of itself.
  const [dearest, cheapest] = [shown[0]!, shown.findLast(({ name }) => name !== "English")!];
  const title = frame.titles[params.vocabulary];
  return `In the table of ${title} the declaration costs ${frame.english[params.vocabulary]} tokens in English, `
    + `${dearest.ratios[params.vocabulary].toPrecision(3)} times as many in ${dearest.name} and ${cheapest.ratios[params.vocabulary].toPrecision(3)} times in ${cheapest.name}.`;
}
