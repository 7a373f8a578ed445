import { existsSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { filterChildrenBooks, sentencesOfParagraph } from "./childrenBooks.ts";
import { vocabulary, wordsOf } from "./storyGrammar.ts";

const allowed = new Set("the a fox ran to river and it was cold he i you do not want said come here we king is".split(" "));
const strict = { allowed, frequent: 0, minWords: 5, maxGap: 0 };
const documents = (text: string, more = {}): readonly string[] => filterChildrenBooks(text, { ...strict, ...more }).documents;

describe("the filter of the children's books", () => {
  test("cuts sentences outside speech only", () => {
    expect(sentencesOfParagraph('He ran. "Come! Come here," said the fox. "Do you?" It was cold.')).toEqual([
      "He ran.", '"Come! Come here," said the fox.', '"Do you?"', "It was cold.",
    ]);
  });

  test("keeps runs of plain sentences and ends a document where one is dropped", () => {
    const text = "The fox ran to the river. It was cold. The hippopotamus ran. He said it was the fox. He was cold.";
    expect(documents(text)).toEqual(["The fox ran to the river. It was cold.", "He said it was the fox. He was cold."]);
    expect(documents(text, { maxGap: 1 })).toEqual(["The fox ran to the river. It was cold. He said it was the fox. He was cold."]);
  });

  test("never joins two books, and drops a single sentence", () => {
    const text = "<|book|>One\nThe fox ran to the river and it was cold.\n<|book|>Two\nHe ran to the river and it was cold.";
    expect(documents(text)).toEqual([]);
  });

  test("spells contractions out, makes a title of a known word plain, and refuses names", () => {
    expect(documents("\"I don't want it,\" said the King. It's cold and it isn't here.")).toEqual([
      '"I do not want it," said the king. It is cold and it is not here.',
    ]);
    expect(documents("The fox ran to Alice. He ran to Alice and it was cold.")).toEqual([]);
  });

  test("cuts a long run at a sentence", () => {
    const cut = documents("The fox ran to the river. ".repeat(20).trim(), { maxWords: 30 });
    expect(cut.map((document) => wordsOf(document).length)).toEqual([30, 30, 30, 30]);
  });

  test("adds the most frequent words that are not names", () => {
    const { vocabulary: words } = filterChildrenBooks("Bob ran. Bob ran. The pig ran home. The pig sat.", { ...strict, frequent: 1 });
    expect(words.has("pig")).toBe(true);
    expect(words.has("bob")).toBe(false);
    expect(words.has("home")).toBe(false);
  });

  const library = "../shared/data/children-pd/children-pd.txt.br";
  const there = existsSync(library);
  if (!there && process.env.CI === "true") throw new Error("the children's books are not there: shared/data/children-pd");
  const reason = there ? "" : " (skipped: ../shared/data/children-pd is absent)";
  test.skipIf(!there)(`keeps more than a megabyte of the 37 books, every word of it known${reason}`, () => {
    const text = brotliDecompressSync(readFileSync(library)).toString("latin1");
    const result = filterChildrenBooks(text, { allowed: vocabulary(), frequent: 2000 });
    const all = result.documents.join("\n");
    expect(all.length).toBeGreaterThan(1e6);
    expect(result.vocabulary.size).toBeLessThanOrEqual(3000);
    for (const word of new Set(wordsOf(all.toLowerCase()))) expect(result.vocabulary.has(word), word).toBe(true);
    for (const document of result.documents) {
      const words = wordsOf(document).length;
      expect(words >= 40 && words <= 150, document).toBe(true);
      expect((document.match(/"/g) ?? []).length % 2, document).toBe(0);
    }
  });
});
