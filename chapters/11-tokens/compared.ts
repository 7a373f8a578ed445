import { readFile } from "node:fs/promises";
import { cutOf, type CompareTokenizersFrame } from "../../engine/tasks/compareTokenizers.ts";
import { countLanguages } from "../../engine/tasks/countLanguages.ts";
import { openVocabularies } from "../../engine/tasks/openVocabularies.ts";
import { vocabularies, type VocabularyName, vocabularyNames } from "../../engine/tokenizer/vocabulary.ts";
import { fixed, grouped, table } from "../../src/prose/numbers.ts";

const packs = {
  artefact: async (name: string) => new Uint8Array(await readFile(new URL(`../../public/${name}`, import.meta.url))),
  breathe: async () => undefined,
};

/** The counts, ids and ratios that the chapter quotes, by the tables and texts of its figures. */
export async function compared() {
  const tables = await openVocabularies(packs);
  const cuts = (text: string): CompareTokenizersFrame["cuts"] => vocabularyNames.map((name) => cutOf(text, vocabularies[name].title, tables.get(name)!));
  const counts = (text: string): string => cuts(text).map(({ length }) => length).join(" / ");
  const run = {
    ...packs, params: { vocabulary: "r50k" as VocabularyName },
    backend: () => Promise.reject(new Error("not needed")), changed: () => new Promise<void>(() => undefined),
  };
  const frame = (await countLanguages(run).next()).value!;
  const ratios = (language: string): string[] =>
    Object.values(frame.languages.find(({ name }) => name === language)!.ratios).map((ratio) => ratio.toPrecision(3));
  const quoted = ["Spanish", "Chinese", "Hindi", "Tamil", "Burmese", "Amharic", "Lao"];
  return {
    ids: cuts("the unfortunate cat").map(({ title, ids }) => `[${ids.join(",")}] in the table of ${title}`).join("; "),
    wait: counts("I can't wait to build AI applications"),
    fullStop: String(cuts("I can't wait to build AI applications.")[1]!.length),
    howAreYou: String(cuts("How are you?")[0]!.length),
    cooking: cuts("cooking").map(({ pieces }) => pieces),
    chinese: counts("我喜欢机器学习"),
    face: counts("😀"),
    sizes: vocabularyNames.map((name) => grouped(tables.get(name)!.table.pieces.length)),
    english: Object.values(frame.english).map(grouped).join(", "),
    bytesPerToken: fixed(frame.languages.find(({ name }) => name === "English")!.bytes / frame.english.o200k, 1),
    languages: table(["language", ...Object.values(frame.titles)], quoted.map((name) => [name, ...ratios(name)])),
    burmese: ratios("Burmese"),
    lao: ratios("Lao"),
  };
}
