import { readPack } from "../../engine/data/readPackNode.ts";
import { cutOf as cutText, type CompareTokenizersFrame } from "../../engine/tasks/compareTokenizers.ts";
import { countLanguages, type Declarations, declarationsPack } from "../../engine/tasks/countLanguages.ts";
import { openVocabularies } from "../../engine/tasks/openVocabularies.ts";
import { bpeTrainer, type BpeTrainer, type PairCount } from "../../engine/tokenizer/bpeTrainer.ts";
import { displayPiece } from "../../engine/tokenizer/displayPiece.ts";
import { countWords } from "../../engine/tokenizer/pretokenize.ts";
import { vocabularies, type VocabularyName, vocabularyNames } from "../../engine/tokenizer/vocabulary.ts";
import { fixed, grouped, table } from "../../src/prose/numbers.ts";

const repeated = (words: Readonly<Record<string, number>>): string =>
  Object.entries(words).flatMap(([word, count]) => Array<string>(count).fill(word)).join(" ");

const corpus = { low: 5, lower: 2, newest: 6 };
/** Eleven merges leave nothing to merge in the worked corpus. */
const ALL = 11;

/** A training run with the name of every token, as a reader writes it: ▁ for the space before a word. */
function training(words: Readonly<Record<string, number>>) {
  const trainer = bpeTrainer(countWords(repeated(words), "words"));
  const names = Array.from({ length: 256 }, (_, byte) => displayPiece(Uint8Array.of(byte)));
  return {
    trainer,
    names,
    step(): string {
      const merge = trainer.step();
      if (!merge) throw new Error("training: nothing is left to merge");
      names.push(names[merge.left]! + names[merge.right]!);
      return names.at(-1)!;
    },
  };
}

const cutOf = (trainer: BpeTrainer, names: readonly string[], word: number): string[] =>
  trainer.words(9)[word]!.ids.map((id) => names[id]!);
const pairOf = ({ left, right }: PairCount, names: readonly string[]): string => `(${names[left]},${names[right]})`;

const packs = {
  artefact: readPack,
  breathe: async () => undefined,
};

/** The counts, ids and ratios that the chapter quotes, by the tables and texts of its figures. */
async function compared() {
  const tables = await openVocabularies(packs);
  const declarations = JSON.parse(new TextDecoder().decode(await readPack(declarationsPack))) as Declarations;
  const cuts = (text: string): CompareTokenizersFrame["cuts"] => vocabularyNames.map((name) => cutText(text, vocabularies[name].title, tables.get(name)!));
  const counts = (text: string): string => cuts(text).map(({ length }) => length).join(" / ");
  const run = {
    ...packs, params: { vocabulary: "r50k" as VocabularyName },
    backend: () => Promise.reject(new Error("not needed")), changed: () => new Promise<void>(() => undefined),
  };
  const frame = (await countLanguages(run).next()).value!;
  const ratios = (language: string): string[] =>
    Object.values(frame.languages.find(({ name }) => name === language)!.ratios).map((ratio) => ratio.toPrecision(3));
  const english = declarations.texts.find(({ name }) => name === "English")!.text;
  const words = english.trim().split(/\s+/u).length;
  const quoted = ["Spanish", "Chinese", "Hindi", "Tamil", "Burmese", "Amharic", "Lao"];
  return {
    ids: cuts("the unfortunate cat").map(({ title, ids }) => `[${ids.join(",")}] in the table of ${title}`).join("; "),
    wait: counts("I can't wait to build AI applications"),
    fullStop: String(cuts("I can't wait to build AI applications.")[1]!.length),
    howAreYou: String(cuts("How are you?")[0]!.length),
    digits: [" 1984", " 3969"].map((text) => cuts(text)[0]!.pieces),
    tokensPerWord: fixed(frame.english.o200k / words, 1),
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

/** The corpus low × 5, lower × 2, newest × 6, trained by the engine's own trainer. */
export async function worked() {
  const first = training(corpus);
  const counts = first.trainer.topPairs(20).map((pair) => ({ pair: pairOf(pair, first.names), count: pair.count }));
  const letters = first.trainer.tokenCount();
  const merges: string[] = [];
  const lower: string[][] = [];
  while (merges.length < ALL) {
    merges.push(first.step());
    lower.push(cutOf(first.trainer, first.names, 1));
  }
  const widest = training({ ...corpus, widest: 3 });
  const widestMerges = Array.from({ length: 5 }, () => widest.step());
  const fourNewest = training({ ...corpus, newest: 4 });
  const tied = fourNewest.trainer.topPairs(4).map((pair) => `${pairOf(pair, fourNewest.names)} ${pair.count}`);
  const encoder = new TextEncoder();
  return {
    compared: { ...(await compared()), rows: { large: grouped(128_000 * 4096) } },
    counts: counts.map(({ pair, count }) => `${pair} ${count}`).join("; "),
    ties: String(counts.filter(({ count }) => count === counts[1]!.count).length),
    letters: String(letters),
    merges: merges.join(", "),
    afterNine: lower[8]!,
    lowerParts: lower[8]!.join("·"),
    tokensAtEnd: String(first.trainer.tokenCount()),
    widestMerges: widestMerges.join(", "),
    widestLower: cutOf(widest.trainer, widest.names, 1),
    tied: tied.join("; "),
    bytes: {
      cat: String(encoder.encode("cat").length),
      e: String(encoder.encode("é").length),
      face: Array.from(encoder.encode("😀"), (byte) => byte.toString(16).toUpperCase()).join(" "),
      faceCount: String(encoder.encode("😀").length),
    },
  };
}
