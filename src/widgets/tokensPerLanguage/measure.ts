import type { CountLanguagesFrame, LanguageCount } from "../../../engine/tasks/countLanguages.ts";
import type { VocabularyName } from "../../../engine/tokenizer/vocabulary.ts";
import { formatNumber } from "../../charts/plot.ts";

export interface LanguageParams {
  readonly vocabulary: VocabularyName;
  readonly measure: "ratio" | "price" | "window";
  readonly group: "spread" | "europe" | "asia" | "rest";
  readonly price: number;
  readonly windowLength: number;
}

/** At most twelve languages a group: what a reader can take in at once. */
const groups: Readonly<Record<LanguageParams["group"], readonly string[]>> = {
  spread: ["English", "Spanish", "German", "Russian", "Greek", "Arabic", "Chinese", "Hindi", "Tamil", "Amharic", "Burmese", "Lao"],
  europe: ["English", "Spanish", "French", "German", "Portuguese", "Italian", "Dutch", "Polish", "Russian", "Ukrainian", "Greek", "Finnish"],
  asia: ["English", "Chinese", "Japanese", "Korean", "Vietnamese", "Thai", "Lao", "Khmer", "Burmese", "Hindi", "Bengali", "Telugu"],
  rest: ["English", "Swahili", "Yoruba", "Amharic", "Arabic", "Hebrew", "Persian", "Urdu", "Turkish", "Georgian", "Indonesian", "Tamil"],
};

/** The languages on the screen, the dearest in the chosen table first. */
export const chosenLanguages = ({ languages }: CountLanguagesFrame, { group, vocabulary }: LanguageParams): readonly LanguageCount[] =>
  languages.filter(({ name }) => groups[group].includes(name)).sort((a, b) => b.tokens[vocabulary] - a.tokens[vocabulary]);

export const measures: Readonly<Record<LanguageParams["measure"], { readonly title: string; readonly columns: readonly string[] }>> = {
  ratio: { title: "tokens for the whole declaration, English = 1", columns: ["tokens", "times English"] },
  price: { title: "price of reading the declaration once, in cents", columns: ["tokens", "cents"] },
  window: { title: "share of the window that the declaration fills", columns: ["tokens", "share"] },
};

/** What a language's bar is long by, what is written behind it, and its cells in the table. */
export function figureOf({ tokens, ratios }: LanguageCount, { vocabulary, measure, price, windowLength }: LanguageParams) {
  const count = tokens[vocabulary];
  const value = { ratio: ratios[vocabulary], price: (count * price) / 1e6 * 100, window: count / (windowLength * 1000) }[measure];
  const text = { ratio: `${value.toPrecision(3)} ×`, price: `${formatNumber(value, 3)} ¢`, window: `${formatNumber(value * 100, 3)} %` }[measure];
  return { value, text, cells: [count, measure === "ratio" ? value.toPrecision(3) : formatNumber(value, 3)] as const };
}
