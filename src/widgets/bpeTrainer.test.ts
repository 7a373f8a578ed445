import { expect, test } from "vitest";
import type { TrainBpeFrame } from "../../engine/tasks/trainBpe.ts";
import { clipText, validValue } from "../widget/params.ts";
import { renderPoster, renderPosters } from "../widget/poster.ts";
import { corpora } from "./bpeTrainer/corpora.ts";
import { blocksOf } from "./bpeTrainer/tree.ts";
import { vocabularyOf } from "./bpeTrainer/vocabulary.ts";
import { bpeTrainer } from "./bpeTrainer.ts";

const after = (merges: number, text: string = corpora.worked) => renderPoster(bpeTrainer, { headStart: merges, merges, text });
const pairs = async (merges: number, text?: string): Promise<(string | number)[][]> =>
  (await after(merges, text)).table.rows.map((row) => [...row]);

test("the table holds the book's complete first count", async () => {
  expect(await pairs(0)).toEqual([
    ["(w, e)", 8], ["(▁, l)", 7], ["(l, o)", 7], ["(o, w)", 7],
    ["(▁, n)", 6], ["(n, e)", 6], ["(e, w)", 6], ["(e, s)", 6], ["(s, t)", 6], ["(e, r)", 2],
  ]);
});

/** The first row of the table after 0, 1, … merges is the merge that comes next. */
async function mergesOf(text: string, count: number): Promise<string[]> {
  const made = [];
  for (let merges = 0; merges < count; merges++) made.push(String((await pairs(merges, text))[0]![0]).slice(1, -1).replace(", ", ""));
  return made;
}

test("its first rows, frame by frame, are the book's eleven merges, and then nothing is left", async () => {
  expect(await mergesOf(corpora.worked, 11)).toEqual(
    ["we", "▁l", "▁lo", "▁n", "▁ne", "▁newe", "▁newes", "▁newest", "▁low", "▁lowe", "▁lower"],
  );
  expect(await pairs(11)).toEqual([]);
});

test("with widest three times the order is the book's other one, and lower becomes ▁low·e·r", async () => {
  expect(await mergesOf(corpora.widest, 5)).toEqual(["es", "est", "▁l", "▁lo", "▁low"]);
  const { words, names } = (await after(5, corpora.widest)).frame as TrainBpeFrame;
  expect(words[1]!.ids.map((id) => names[id])).toEqual(["▁low", "e", "r"]);
});

test("with newest four times three pairs tie at 7 and the one seen first comes first", async () => {
  expect((await pairs(0, corpora.tie)).slice(0, 4)).toEqual([["(▁, l)", 7], ["(l, o)", 7], ["(o, w)", 7], ["(w, e)", 6]]);
});

test("its sentence and readouts tell the state that is on the screen", async () => {
  const nine = await after(9);
  expect(nine.sentence).toBe("After 9 merges the corpus of 74 bytes is 17 tokens long, "
    + "and the next pair is (▁lo, we) with 2, the first seen of several with as many.");
  const read = Object.fromEntries(Object.entries(bpeTrainer.readouts).map(([name, text]) => [name, text(nine.frame, {})]));
  expect(read).toEqual({ merges: "9", tokens: "17", vocabulary: "265", compression: "4.35", nextPair: "(▁lo, we)" });
});

test("each view has the numbers it draws in its table", async () => {
  const tree = await renderPoster(bpeTrainer, { headStart: 9, merges: 9, view: "tree", token: "▁lo" });
  expect(tree.sentence).toMatch(/ The tree shows ▁lo, made by merge 3 of ▁l and o\.$/);
  expect(tree.table.rows[2]).toEqual([3, "▁lo", "▁l", "o", 7]);
  const curve = await renderPoster(bpeTrainer, { headStart: 11, view: "curve" });
  expect(curve.table.rows.map(([, tokens]) => tokens)).toEqual([74, 66, 59, 52, 46, 40, 34, 28, 22, 17, 15, 13]);
});

