// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { patch } from "./patch.ts";

const element = (html: string): HTMLElement => Object.assign(document.createElement("main"), { innerHTML: html });
const figure = (caption: string, params = ""): string => `<figure id="f" data-widget="w" data-params="${params}"><svg></svg><figcaption>${caption}</figcaption></figure>`;

test("a changed word changes in the open page, and what scripts made of the rest stays", () => {
  const before = element(`<section><p>One <em>step</em> down.</p>${figure("Drag.")}</section>`);
  const open = before.cloneNode(true) as HTMLElement;
  const live = open.querySelector("figure")!;
  live.querySelector("svg")!.replaceWith(document.createElement("canvas"));
  const after = element(`<section><p class="new">One <em>stride</em> down.</p>${figure("Drag it.")}</section>`);
  expect(patch(open, before, after)).toBe(true);
  expect(open.querySelector("p")!.outerHTML).toBe('<p class="new">One <em>stride</em> down.</p>');
  expect(open.querySelector("figure")).toBe(live);
  expect(live.innerHTML).toBe("<canvas></canvas><figcaption>Drag it.</figcaption>");
});

test("paragraphs come and go around a live figure", () => {
  const before = element(`<p>One.</p>${figure("")}<p>Three.</p><p>Four.</p>`);
  const open = before.cloneNode(true) as HTMLElement;
  const live = open.querySelector("figure")!;
  const more = element(`<p>One.</p>${figure("")}<p>Two.</p><p>And more.</p><p>Three.</p><p>Four.</p>`);
  expect(patch(open, before, more)).toBe(true);
  expect(open.innerHTML).toBe(more.innerHTML);
  const fewer = element(`${figure("")}<p>Four.</p>`);
  expect(patch(open, element(`<p>One.</p>${figure("")}<p>Four.</p>`), fewer)).toBe(false);
  expect(patch(open, more, element(`<p>One.</p>${figure("")}<p>Four.</p>`))).toBe(true);
  expect(open.querySelector("figure")).toBe(live);
  expect(open.innerHTML).toBe(`<p>One.</p>${figure("")}<p>Four.</p>`);
});

test.each([
  ["a figure has other params", figure(""), figure("", "rate=2")],
  ["a figure is new", "<p>One.</p>", `<p>One.</p>${figure("")}`],
  ["a button is new", "<p>One.</p>", "<p>One. <button>Guess</button></p>"],
])("where %s, the page has to be loaded anew", (_, before, after) => {
  expect(patch(element(before), element(before), element(after))).toBe(false);
});

test("where scripts have rebuilt a paragraph, it is served anew", () => {
  const open = element("<p>rebuilt <b>here</b></p>");
  expect(patch(open, element("<p>One.</p>"), element("<p>Two.</p>"))).toBe(true);
  expect(open.innerHTML).toBe("<p>Two.</p>");
});
