import { Window } from "happy-dom";
import { expect, test } from "vitest";
import { fitHinges, type FitHingesParams } from "../../../engine/tasks/fitHinges.ts";
import { framesOf } from "../../../engine/testing/runTask.ts";
import { type AnyValues, defaults, valid } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { hingeSculptor } from "../hingeSculptor.ts";

const base = defaults(hingeSculptor.params) as unknown as AnyValues;
const frameOf = async (patch: AnyValues = {}) => (await framesOf(fitHinges, valid(hingeSculptor.params, { ...base, ...patch }) as unknown as FitHingesParams, 1))[0]!;

async function show(narrow = false) {
  const window = new Window();
  const patches: AnyValues[] = [];
  const stage = createStage({
    document: window.document as unknown as Document, prefix: "f", title: "t", narrow, size: hingeSculptor.size[narrow ? "narrow" : "wide"],
    set: (patch) => patches.push(patch),
  });
  window.document.body.append(stage.svg as never);
  const frame = await frameOf();
  hingeSculptor.draw(stage)(frame, base);
  return { window, svg: stage.svg, patches, frame };
}

test("the sentence counts folds, pieces and steps of what is drawn", async () => {
  const { frame, svg, window } = await show();
  expect(svg.querySelectorAll('path[d^="M-5,0"]')).toHaveLength(frame.folds.length);
  expect(hingeSculptor.describe(frame, base).sentence).toContain(`at ${frame.folds.length} places, which makes ${frame.pieces} straight pieces`);
  expect(hingeSculptor.describe(frame, base).table.rows).toHaveLength(17 + 12);
  await window.happyDOM.close();
});

test("the curve is changed by arrow keys: → chooses the next place, ↑ lifts it by a tenth", async () => {
  const { window, svg, patches } = await show();
  const pen = svg.querySelector(".gb-pen")!;
  for (const key of ["ArrowRight", "ArrowUp", "ArrowUp"]) pen.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }) as never);
  const curve = patches.at(-1)!.curve as readonly number[];
  expect(curve[1]).toBeCloseTo((base.curve as readonly number[])[1]! + 0.2, 10);
  expect(curve[0]).toBe((base.curve as readonly number[])[0]);
  expect(pen.getAttribute("aria-valuetext")).toMatch(/^place 2 of 33, x −0.938/);
  await window.happyDOM.close();
});

test("a quick stroke with the pointer leaves no gap", async () => {
  const { window, svg, patches } = await show();
  const pen = svg.querySelector(".gb-pen")!;
  svg.getBoundingClientRect = () => ({ left: 0, top: 0, width: 720, height: 400 }) as DOMRect;
  const at = (type: string, x: number, y: number): unknown => pen.dispatchEvent(new window.PointerEvent(type, { clientX: x, clientY: y, bubbles: true }) as never);
  at("pointerdown", 34, 176);
  at("pointermove", 34 + 676 / 2, 26);
  const curve = patches.at(-1)!.curve as readonly number[];
  expect(curve[0]).toBeCloseTo(0, 10);
  expect(curve[16]).toBe(1);
  for (let i = 1; i <= 16; i++) expect(curve[i]).toBeGreaterThan(curve[i - 1]!);
  await window.happyDOM.close();
});

test("every scene ends as its sentence says: one hinge, at most five pieces, thirty-two that look smooth", async () => {
  const ended = async (scene: string) => frameOf({ ...hingeSculptor.scenes[scene]!.params, headStart: 3000 });
  expect((await ended("one")).folds.length).toBeLessThanOrEqual(1);
  expect((await ended("few")).loss).toBeGreaterThan(0.01);
  expect((await ended("enough")).loss).toBeLessThan(0.0005);
});
