// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { elementCode, embedAddress, type EmbedTarget, iframeCode, plainEmbed } from "./embedCode.ts";

const target: EmbedTarget = { site: "https://book.test/a/", widget: "descent-1d", title: 'Say "<b>"', state: "learningRate=0.9&start=2", height: 612, picture: [720, 360] };

test("a plain embed is its address and its state", () => {
  expect(embedAddress(target, plainEmbed)).toBe("https://book.test/a/embed/descent-1d/#learningRate=0.9&start=2");
  expect(embedAddress({ ...target, state: "" }, { ...plainEmbed, theme: "dark", lock: true, hide: ["start", "steps"], task: "loss<0.5" }))
    .toBe("https://book.test/a/embed/descent-1d/?theme=dark&lock=1&hide=start%2Csteps&task=loss%3C0.5");
});

test("both codes parse back to the same state, and a title stays text", () => {
  // In a template nothing is loaded.
  const place = document.createElement("template");
  place.innerHTML = iframeCode(target, { ...plainEmbed, task: "loss<0.5" });
  const frame = place.content.querySelector("iframe")!;
  expect(frame.getAttribute("src")).toBe("https://book.test/a/embed/descent-1d/?task=loss%3C0.5#learningRate=0.9&start=2");
  expect(frame.getAttribute("title")).toBe('Say "<b>"');
  place.innerHTML = elementCode(target, { ...plainEmbed, lock: true, task: "loss<0.5" });
  const element = place.content.querySelector("glass-box")!;
  expect(Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])))
    .toEqual({ widget: "descent-1d", params: "learningRate=0.9&start=2", lock: "", task: "loss<0.5", height: "612" });
  expect(element.textContent.trim()).toBe('Say "<b>", a live figure of Glassbox');
  expect(element.querySelector("img")!.getAttribute("src")).toBe("https://book.test/a/embed/descent-1d/poster.light.png");
  expect(element.querySelector("b")).toBeNull();
});
