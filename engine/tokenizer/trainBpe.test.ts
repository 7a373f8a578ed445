import fc from "fast-check";
import { expect, test } from "vitest";
import { bpeTrainer } from "./bpeTrainer.ts";
import { countWords } from "./pretokenize.ts";
import { mergePair, trainBpe, trainBpeReference } from "./trainBpe.ts";

const worked = [...Array(5).fill("low"), ...Array(2).fill("lower"), ...Array(6).fill("newest")].join(" ");
const withWidest = `${worked} widest widest widest`;

/** The tokens that training made, written with ▁ for a space. */
function learntPieces(text: string, merges: number): string[] {
  const pieces = Array.from({ length: 256 }, (_, byte) => (byte === 32 ? "▁" : String.fromCharCode(byte)));
  for (const { left, right } of trainBpe(text, { merges, pattern: "words" })) pieces.push(pieces[left]! + pieces[right]!);
  return pieces.slice(256);
}

test("minbpe's worked example: aaabdaaabac with three merges becomes 258 100 258 97 99", () => {
  const merges = trainBpe("aaabdaaabac", { merges: 3, pattern: "none" });
  expect(merges.map(({ left, right }) => [left, right])).toEqual([[97, 97], [256, 97], [257, 98]]);
  let ids: number[] = [...new TextEncoder().encode("aaabdaaabac")];
  merges.forEach(({ left, right }, index) => { ids = mergePair(ids, left, right, 256 + index); });
  expect(ids).toEqual([258, 100, 258, 97, 99]);
});

test("the book's corpus low×5 lower×2 newest×6 has the ten pairs of the first count, in this order", () => {
  const pairs = bpeTrainer(countWords(worked, "words")).topPairs(20);
  const shown = pairs.map(({ left, right, count }) => `${String.fromCharCode(left, right).replace(" ", "▁")} ${count}`);
  expect(shown).toEqual(["we 8", "▁l 7", "lo 7", "ow 7", "▁n 6", "ne 6", "ew 6", "es 6", "st 6", "er 2"]);
});

test("the book's corpus learns eleven merges and then has nothing left to merge", () => {
  const expected = ["we", "▁l", "▁lo", "▁n", "▁ne", "▁newe", "▁newes", "▁newest", "▁low", "▁lowe", "▁lower"];
  // ▁lowe is ▁lo + we: `we` was merged first, so "lower" never becomes ▁low + er.
  expect(learntPieces(worked, 100)).toEqual(expected);
  const lowe = trainBpe(worked, { merges: 100, pattern: "words" })[9]!;
  expect([lowe.left, lowe.right]).toEqual([258, 256]);
});

test("three times widest changes the first merges to es, est, ▁l, ▁lo, ▁low", () => {
  expect(learntPieces(withWidest, 5)).toEqual(["es", "est", "▁l", "▁lo", "▁low"]);
  const trainer = bpeTrainer(countWords(withWidest, "words"));
  const pieces = Array.from({ length: 256 }, (_, byte) => (byte === 32 ? "▁" : String.fromCharCode(byte)));
  let lower = "";
  for (let merge = trainer.step(); merge !== undefined; merge = trainer.step()) {
    pieces.push(pieces[merge.left]! + pieces[merge.right]!);
    const now = trainer.words(3)[1]!.ids.map((id) => pieces[id]).join("·");
    if (now.split("·").length === 3) lower = now;
  }
  expect(lower).toBe("▁low·e·r");
});

test("with newest only four times the first merge is ▁l: three pairs tie at 7 and it is seen first", () => {
  expect(learntPieces(worked.replace(" newest newest", ""), 1)).toEqual(["▁l"]);
});

const corpora = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 60 }),
  fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 80 }),
  fc.string({ unit: fc.constantFrom("a", " "), maxLength: 60 }),
  fc.array(fc.constantFrom("low", "lower", "aaa", "aaaa", "abab", "baba", "é", "😀😀"), { maxLength: 30 })
    .map((words) => words.join(" ")),
);

test("the fast trainer learns exactly the merges and counts of the plain one, whatever the ties", () => {
  fc.assert(fc.property(corpora, fc.constantFrom("none", "words", "gpt2"), (text, pattern) => {
    expect(trainBpe(text, { merges: 60, pattern })).toEqual(trainBpeReference(text, { merges: 60, pattern }));
  }), { numRuns: 1500 });
});

test("the table of pairs, the corpus and its length agree with a recount after every step", () => {
  fc.assert(fc.property(corpora, (text) => {
    const words = countWords(text, "gpt2");
    const trainer = bpeTrainer(words);
    let chunks = Array.from(words, ([word, count]) => ({ ids: [...new TextEncoder().encode(word)], count }));
    for (let made = 0; made < 30; made++) {
      const counts = new Map<string, number>();
      for (const { ids, count } of chunks) {
        for (let at = 0; at + 1 < ids.length; at++) {
          const pair = `${ids[at]} ${ids[at + 1]}`;
          counts.set(pair, (counts.get(pair) ?? 0) + count);
        }
      }
      const expected = [...counts].sort((a, b) => b[1] - a[1]).map(([pair, count]) => `${pair} ${count}`);
      expect(trainer.topPairs(1e9).map(({ left, right, count }) => `${left} ${right} ${count}`)).toEqual(expected);
      expect(trainer.pairCount()).toBe(expected.length);
      expect(trainer.words(1e9)).toEqual(chunks);
      expect(trainer.tokenCount()).toBe(chunks.reduce((sum, { ids, count }) => sum + ids.length * count, 0));
      const merge = trainer.step();
      if (merge === undefined) break;
      chunks = chunks.map(({ ids, count }) => ({ ids: mergePair(ids, merge.left, merge.right, 256 + made), count }));
    }
  }), { numRuns: 300 });
});

test("an empty corpus and a corpus of single characters have nothing to merge", () => {
  expect(trainBpe("", { merges: 5, pattern: "gpt2" })).toEqual([]);
  expect(trainBpe("a", { merges: 5, pattern: "gpt2" })).toEqual([]);
});
