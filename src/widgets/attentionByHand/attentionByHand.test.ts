import { readFileSync } from "node:fs";
import { Window } from "happy-dom";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Backend } from "../../../engine/backend.ts";
import { attentionWithPattern } from "../../../engine/ops/attentionWithPattern.ts";
import { attend, type AttentionByHandFrame, type AttentionByHandParams, tokensOf } from "../../../engine/tasks/attentionByHand.ts";
import { backends } from "../../../engine/testing/backends.ts";
import { read, tensor } from "../../../engine/tensor.ts";
import { type AnyValues, defaults, valid } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { attentionByHand } from "../attentionByHand.ts";
import { type BlockName, hides, spoken, sumOf, valuesOf } from "./sums.ts";

const base = defaults(attentionByHand.params) as unknown as AttentionByHandParams;
const scene = (name: string): AttentionByHandParams =>
  valid(attentionByHand.params, attentionByHand.scenes[name]!.params) as unknown as AttentionByHandParams;
const reference = (): Promise<Backend> => backends.reference!() as Promise<Backend>;
const rounded = (values: readonly number[]): number[] => values.map((value) => Math.round(value * 1000) / 1000 + 0);

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test("the worked example of the chapter comes out: the row of you, its output, the row of are", async ({ skip }) => {
    const backend = await create();
    if (!backend) return skip("no adapter");
    const { matrices: { pattern, output }, tokens } = await attend(backend, base);
    expect(tokens).toEqual(["How", "are", "you", "?"]);
    expect(rounded(pattern.slice(8, 12))).toEqual([0.338, 0.224, 0.438, 0]);
    expect(rounded(output.slice(6, 9))).toEqual([0.395, -0.389, 0.436]);
    expect(rounded(pattern.slice(4, 8))).toEqual([0.433, 0.567, 0, 0]);
  });

  test("two unit vectors share .670 to .330, and .731 to .269 without the scale", async ({ skip }) => {
    const backend = await create();
    if (!backend) return skip("no adapter");
    const scaled = await attend(backend, scene("twoUnits"));
    expect(rounded(scaled.matrices.scores)).toEqual([1, 0, 0, 1]);
    expect(scaled.matrices.scaled.map((score) => score.toFixed(4))).toEqual(["0.7071", "0.0000", "0.0000", "0.7071"]);
    expect(rounded(scaled.matrices.pattern)).toEqual([0.67, 0.33, 0.33, 0.67]);
    expect(rounded(scaled.matrices.output)).toEqual([0.67, 0.33, 0.33, 0.67]);
    expect(rounded((await attend(backend, scene("unscaled"))).matrices.pattern)).toEqual([0.731, 0.269, 0.269, 0.731]);
  });
});

test("How through the key projection of the chapter is [.7, −.7, −.5]", async () => {
  const { matrices } = await attend(await reference(), { ...base, projections: "editable" });
  expect(rounded(matrices.k.slice(0, 3))).toEqual([0.7, -0.7, -0.5]);
});

test("pattern and output are those that PyTorch prints", async () => {
  interface Fixture { title: string; inputs: Record<string, { values: number[] }>; outputs: Record<string, { values: number[] }> }
  const all = JSON.parse(readFileSync(new URL("../../../engine/fixtures/ops.json", import.meta.url), "utf8")) as Fixture[];
  const { inputs, outputs } = all.find(({ title }) => title === "causal attention with a loss on the pattern too")!;
  // With X the unit vectors the projections are query, key and value themselves; of four causal positions the first three stand alone.
  const first = (name: string): number[] => inputs[name]!.values.slice(0, 9);
  const { matrices } = await attend(await reference(), {
    ...base, words: "a b c", vectors: [1, 0, 0, 0, 1, 0, 0, 0, 1, ...Array<number>(9).fill(0)], projections: "editable",
    queryWeights: first("query"), keyWeights: first("key"), valueWeights: first("value"),
  });
  const pattern = outputs.pattern!.values;
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) expect(matrices.pattern[row * 3 + column]).toBeCloseTo(pattern[row * 4 + column]!, 6);
  }
  matrices.output.forEach((value, i) => expect(value).toBeCloseTo(outputs.out!.values[i]!, 6));
});

test("the steps one by one are the engine's attention op", async () => {
  const backend = await reference();
  const { matrices, tokens, width } = await attend(backend, { ...base, projections: "editable", words: "a b c d e f" });
  const { q, k, v } = matrices;
  const row = (values: readonly number[], t: number): readonly number[] => values.slice(t * width, (t + 1) * width);
  const qkv = tensor(backend, [1, tokens.length, 3 * width], tokens.flatMap((_, t) => [...row(q, t), ...row(k, t), ...row(v, t)]));
  const { out, pattern } = attentionWithPattern(qkv, { nHeads: 1, nKvHeads: 1, causal: true });
  Array.from(await read(pattern)).forEach((weight, i) => expect(weight).toBeCloseTo(matrices.pattern[i]!, 12));
  Array.from(await read(out)).forEach((value, i) => expect(value).toBeCloseTo(matrices.output[i]!, 12));
});

test("a task on the reader's words leaves no tensor behind", async () => {
  const backend = await reference();
  await attend(backend, base);
  expect(backend.counts.bytesLive).toBe(0);
});

