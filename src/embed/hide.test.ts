// @vitest-environment happy-dom
import { expect, test } from "vitest";
import type { Schema } from "../widget/params.ts";
import { hiddenNames, hideControls, namesNow } from "./hide.ts";

const schema = {
  learningRate: { kind: "number", default: 0.1, min: 0, max: 1, step: 0.1, label: "rate", aliases: ["eta", "speed"] },
  start: { kind: "number", default: 5, min: 0, max: 9, step: 1, label: "start" },
} satisfies Schema;

test("a teacher's link that hides a setting by its former name still hides it", () => {
  expect(namesNow(schema, hiddenNames("eta,start"))).toEqual(["learningRate", "start"]);
  expect(namesNow(schema, hiddenNames("speed"))).toEqual(["learningRate"]);
});

test("what cannot be a param's name is dropped, and what is none hides nothing", () => {
  expect(hiddenNames(`start,"><img onerror=alert(1)>,a b,,ετα`)).toEqual(["start"]);
  expect(namesNow(schema, hiddenNames("__proto__,constructor,start"))).toEqual(["__proto__", "constructor", "start"]);
  expect(hiddenNames(null)).toEqual([]);
  expect(hiddenNames("x,".repeat(9000)).length).toBeLessThanOrEqual(500);
});

test("the control of a hidden setting is off the page before any of its code is there", () => {
  document.body.innerHTML = `<figure><div class="gb-knob" id="a"><input name="start"><input type="number" name="start"></div><div class="gb-knob" id="b"><input name="steps"></div></figure>`;
  hideControls(document.querySelector("figure")!, ["start", "__proto__"]);
  expect([...document.querySelectorAll("[hidden]")].map(({ id }) => id)).toEqual(["a"]);
});
