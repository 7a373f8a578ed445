import { expect, test } from "vitest";
import { chosenPath, choosePath, keep, keptOf } from "./kept.ts";

function memory(): Pick<Storage, "getItem" | "setItem" | "removeItem"> & { readonly all: Map<string, string> } {
  const all = new Map<string, string>();
  return { all, getItem: (key) => all.get(key) ?? null, setItem: (key, value) => void all.set(key, value), removeItem: (key) => void all.delete(key) };
}
const key = "glassbox:chapter:tokens";

test("what is kept adds up: answers gather, a finished chapter stays finished, the place moves", () => {
  const store = memory();
  keep("tokens", { at: "merging", answered: ["quiz-1"] }, store);
  keep("tokens", { at: "end", finished: true }, store);
  keep("tokens", { at: "merging", finished: false, answered: ["quiz-2", "quiz-1"] }, store);
  expect(keptOf("tokens", store)).toEqual({ version: 1, at: "merging", finished: true, answered: ["quiz-1", "quiz-2"] });
  expect(keptOf("attention", store)).toBeNull();
});

test.each(["", "{", "null", "[]", "7", '{"version":1}', '{"version":1,"at":3,"finished":true,"answered":[]}'])("the broken item %j is set aside and the book goes on", (text) => {
  const store = memory();
  store.all.set(key, text);
  expect(keptOf("tokens", store)).toBeNull();
  expect(store.all.get("glassbox:set-aside:tokens")).toBe(text);
  expect(keep("tokens", { finished: true }, store)).toBe(true);
  expect(keptOf("tokens", store)?.finished).toBe(true);
});

test("an item of a newer edition is neither used nor overwritten", () => {
  const store = memory();
  const newer = '{"version":2,"place":"x"}';
  store.all.set(key, newer);
  expect(keptOf("tokens", store)).toBeNull();
  expect(keep("tokens", { finished: true }, store)).toBe(false);
  expect(store.all.get(key)).toBe(newer);
});

test("storage that throws, is full or is missing costs nothing but the memory", () => {
  const refuse = (): never => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const full = { getItem: () => null, setItem: refuse, removeItem: refuse };
  const shut = { getItem: refuse, setItem: refuse, removeItem: refuse };
  for (const store of [full, shut, null]) {
    expect(keep("tokens", { finished: true }, store)).toBe(false);
    expect(keptOf("tokens", store)).toBeNull();
    expect(choosePath("evening", store)).toBe(false);
    expect(chosenPath(store)).toBeNull();
  }
});
