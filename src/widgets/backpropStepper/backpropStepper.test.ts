import { Window } from "happy-dom";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backends } from "../../../engine/testing/backends.ts";
import { walk, type WalkTapeFrame, type WalkTapeParams } from "../../../engine/tasks/walkTape.ts";
import { type AnyValues, valid } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { backpropStepper } from "../backpropStepper.ts";
import { disagreement, explain, explainWeight, gradientAt, progressOf, valueAt } from "./reading.ts";

type Params = WalkTapeParams & { readonly at: number };
const paramsOf = (patch: AnyValues = {}): Params => valid(backpropStepper.params, patch) as unknown as Params;
const frameOf = async (params: Params): Promise<WalkTapeFrame> => walk((await backends.reference!())!, params);
const words = (spans: readonly { text: string }[]): string => spans.map(({ text }) => text).join("");

test("the worked neuron is told entry by entry, forwards and back", async () => {
  const frame = await frameOf(paramsOf());
  expect(Array.from({ length: 9 }, (_, at) => words(explain(frame, at)))).toEqual([
    "The tape is empty. Press “next” for the first operation.",
    "w·x = 1 · 2 = 2", "y = w·x + b = 2 + 0 = 2", "e = y − t = 2 − 5 = −3", "L = e · e = (−3) · (−3) = 9",
    "∂L/∂e = 1·(−3) along each of two wires, together −6",
    "∂L/∂y = −6, passed on unchanged; the target t is data and asks for none",
    "A sum passes on what it is told, to both: ∂L/∂w·x = −6, ∂L/∂b = −6",
    "∂L/∂w = (−6) upstream · 2 (the other factor) = −12; x is data and asks for none",
  ]);
});

test("nothing is shown before the walk has come to it", async () => {
  const frame = await frameOf(paramsOf());
  const at = (position: number) => progressOf(frame, position);
  expect([1, 2].map((position) => valueAt(frame, { name: "y", index: 0 }, at(position)))).toEqual([null, 2]);
  expect([4, 5].map((position) => gradientAt(frame, { name: "e", index: 0 }, at(position)))).toEqual([null, -6]);
  expect([7, 8].map((position) => gradientAt(frame, { name: "w", index: 0 }, at(position)))).toEqual([null, -12]);
  expect(gradientAt(frame, { name: "x", index: 0 }, at(8))).toBeNull();
});

test("the table holds value, slope and nudged slope of each number", async () => {
  const params = paramsOf();
  const { table } = backpropStepper.describe(await frameOf(params), params as unknown as AnyValues);
  expect(table.rows).toEqual([
    ["x", "2", "–", "–"], ["t", "5", "–", "–"], ["w", "1", "−12", "−12"], ["wx", "2", "−6", "–"], ["b", "0", "−6", "−6"],
    ["y", "2", "−6", "–"], ["e", "−3", "−6", "–"], ["L", "9", "1", "–"],
  ].map((row) => (row[0] === "wx" ? ["w·x", ...row.slice(1)] : row)));
});

test.each(["none", "relu", "tanh"])("in the 2-3-2 net, bend %s, each written product is the slope, and nudging agrees", async (bend) => {
  const frame = await frameOf(paramsOf({ network: "layers", bend }));
  const number = (text: string): number => Number(text.replaceAll("−", "-").replaceAll(/[()]/g, ""));
  for (const [name, values] of Object.entries(frame.gradients)) {
    values.forEach((value, index) => {
      const [, up = "", local = ""] = /= (\S+) upstream · (\S+)/.exec(words(explainWeight(frame, { name, index })))!;
      expect(number(up) * number(local), `${name} ${index}`).toBeCloseTo(value, 2);
    });
  }
  expect(disagreement(frame)).toBeLessThan(2e-4);
});

test("the scene of the closed hinge hands nothing back", async () => {
  const params = paramsOf(backpropStepper.scenes.closed!.params);
  const { gradients } = await frameOf(params);
  expect(Math.abs(gradients.w![0]!) + Math.abs(gradients.b![0]!)).toBe(0);
  expect(words(explain(await frameOf(params), 8))).toContain("−.76 is not above 0");
});

describe("on the stage", () => {
  let window: Window;
  let patches: AnyValues[];
  beforeEach(() => {
    window = new Window();
    patches = [];
  });
  afterEach(() => window.happyDOM.close());

  const show = async (params: Params, narrow = false) => {
    const stage = createStage({
      document: window.document as unknown as Document, prefix: "f", title: "t", narrow,
      size: narrow ? backpropStepper.size.narrow : backpropStepper.size.wide, set: (patch) => patches.push(patch),
    });
    window.document.body.append(stage.svg as never);
    backpropStepper.draw(stage)(await frameOf(params), params as unknown as AnyValues);
    const press = (label: RegExp): void => {
      const found = [...stage.svg.querySelectorAll('[role="button"]')].find((one) => label.test(one.getAttribute("aria-label") ?? ""));
      found!.dispatchEvent(new window.MouseEvent("click", { bubbles: true }) as never);
    };
    return { svg: stage.svg, press };
  };

  test("three steps with η = 0.01: 1.12 and 0.06, then losses 5.9049 and 4.783", async () => {
    const losses: number[] = [];
    let params = paramsOf();
    for (let step = 0; step < 3; step++) {
      const { press } = await show(params);
      press(/one step of gradient descent/);
      params = paramsOf({ ...(params as unknown as AnyValues), ...patches.at(-1) });
      losses.push((await frameOf(params)).loss);
      if (step === 0) expect(params.neuron).toEqual([1.12, 0.06]);
    }
    expect(losses.map((loss) => Number(loss.toFixed(4)))).toEqual([7.29, 5.9049, 4.783]);
  });

  test("next, back and a press on the tape move the walk", async () => {
    const half = await show(paramsOf({ at: 4 }));
    half.press(/^Next/);
    half.press(/^‹ back/);
    half.press(/^entry 2, add/);
    const returning = await show(paramsOf({ at: 8 }));
    returning.press(/^entry 2, add/);
    returning.press(/^Walk again/);
    expect(patches.map(({ at }) => at)).toEqual([5, 3, 2, 7, 0]);
  });

  test.each([false, true])("typing into a weight writes its grid (narrow: %s)", async (narrow) => {
    const { svg } = await show(paramsOf({ network: "layers" }), narrow);
    const cells = svg.querySelector('[aria-label="weights"]')!;
    cells.dispatchEvent(new window.FocusEvent("focus") as never);
    for (const key of ["ArrowDown", "ArrowRight", "2"]) cells.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }) as never);
    expect((patches.at(-1)!.hidden as number[])[4]).toBe(2);
  });
});
