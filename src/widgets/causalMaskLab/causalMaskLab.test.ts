import { readFileSync } from "node:fs";
import { Window } from "happy-dom";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createReferenceBackend } from "../../../engine/backends/reference/referenceBackend.ts";
import { maskOf } from "../../../engine/tasks/attentionMasks.ts";
import { masked, type MaskLabFrame, type MaskLabParams } from "../../../engine/tasks/maskLab.ts";
import { type AnyValues, defaults, valid } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { causalMaskLab } from "../causalMaskLab.ts";
import { leakText, writtenOut } from "./reading.ts";

const backend = createReferenceBackend();
const base = defaults(causalMaskLab.params) as unknown as MaskLabParams;
const frameOf = async (params: Partial<MaskLabParams> = {}): Promise<MaskLabFrame> => {
  const values = { ...base, ...params };
  return { ...(await masked(backend, values)), step: null, loss: null, steps: values.steps, yours: null, causal: null, baselines: null,
    training: values.train };
};
const expected = JSON.parse(readFileSync(new URL("../../../engine/fixtures/masks.json", import.meta.url),
  "utf8")) as { patterns: Record<string, number[][]> };

let window: Window;
let patches: Partial<MaskLabParams>[];
beforeEach(() => {
  window = new Window();
  patches = [];
});
afterEach(() => window.happyDOM.close());

function show(frame: MaskLabFrame, params: Partial<MaskLabParams> = {}, narrow = false) {
  const size = narrow ? causalMaskLab.size.narrow : causalMaskLab.size.wide;
  const stage = createStage({ document: window.document as unknown as Document, prefix: "f", title: "t", size, narrow,
    set: (patch) => patches.push(patch as Partial<MaskLabParams>) });
  window.document.body.append(stage.svg as never);
  stage.svg.getBoundingClientRect = () => ({ left: 0, top: 0, width: size[0], height: size[1] }) as DOMRect;
  const draw = causalMaskLab.draw(stage as never);
  draw(frame, { ...base, ...params } as unknown as AnyValues);
  return { svg: stage.svg, draw };
}
const maskPanel = (svg: SVGSVGElement): Element => svg.querySelector("[aria-label='mask: press a cell']")!;
const pointer = (element: Element, type: string, x: number, y: number, pointerType = "mouse"): void =>
  void element.dispatchEvent(new window.PointerEvent(type, { bubbles: true, clientX: x, clientY: y, pointerType } as never) as never);
/** The middle of a cell of the wide drawing's mask. */
const at = (row: number, column: number): [number, number] => [258 + (column + 0.5) * 26, 52 + (row + 0.5) * 26];
const bit = (patch: Partial<MaskLabParams>, row: number, column: number): number => patch.mask![row * 8 + column]!;

test("the worked scene shows PyTorch’s rows, in the table and in the cells", async () => {
  const params = valid(causalMaskLab.params, causalMaskLab.scenes.worked!.params) as unknown as MaskLabParams;
  const frame = await frameOf(params);
  const { rows } = causalMaskLab.describe(frame, params as unknown as AnyValues).table;
  expect(rows.map(([, ...cells]) => cells)).toEqual(expected.patterns.causal!.map((row, query) =>
    row.map((share, key) => (key > query ? "masked" : share.toFixed(4)))));
  const { svg } = show(frame, params);
  const grids = [...svg.querySelectorAll(".gb-grid")];
  const texts = [...grids.at(-1)!.querySelectorAll("text")].map((text) => text.textContent);
  expect(texts.slice(5, 10)).toEqual([".109", ".891", "", "", ""]);
  expect([...grids[1]!.querySelectorAll("text")].map((text) => text.textContent).slice(0, 5)).toEqual(["2.1", "−∞", "−∞", "−∞", "−∞"]);
});

