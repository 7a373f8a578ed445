import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseRanks, tokenizerFromRanks } from "./ranks.ts";
import { publishedTokenizer, unpackVocabulary, type VocabularyName, vocabularyNames, vocabularyPack } from "./vocabulary.ts";

const pack = (name: VocabularyName): Uint8Array => new Uint8Array(readFileSync(`public/${vocabularyPack(name)}`));
const published = Object.fromEntries(vocabularyNames.map((name) => [name, publishedTokenizer(name, pack(name))]));
const encode = (text: string): number[][] => vocabularyNames.map((name) => published[name]!.encode(text));

test.each(vocabularyNames)("the pack of %s unpacks to the bytes of every published token", (name) => {
  const pieces = unpackVocabulary(pack(name));
  const table = parseRanks(readFileSync(`node_modules/gpt-tokenizer/data/${name}_base.tiktoken`, "utf8"));
  expect(pieces).toHaveLength(table.length);
  expect(Buffer.compare(Buffer.concat(pieces), Buffer.concat(table))).toBe(0);
  expect(pieces.every((piece, id) => piece.length === table[id]!.length)).toBe(true);
});

test("the ids and counts of the chapter are those of tiktoken", () => {
  expect(encode("the unfortunate cat")).toEqual([[1169, 14855, 3797], [1820, 34707, 8415], [3086, 64475, 9059]]);
  expect(encode("I can't wait to build AI applications").map((ids) => ids.length)).toEqual([8, 8, 7]);
  expect(encode("I can't wait to build AI applications.")[1]).toHaveLength(9);
  expect(encode("How are you?").map((ids) => ids.length)).toEqual([4, 4, 4]);
  expect(encode("我喜欢机器学习").map((ids) => ids.length)).toEqual([17, 10, 4]);
  expect(encode("😀").map((ids) => ids.length)).toEqual([2, 2, 1]);
  expect(encode("cooking").map((ids, k) => ids.map((id) => published[vocabularyNames[k]!]!.display(id)).join("+"))).toEqual(["cook+ing", "co+oking", "c+ooking"]);
});

test("texts in many scripts are cut as by the tokenizer that lists every merge", () => {
  const { texts } = JSON.parse(readFileSync("public/data/udhr.json", "utf8")) as { texts: { text: string }[] };
  const listed = tokenizerFromRanks(unpackVocabulary(pack("r50k")), { pattern: "gpt2" });
  for (const { text } of texts) expect(published["r50k"]!.encode(text.slice(0, 1500))).toEqual(listed.encode(text.slice(0, 1500)));
});

test("a pack that ends inside a token, or joins what is not there yet, is refused", () => {
  const bytes = pack("r50k");
  expect(() => unpackVocabulary(bytes.subarray(0, 258))).toThrow("has 258");
  expect(() => unpackVocabulary(Uint8Array.of(...bytes.subarray(0, 256), 255, 255, 255, 255, 255))).toThrow("token 256");
});
