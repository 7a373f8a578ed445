// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import { answer, figureStore, forget, type Wish } from "../widget/store.ts";
import { followFigures } from "./followFigures.ts";

afterEach(() => {
  document.body.replaceChildren();
  forget("walk");
});

/** A page with this prose, and what its figure "walk" is asked. */
function page(html: string): Wish[] {
  document.body.innerHTML = `<figure id="walk" data-widget="descent-1d"></figure>${html}`;
  const wishes: Wish[] = [];
  answer("walk", (wish) => wishes.push(wish));
  followFigures();
  return wishes;
}

const scrub = '<span data-scrub="walk" data-param="learningRate" data-min="0" data-max="1.2" data-step="0.01" data-label="learning rate">0.10</span>';
const press = (element: Element, key: string): boolean =>
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));

test("a number follows the readout of its figure and keeps the poster's text until there is one", () => {
  page('<span data-live="walk" data-readout="weight">3.8192</span>');
  const output = document.querySelector("span")!;
  figureStore("walk").setState({ readouts: { loss: "1" } });
  expect(output.textContent).toBe("3.8192");
  figureStore("walk").setState({ readouts: { weight: "3.02" } });
  expect(output.textContent).toBe("3.02");
});

test("a chip asks for its scene, or for its params", () => {
  const wishes = page('<button data-chip="walk" data-scene="jump"></button><button data-chip="walk" data-params=\'{"learningRate":0.3}\'></button>');
  for (const button of document.querySelectorAll("button")) button.click();
  expect(wishes).toEqual([{ type: "scene", scene: "jump" }, { type: "set", params: { learningRate: 0.3 } }]);
});

test("a chip whose figure is out of sight says where it is, and only the last one pressed does", () => {
  const chip = '<button data-chip="walk" data-scene="jump"></button>';
  page(chip + chip);
  const figure = document.querySelector("figure")!;
  figure.innerHTML = '<div data-stage></div><figcaption><span class="figure-number"><label>Figure 3.1</label></span></figcaption>';
  let top = -900;
  figure.firstElementChild!.getBoundingClientRect = () => new DOMRect(0, top, 600, 500);
  const [first, second] = document.querySelectorAll("button");
  const links = (): string[] => [...document.querySelectorAll("a")].map((link) => `${link.getAttribute("href")} ${link.textContent}`);
  first!.click();
  expect(links()).toEqual(["#walk ↑\u00a0Figure\u00a03.1"]);
  top = 5000;
  second!.click();
  expect(links()).toEqual(["#walk ↓\u00a0Figure\u00a03.1"]);
  expect(document.querySelector("a")!.previousElementSibling).toBe(second);
  top = 100;
  second!.click();
  expect(links()).toEqual([]);
});

test("a number to drag is a slider to those who listen, and obeys arrows, pages and ends within its limits", () => {
  const wishes = page(scrub);
  const slider = document.querySelector("[role=slider]")!;
  expect(slider.getAttribute("aria-label")).toBe("learning rate");
  for (const key of ["ArrowRight", "PageUp", "End", "ArrowRight", "Home", "ArrowLeft"]) press(slider, key);
  const asked = wishes.map((wish) => (wish.type === "set" ? Number((wish.params.learningRate as number).toFixed(6)) : null));
  expect(asked).toEqual([0.11, 0.21, 1.2, 1.2, 0, 0]);
  expect(slider.textContent).toBe("0.00");
  expect(slider.getAttribute("aria-valuenow")).toBe("0");
});

test("other keys pass through a number to drag", () => {
  const wishes = page(scrub);
  expect(press(document.querySelector("[role=slider]")!, "Tab")).toBe(true);
  expect(wishes).toEqual([]);
});

test("a number to drag shows what the figure was set to elsewhere", () => {
  page(scrub);
  figureStore("walk").setState({ params: { learningRate: 0.9 } });
  expect(document.querySelector("[role=slider]")!.textContent).toBe("0.90");
});

test("a figure lights its term in the text, and only that", () => {
  page('<span class="t-query">q</span><span class="t-key">k</span>');
  figureStore("walk").setState({ focus: "query" });
  expect(document.querySelector(".t-query")!.classList.contains("lit")).toBe(true);
  expect(document.querySelector(".t-key")!.classList.contains("lit")).toBe(false);
  figureStore("walk").setState({ focus: null });
  expect(document.querySelector(".lit")).toBeNull();
});