test("every view draws after every number of merges, wide and narrow, and draws what the frame holds", async () => {
  for (const view of ["counts", "tree", "curve"] as const) {
    for (const merges of [0, 1, 9, 11]) {
      const { wide, narrow } = await renderPosters(bpeTrainer, { headStart: merges, merges, view });
      for (const { svg } of [wide, narrow]) {
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
        expect(svg).toContain(`${[74, 66, 59, 52, 46, 40, 34, 28, 22, 17, 15, 13][merges]} tokens, vocabulary ${256 + merges}`);
      }
    }
  }
});

test("the pair that comes next is marked wherever it stands", async () => {
  const { svg } = await after(0);
  expect(svg.match(/gb-next/g)).toHaveLength(4);
});

test.each([
  ["nothing", ""],
  ["one letter", "a"],
  ["a lone surrogate", "\ud800 a\udc00"],
  ["control characters", "\u0000\u0007\u001b[31m \t\r\n\u202e\u200d\u007f\u0085"],
  ["Burmese", "မြန်မာ မြန်မာစာ"],
  ["families of emoji", "👩‍👩‍👧 👩‍👩‍👧 😀😀😀"],
  ["markup", "<script>alert(1)</script> &amp; \"'<!--"],
  ["one long word", "ab".repeat(2000)],
  ["ten thousand characters", "word ".repeat(2000)],
])("%s is drawn, byte for byte, and never refused", async (_, text) => {
  for (const pattern of ["words", "gpt2", "none"] as const) {
    for (const view of ["counts", "tree", "curve"] as const) {
      const { wide, narrow } = await renderPosters(bpeTrainer, { text, pattern, view, headStart: 30, merges: 30 });
      // What the reader typed also stands in attributes, where it is no markup.
      for (const { svg } of [wide, narrow]) expect(svg.replaceAll(/="[^"]*"/g, "")).not.toMatch(/NaN|undefined|Infinity|<script/);
      // eslint-disable-next-line no-control-regex -- such characters must not reach the page
      expect(wide.svg).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202e]/);
    }
  }
});

test("a text of ten thousand characters is clipped to the corpus' 4000 bytes", () => {
  const { text } = bpeTrainer.params;
  expect(validValue(text, "é".repeat(10_000))).toBe(clipText("é".repeat(10_000), 4000));
});

test("halves of characters are written as bytes", async () => {
  const { svg } = await after(0, "é");
  expect(svg).toMatch(/gb-broken[^>]*>[^]*?>C3</);
  expect((await pairs(0, "é")).at(-1)).toEqual(["(<0xC3>, <0xA9>)", 1]);
});

test("the blocks of a tree lie on their parts, and its lowest ones spell the token", async () => {
  for (const [text, merges] of [[corpora.novel, 120], [corpora.worked, 11], ["ab".repeat(200), 9]] as const) {
    const frame = (await after(merges, text)).frame as TrainBpeFrame;
    const vocabulary = vocabularyOf(frame);
    for (const id of [97, 256, 255 + frame.step]) {
      const blocks = blocksOf(id, vocabulary, 8, 13);
      const under = (path: string) => blocks.filter((block) => block.path.length === path.length + 1 && block.path.startsWith(path));
      for (const block of blocks.filter(({ path }) => under(path).length > 0)) {
        const [left, right] = under(block.path);
        expect([left!.column, right!.column, left!.span + right!.span]).toEqual([block.column, block.column + left!.span, block.span]);
        expect(vocabulary.parts(block.id)).toEqual([left!.id, right!.id]);
      }
      const leaves = blocks.filter(({ path }) => under(path).length === 0);
      expect(leaves.flatMap((leaf) => vocabulary.bytes(leaf.id))).toEqual(vocabulary.bytes(id));
      expect(leaves.length).toBeLessThanOrEqual(13);
      expect(Math.max(...blocks.map(({ depth }) => depth))).toBeLessThan(8);
    }
  }
});
