import { expect, test } from "vitest";
import { tokenizerFromMerges } from "./bpe.ts";
import { paddedTokenizer } from "./paddedTokenizer.ts";

const plain = tokenizerFromMerges([{ left: 97, right: 98 }], { pattern: "gpt2", specials: ["<|end|>"] });
const padded = paddedTokenizer(plain, 264);

test("ids of a padded vocabulary stand for no text, all others for what they stood for", () => {
  expect([plain.vocabSize, padded.vocabSize]).toEqual([258, 264]);
  const ids = padded.encode("abc");
  expect(ids).toEqual(plain.encode("abc"));
  expect(padded.decode([...ids, 258, 263, ...ids])).toBe("abcabc");
  expect([padded.display(263), padded.piece(258).length, padded.display(ids[0]!)]).toEqual(["[unused 263]", 0, plain.display(ids[0]!)]);
});

test("an id beyond the padding is refused as before", () => {
  expect(() => padded.decode([264])).toThrow("id 264 is outside the vocabulary");
});
