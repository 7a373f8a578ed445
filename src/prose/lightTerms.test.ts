// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { lightTerms } from "./lightTerms.ts";

afterEach(() => document.body.replaceChildren());

const lit = (): string[] => [...document.querySelectorAll(".lit")].map(({ id }) => id);
const over = (id: string, kind = "pointerover"): boolean => document.getElementById(id)!.dispatchEvent(new Event(kind, { bubbles: true }));

test("a term lights its namesakes in the formula, the text and the figure, both ways", () => {
  document.body.innerHTML = `<main><p><span id="formula" class="enclosing t-query"><span id="q">q</span></span> <span id="word" class="term t-query">query</span>
    <span id="other" class="t-key">k</span></p><figure><div class="gb-stage"><svg><g id="part" class="c-query"><rect id="cell" tabindex="0"></rect></g></svg></div></figure></main>`;
  lightTerms();
  over("q");
  expect(lit()).toEqual(["formula", "word", "part"]);
  over("other");
  expect(lit()).toEqual(["other"]);
  over("cell", "focusin");
  expect(lit()).toEqual(["formula", "word", "part"]);
  over("cell", "focusout");
  expect(lit()).toEqual([]);
});