test("masked cells are hatched and never look like a share of nought", async () => {
  const { svg } = show(await frameOf());
  const shares = [...svg.querySelectorAll(".gb-grid")].at(-1)!;
  expect(shares.querySelectorAll("rect.gb-masked-cells").length).toBe(28);
  for (const cell of shares.querySelectorAll("rect.gb-masked-cells")) expect(cell.getAttribute("fill")).toMatch(/^url\(#/);
});

test("a press flips a cell and makes the mask the reader’s own, on top of the preset that was shown", async () => {
  const { svg } = show(await frameOf({ preset: "window" }), { preset: "window" });
  const target = maskPanel(svg);
  pointer(target, "pointermove", ...at(0, 1));
  pointer(target, "pointerdown", ...at(0, 1));
  expect(patches).toHaveLength(1);
  expect(patches[0]!.preset).toBe("own");
  expect(bit(patches[0]!, 0, 1)).toBe(1);
  expect(patches[0]!.mask!.map((value, i) => (i === 1 ? 0 : value))).toEqual(maskOf("window", 8));
});

test("dragging the mouse paints the same over every cell it crosses", async () => {
  const { svg, draw } = show(await frameOf());
  const target = maskPanel(svg);
  pointer(target, "pointermove", ...at(2, 3));
  pointer(target, "pointerdown", ...at(2, 3));
  const first = patches[0]!;
  draw(await frameOf({ preset: "own", mask: first.mask! }), { ...base, preset: "own", mask: first.mask } as unknown as AnyValues);
  pointer(target, "pointermove", ...at(2, 4));
  pointer(target, "pointermove", ...at(2, 1));
  expect(patches).toHaveLength(2);
  expect([bit(patches[1]!, 2, 3), bit(patches[1]!, 2, 4)]).toEqual([1, 1]);
  pointer(target, "pointerup", ...at(2, 1));
  pointer(target, "pointermove", ...at(2, 6));
  expect(patches).toHaveLength(2);
});

test("a finger that scrolls paints nothing, a tap flips one cell", async () => {
  const { svg } = show(await frameOf());
  const target = maskPanel(svg);
  pointer(target, "pointerdown", ...at(0, 5), "touch");
  expect(patches).toHaveLength(0);
  pointer(target, "click", ...at(0, 5), "touch");
  expect(bit(patches[0]!, 0, 5)).toBe(1);
});

test("keys walk through the mask and Enter flips, with every cell spoken", async () => {
  const { svg } = show(await frameOf());
  const panel = maskPanel(svg);
  const key = (name: string): void => void panel.dispatchEvent(new window.KeyboardEvent("keydown",
    { key: name, bubbles: true, cancelable: true }) as never);
  panel.dispatchEvent(new window.FocusEvent("focus") as never);
  key("ArrowRight");
  expect(svg.querySelector(`[id='${panel.getAttribute("aria-activedescendant")}']`)!.getAttribute("aria-label"))
    .toBe("query 0 to key 1, masked");
  key("Enter");
  expect(bit(patches[0]!, 0, 1)).toBe(1);
});

test("a cell is written out from score to share, and a hidden one as a ban", async () => {
  const frame = await frameOf();
  expect(writtenOut(frame, [1, 0])).toBe("query 1, key 0: e^.3 ÷ row’s sum = 1.35 ÷ 12.37 = .109");
  expect(writtenOut(frame, [0, 4])).toBe("query 0, key 4: hidden. −∞ takes the place of 1.5, and e^−∞ = 0.");
});

test("the sentence counts the positions that can see their answer", async () => {
  expect(leakText(await frameOf())).toBe("No position can see the token that it has to predict.");
  expect(leakText(await frameOf({ preset: "prefix" }))).toBe("2 of 7 positions can see the token that they have to predict: 0, 1.");
  const { sentence } = causalMaskLab.describe(await frameOf({ preset: "full" }), { ...base, preset: "full" } as unknown as AnyValues);
  expect(sentence).toContain("64 of 64 cells are visible");
  expect(sentence).toContain("7 of 7 positions");
});

test.each([false, true])("the button starts the training (narrow %s)", async (narrow) => {
  const { svg } = show(await frameOf(), {}, narrow);
  svg.querySelector("[aria-label='Train with this mask']")!.dispatchEvent(new window.MouseEvent("click", { bubbles: true }) as never);
  expect(patches).toEqual([{ train: true }]);
});

test("while it trains the same button pauses, and afterwards goes on", async () => {
  const frame = await frameOf({ train: true });
  const { svg, draw } = show(frame, { train: true });
  svg.querySelector("[aria-label='Pause']")!.dispatchEvent(new window.MouseEvent("click", { bubbles: true }) as never);
  expect(patches).toEqual([{ train: false }]);
  const run = { losses: [6.2, 6.1], writing: [{ step: 0, loss: 6.3 }], sample: null };
  draw({ ...frame, step: 2, loss: 6.1, yours: run, causal: run }, { ...base, train: false } as unknown as AnyValues);
  expect(svg.querySelector("[aria-label='Go on']")).not.toBeNull();
});