test("two to six tokens, whatever is typed", () => {
  expect(tokensOf("")).toEqual(["token 1", "token 2"]);
  expect(tokensOf("  a\tb\n")).toEqual(["a", "b"]);
  expect(tokensOf("a b c d e f g h")).toEqual(["a", "b", "c", "d", "e", "f"]);
});

test("every sum that is written out gives the number in its cell", async () => {
  const frame = await attend(await reference(), { ...base, projections: "editable" });
  const numbers = (text: string): string => text.replaceAll("−", "-").replaceAll(/(^|[^\d])\.(\d)/g, "$10.$2");
  for (const block of ["q", "k", "v", "scores", "output"] as const) {
    valuesOf(frame, block).forEach((value, i) => {
      const columns = block === "scores" ? 4 : 3;
      const text = numbers(sumOf(frame, { block, cell: [Math.floor(i / columns), i % columns] }).map((span) => span.text).join(""));
      const products = [...text.matchAll(/\(?(-?[\d.]+)\)?·\(?(-?[\d.]+)\)?/g)].reduce((sum, [, a, b]) => sum + Number(a) * Number(b), 0);
      expect(products, text).toBeCloseTo(value, 2);
      expect(Number(text.split(" = ").at(-1)), text).toBeCloseTo(value, 3);
    });
  }
});

test("what is masked is said to be so in words, and its weight is no zero", async () => {
  const frame = await attend(await reference(), base);
  expect(spoken(frame, { block: "pattern", cell: [0, 1] })).toBe("pattern, query ‘How’ to key ‘are’, masked");
  expect(spoken(frame, { block: "masked", cell: [2, 0] })).toBe("masked scores, query ‘you’ to key ‘How’, .323");
  expect(hides({ ...frame, causal: false }, "pattern", [0, 1])).toBe(false);
  const { sentence, table } = attentionByHand.describe(frame, base as unknown as AnyValues);
  expect(sentence).toBe("‘you’ looks at ‘How’ .338, ‘are’ .224, ‘you’ .438; its output is [.395, −.389, .436].");
  expect(table.rows[2]).toEqual(["you", ".338", ".224", ".438", "masked"]);
});

describe("on the stage", () => {
  let window: Window;
  let patches: AnyValues[];
  beforeEach(() => {
    window = new Window();
    patches = [];
  });
  afterEach(() => window.happyDOM.close());

  const show = (frame: AttentionByHandFrame, params: AttentionByHandParams, narrow = false) => {
    const stage = createStage({
      document: window.document as unknown as Document, prefix: "f", title: "t", narrow,
      size: narrow ? attentionByHand.size.narrow : attentionByHand.size.wide, set: (patch) => patches.push(patch),
    });
    window.document.body.append(stage.svg as never);
    attentionByHand.draw(stage)(frame, params as unknown as AnyValues);
    const block = (name: BlockName): Element => stage.svg.querySelector(`[id*="-${name}-hatch"]`)!.closest(".gb-grid")!;
    const press = (name: BlockName, key: string): void => {
      block(name).querySelector(".gb-cells")!.dispatchEvent(new window.KeyboardEvent("keydown",
        { key, bubbles: true, cancelable: true }) as never);
    };
    const focus = (name: BlockName): void => void block(name)
      .querySelector(".gb-cells")!.dispatchEvent(new window.FocusEvent("focus") as never);
    return { svg: stage.svg, block, press, focus };
  };

  test.each([false, true])("every matrix of the formula shows its numbers (narrow: %s)", async (narrow) => {
    const { svg, block } = show(await attend(await reference(), base), base, narrow);
    expect(svg.querySelectorAll(".gb-grid").length).toBe(12);
    expect([...block("pattern").querySelectorAll("text")].map((text) => text.textContent).slice(8, 12))
      .toEqual([".338", ".224", ".438", "0"]);
    expect(block("masked").textContent).toContain("−∞");
    expect(svg.outerHTML).not.toMatch(/NaN|undefined/);
  });

  test("typing into a cell of X writes the grid param, and identity projections cannot be edited", async () => {
    const { press, focus } = show(await attend(await reference(), base), base);
    focus("x");
    press("x", "ArrowDown");
    for (const key of ["-", ".", "5"]) press("x", key);
    const vectors = [...base.vectors];
    vectors[3] = -0.5;
    expect(patches.at(-1)).toEqual({ vectors });
    patches.length = 0;
    focus("wq");
    press("wq", "5");
    expect(patches).toEqual([]);
  });

  test("the buttons change the chosen cell by a tenth without dragging", async () => {
    const params = { ...base, projections: "editable" as const };
    const { svg, focus } = show(await attend(await reference(), params), params);
    const [less, more] = svg.querySelectorAll(".gb-nudge");
    expect(more!.getAttribute("visibility")).toBe("hidden");
    focus("wk");
    expect(more!.getAttribute("visibility")).toBe("visible");
    more!.dispatchEvent(new window.MouseEvent("click") as never);
    less!.dispatchEvent(new window.MouseEvent("click") as never);
    expect(patches.map((patch) => (patch.keyWeights as number[])[0])).toEqual([1.1, 0.9]);
  });
});
