import { vocabularies, type VocabularyName, vocabularyNames } from "../tokenizer/vocabulary.ts";
import { openVocabularies } from "./openVocabularies.ts";
import type { Task } from "./task.ts";

export interface CountLanguagesParams {
  /** How the languages are ordered: by cost in this table. */
  readonly vocabulary: VocabularyName;
}

/** One document in one language, in each of the tables. */
export interface LanguageCount {
  readonly name: string;
  readonly characters: number;
  readonly bytes: number;
  readonly tokens: Readonly<Record<VocabularyName, number>>;
  /** Tokens relative to the English text. */
  readonly ratios: Readonly<Record<VocabularyName, number>>;
}

export interface CountLanguagesFrame {
  readonly languages: readonly LanguageCount[];
  readonly english: Readonly<Record<VocabularyName, number>>;
  readonly titles: Readonly<Record<VocabularyName, string>>;
}

/** The pack of the declarations. */
export const declarationsPack = "data/udhr.json";

/** The pack as it is written. */
export interface Declarations {
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

/** The Universal Declaration of Human Rights in every language of the pack, counted in tokens of three published tables. */
export const countLanguages: Task<CountLanguagesParams, CountLanguagesFrame> = async function* (run) {
  const pack = JSON.parse(new TextDecoder().decode(await run.artefact(declarationsPack))) as Declarations;
  const tables = await openVocabularies(run);
  const counted: Omit<LanguageCount, "ratios">[] = [];
  for (const { name, text } of pack.texts) {
    const tokens: Partial<Record<VocabularyName, number>> = {};
    for (const [table, tokenizer] of tables) {
      tokens[table] = tokenizer.encode(text).length;
      await run.breathe();
    }
    counted.push({
      name, characters: [...text].length, bytes: new TextEncoder().encode(text).length, tokens: tokens as Record<VocabularyName, number>,
    });
  }
  const english = counted.find(({ name }) => name === "English")!.tokens;
  const ratiosOf = (tokens: Readonly<Record<VocabularyName, number>>) =>
    Object.fromEntries(vocabularyNames.map((table) => [table, tokens[table] / english[table]])) as Record<VocabularyName, number>;
  const languages = counted.map((one) => ({ ...one, ratios: ratiosOf(one.tokens) }));
  const titles = Object.fromEntries(vocabularyNames.map((table) => [table, vocabularies[table].title])) as Record<VocabularyName, string>;
  for (;;) {
    yield { languages, english, titles };
    await run.changed();
  }
};
