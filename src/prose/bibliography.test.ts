import { expect, test } from "vitest";
import { bibliography, type CiteKey, type Source, yearOf } from "./bibliography.ts";

test("no two sources are cited by the same words", () => {
  const words = (Object.keys(bibliography) as CiteKey[]).map((id) => `${(bibliography[id] as Source).short} ${yearOf(id)}`);
  expect(words.filter((one, i) => words.indexOf(one) !== i)).toEqual([]);
});

test("two papers of the same authors and year bear letters in the order of arXiv, a paper alone bears none", () => {
  expect([yearOf("he2015"), yearOf("heDeep2015"), yearOf("vaswani2017")]).toEqual(["2015a", "2015b", "2017"]);
});
