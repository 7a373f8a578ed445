import { expect, test } from "vitest";
import { bestOf, indexOf } from "./search.ts";
import type { SearchDocument } from "./searchDocument.ts";

const term = (id: number, title: string, text: string): SearchDocument => ({ id, kind: "term", title, where: "", url: `glossary/#${title}`, text });
const search = indexOf([
  term(1, "learning-rate schedule", "How the learning rate moves during a run: usually the learning rate goes up for a short while, then down."),
  term(2, "learning rate", "The factor between a slope and the step that is taken against it."),
]);

test("what bears the name that was asked for comes first", () => {
  expect(search.search("learning rate")[0]!.id).toBe(1);
  expect(bestOf(search, "Learning rate").map(({ title }) => title)).toEqual(["learning rate", "learning-rate schedule"]);
});

test("signs alone find nothing", () => {
  expect(bestOf(search, "?!")).toEqual([]);
});
