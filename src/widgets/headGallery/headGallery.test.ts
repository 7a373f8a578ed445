import { existsSync, readFileSync } from "node:fs";
import { Window } from "happy-dom";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type HeadGalleryFrame, openGallery } from "../../../engine/tasks/headGallery.ts";
import { attentionWithPattern } from "../../../engine/ops/attentionWithPattern.ts";
import { openLanguageModel } from "../../../engine/tasks/languageModel.ts";
import { backends } from "../../../engine/testing/backends.ts";
import { type AnyValues, defaults } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { headGallery } from "../headGallery.ts";
import { habitOf, ranking, rise, signed, unneeded } from "./reading.ts";

const shipped = new URL("../../../public/", import.meta.url);
const isShipped = existsSync(new URL("models/story/model.safetensors", shipped));
const base = defaults(headGallery.params);

test("a change is written with its sign, and none as nought", () => {
  expect([0.5, -0.031, 0.004, -0.004].map(signed)).toEqual(["+0.50", "−0.03", "0.00", "0.00"]);
});

describe.skipIf(!isShipped && process.env.CI !== "true")("on the shipped model", () => {
  let first: HeadGalleryFrame, measured: HeadGalleryFrame, broken: HeadGalleryFrame;
  beforeAll(async () => {
    const backend = (await backends.cpu!())!;
    const artefact = async (name: string) => new Uint8Array(readFileSync(new URL(name, shipped)));
    const language = await openLanguageModel({ artefact }, backend, { stepByStep: attentionWithPattern });
    const gallery = await openGallery(language, { breathe: () => Promise.resolve() });
    first = await gallery.look(base);
    while (await gallery.measure());
    measured = gallery.frame();
    await gallery.look({ ...base, off: headGallery.scenes.circuit!.params.off as readonly number[] });
    while (await gallery.measure());
    broken = gallery.frame();
  }, 60_000);
  let window: Window;
  let patches: AnyValues[];
  beforeEach(() => {
    window = new Window();
    patches = [];
  });
  afterEach(() => window.happyDOM.close());
  const show = (frame: HeadGalleryFrame, params: AnyValues = {}): SVGSVGElement => {
    const stage = createStage({ document: window.document as unknown as Document, prefix: "f", title: "t", size: headGallery.size.wide,
      narrow: false,
      set: (patch) => patches.push(patch) });
    window.document.body.append(stage.svg as never);
    headGallery.draw(stage as never)(frame, { ...base, ...params } as AnyValues);
    return stage.svg;
  };

  test("the chapter’s numbers hold: ten heads that stories hardly miss, one that copying cannot do without", () => {
    expect(unneeded(measured, "stories")).toBe(10);
    expect(rise(measured, "stories", 4)).toBeLessThan(0.2);
    expect(rise(measured, "twice", 4)).toBeGreaterThan(6);
    expect(measured.twice![4]!.copy).toBeGreaterThan(0.75);
    expect(broken.twice![4]!.copy).toBeLessThan(0.1);
    expect(measured.tests.stories.whole).toBeGreaterThan(0.4);
  });

  test("the first frame has all that the reader’s text tells, and says that the rest is on its way", () => {
    expect(unneeded(first, "yours")).not.toBeNull();
    expect(unneeded(first, "stories")).toBeNull();
    expect(headGallery.describe(first, { ...base, test: "stories" } as unknown as AnyValues).sentence).toContain("are being measured");
  });

  test("heads get the name of their habit, or none", () => {
    expect(habitOf(measured, 0).name).toBe("before");
    expect(habitOf(measured, 2).name).toBe("itself");
    expect(habitOf(broken, 4).name).toBe("mixed");
  });

  test("bars stand in the order of their values, and the table holds the same numbers", () => {
    const params = { ...base, test: "twice" } as const;
    const order = ranking(measured, params);
    expect(order.map(({ value }) => value)).toEqual(order.map(({ value }) => value!).toSorted((a, b) => b - a));
    const shown = [...show(measured, params).querySelectorAll(".gb-bars .gb-value")].map((text) => text.textContent);
    expect(shown).toEqual(order.map(({ value }) => signed(value!)));
    const { table } = headGallery.describe(measured, params as unknown as AnyValues);
    const column = table.columns.indexOf("loss without it: nonsense twice");
    expect(order.map(({ index }) => table.rows[index]![column])).toEqual(shown);
  });

  test("a bar of a head without which the loss falls points the other way, from the same line", () => {
    const order = ranking(measured, { ...base, test: "twice" } as const);
    const marks = [...show(measured, { test: "twice" }).querySelectorAll(".gb-bars .gb-bar-mark")];
    const ends = marks.map((mark) => [Number(mark.getAttribute("x")), Number(mark.getAttribute("x")) + Number(mark.getAttribute("width"))] as const);
    const zero = ends[0]![0];
    expect(order.some(({ value }) => value! < -0.01)).toBe(true);
    for (const [i, { value }] of order.entries()) {
      expect(ends[i]![value! < 0 ? 1 : 0]).toBeCloseTo(zero, 1);
      expect(marks[i]!.classList.contains("gb-below")).toBe(value! < 0);
    }
  });

  test("a press on a bar switches that head, and a thumbnail only chooses", () => {
    const svg = show(measured, { test: "twice" });
    const press = (element: Element): void => void element.dispatchEvent(new window.MouseEvent("click", { bubbles: true }) as never);
    press(svg.querySelector(".gb-bars [role=button]")!);
    const [best] = ranking(measured, { ...base, test: "twice" });
    const off = patches[0]!.off as readonly number[];
    expect(off.flatMap((value, i) => (value ? [i] : []))).toEqual([best!.index]);
    press(svg.querySelectorAll("[role=option]")[9]!);
    expect(patches[1]).toEqual({ layer: 2, head: 1 });
  });

  test("a head that is off lies under a veil, says so, and keeps its badge", () => {
    const svg = show(broken, { off: headGallery.scenes.circuit!.params.off!, test: "twice" });
    expect(svg.querySelectorAll(".gb-veil")).toHaveLength(1);
    const option = svg.querySelector("[role=option]")!;
    expect(option.getAttribute("aria-label")).toBe("layer 0, head 0, taught: previous token, off");
    expect(option.querySelector(".gb-badge-text")!.textContent).toBe("taught");
    expect([...svg.querySelectorAll("[role=button]")].some((button) => button.getAttribute("aria-label") === "All on again")).toBe(true);
  });
});
