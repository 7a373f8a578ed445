import { existsSync, readFileSync } from "node:fs";
import { Window } from "happy-dom";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openModel, saveModel } from "../../../engine/checkpoint/modelDirectory.ts";
import { parameterShapes } from "../../../engine/checkpoint/parameterShapes.ts";
import { readSafetensors } from "../../../engine/checkpoint/safetensors.ts";
import { createReferenceBackend } from "../../../engine/backends/reference/referenceBackend.ts";
import { frozen } from "../../../engine/nn/parameters.ts";
import { initialWeights, transformer } from "../../../engine/nn/transformer.ts";
import { type InspectFrame, inspectLimit, inspectOnce, type InspectParams } from "../../../engine/tasks/inspect.ts";
import { attentionWithPattern } from "../../../engine/ops/attentionWithPattern.ts";
import { type LanguageModel, openLanguageModel } from "../../../engine/tasks/languageModel.ts";
import { type Tokenizer, tokenizerFromMerges } from "../../../engine/tokenizer/bpe.ts";
import { writeTokenizerJson } from "../../../engine/tokenizer/tokenizerJson.ts";
import { colourClass } from "../../charts/heatmap.ts";
import { type AnyValues, clipText, defaults } from "../../widget/params.ts";
import { createStage, type Stage } from "../../widget/stage.ts";
import { attentionHeatmap } from "../attentionHeatmap.ts";
import { habits, pictureOf, spokenCell, strongest, weightText, writtenOut } from "./reading.ts";

const backend = createReferenceBackend();
const file = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../engine/fixtures/gpt2-tiny/${path}`, import.meta.url)));
const taught = [{ layer: 1, head: 0, as: "induction" }];

/** A model of PyTorch's fixtures; its ids are its text. */
async function pytorchFrame(layer: number, head: number): Promise<{ frame: InspectFrame; expected: Float32Array }> {
  const { config, parameters } = openModel({ config: file("config.json"), weights: file("model.safetensors") });
  const [ids] = (JSON.parse(new TextDecoder().decode(file("batch.json"))) as { ids: number[][] }).ids as [number[]];
  const tokenizer = { vocabSize: 61, encode: () => ids.slice(1), display: (id: number) => `▁t${id}`,
    piece: (id: number) => new TextEncoder().encode(` t${id}`) } as unknown as Tokenizer;
  const model = transformer(config, frozen(backend, parameterShapes(config), parameters));
  const language: LanguageModel = { model, tokenizer, card: { read: "numbers", counts: [], taught }, start: ids[0]!,
    close: () => undefined };
  const frame = await inspectOnce(language, null, { text: "", layer, head });
  const patterns = readSafetensors(file("expected.safetensors")).tensors.get(`blocks.${layer}.attn.pattern`)!;
  const cells = ids.length ** 2;
  return { frame, expected: (patterns.data as Float32Array).slice(head * cells, (head + 1) * cells) };
}

/** A model of random weights that reads bytes: what any text does to the figure. */
async function byteModel(): Promise<LanguageModel> {
  const tokenizer = tokenizerFromMerges([], { pattern: "gpt2", specials: ["<|endoftext|>"] });
  const config = {
    vocabSize: 257, contextLength: 256, dModel: 16, nLayers: 2, nHeads: 2, nKvHeads: 2, dHead: 8, dMlp: 24, position: "rope",
    ropeBase: 10_000,
    norm: "rms", normEpsilon: 1e-5, activation: "swiglu", bias: false, tied: true,
  } as const;
  const saved = saveModel({ config, parameters: initialWeights(config, { seed: 1, matrices: 0.3, embedding: 0.5 }) });
  const packs: Readonly<Record<string, Uint8Array>> = {
    ...saved, "tokenizer.json": new TextEncoder().encode(writeTokenizerJson(tokenizer)),
    "card.json": new TextEncoder().encode(JSON.stringify({ read: "nothing", counts: Array.from({ length: 257 }, () => 30), taught })),
  };
  return openLanguageModel({ artefact: (name) => Promise.resolve(packs[name.split("/").at(-1)!]!) }, backend, { stepByStep: attentionWithPattern });
}

let window: Window;
let patches: AnyValues[];
let bytes: LanguageModel;
beforeAll(async () => { bytes = await byteModel(); });
beforeEach(() => {
  window = new Window();
  patches = [];
});
afterEach(() => window.happyDOM.close());

function show(frame: InspectFrame, params: AnyValues = {}, narrow = false): { stage: Stage; svg: SVGSVGElement } {
  const size = narrow ? attentionHeatmap.size.narrow : attentionHeatmap.size.wide;
  const stage = createStage({ document: window.document as unknown as Document, prefix: "f", title: "t", size, narrow,
    set: (patch) => patches.push(patch) });
  window.document.body.append(stage.svg as never);
  attentionHeatmap.draw(stage as never)(frame, { ...defaults(attentionHeatmap.params), ...params } as AnyValues);
  return { stage, svg: stage.svg };
}

const key = (element: Element, name: string): void =>
  void element.dispatchEvent(new window.KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }) as never);

test("the table holds PyTorch's attention, with a row a query, a column a key, and masked cells called masked", async () => {
  const { frame, expected } = await pytorchFrame(0, 1);
  const { table } = attentionHeatmap.describe(frame, defaults(attentionHeatmap.params) as AnyValues);
  expect(table.columns.slice(1)).toEqual(frame.pieces);
  table.rows.forEach(([name, ...cells], query) => {
    expect(name).toBe(frame.pieces[query]);
    cells.forEach((cell, column) => {
      if (column > query) expect(cell).toBe("masked");
      else expect(Number(cell)).toBeCloseTo(expected[query * frame.ids.length + column]!, 4);
    });
  });
});

test.each(["sqrt", "linear"] as const)("the picture and the table hold the same numbers at scale %s", async (scale) => {
  const { frame } = await pytorchFrame(1, 0);
  const size = frame.ids.length;
  const { svg } = show(frame, { scale, layer: 1, head: 0 });
  const { rows } = attentionHeatmap.describe(frame, defaults(attentionHeatmap.params) as AnyValues).table;
  const side = Math.min(40, Math.floor((374 / size) * 100) / 100);
  const classes = new Map<string, string>();
  const map = svg.querySelector(":scope > g > .gb-heatmap")!;
  expect(map.querySelectorAll("path").length).toBeLessThanOrEqual(64);
  for (const path of map.querySelectorAll("path")) {
    const name = path.getAttribute("class")!;
    const unit = name === "gb-masked-cells" ? side : 1;
    let [x, y] = [0, 0];
    for (const [, move, right, down, w] of path.getAttribute("d")!.matchAll(/([Mm])([\d.-]+),([\d.-]+)h([\d.]+)/g)) {
      [x, y] = [Number(right) + (move === "m" ? x : 0), Number(down) + (move === "m" ? y : 0)];
      for (let column = Math.round(x / unit); column < Math.round((x + Number(w)) / unit + 0.1); column++) {
        classes.set(`${Math.round(y / unit)},${column}`, name);
      }
    }
  }
  rows.forEach(([, ...cells], query) => cells.forEach((cell, column) => {
    const drawn = classes.get(`${query},${column}`);
    if (cell === "masked") expect(drawn).toBe("gb-masked-cells");
    else expect(Math.abs(Number(drawn!.slice(1)) - colourClass(Number(cell), 1, scale)), `${query},${column}`).toBeLessThanOrEqual(1);
  }));
  // Nine tokens leave room to write the numbers into the cells.
  const written = [...svg.querySelectorAll(".gb-cell-numbers text")].map((text) => text.textContent);
  const visible = rows.flatMap(([, ...cells]) => cells.filter((cell) => cell !== "masked"));
  expect(written.length).toBe(visible.length);
  written.forEach((cell, i) => expect(Math.abs(Number(cell) - Number(visible[i]))).toBeLessThan(0.0051));
});

test("the focused cell is written out from dot product to weight, and a later key as banned", async () => {
  const { frame, expected } = await pytorchFrame(0, 0);
  const size = frame.ids.length;
  const text = writtenOut(pictureOf(frame, "head"), [4, 2], false).flat().map((span) => span.text).join("");
  const scores = frame.scores.slice(4 * size, 4 * size + 5);
  const sum = scores.reduce((total, score) => total + Math.exp(score), 0);
  expect(Math.exp(scores[2]!) / sum).toBeCloseTo(expected[4 * size + 2]!, 6);
  const number = (value: number): string => value.toFixed(3).replace("-", "−");
  expect(text).toContain(`q · k = ${number(scores[2]! * Math.sqrt(8))}      ÷ √8 = ${number(scores[2]!)}`);
  expect(text).toContain(weightText(expected[4 * size + 2]!));
  const banned = writtenOut(pictureOf(frame, "head"), [2, 4], true).flat().map((span) => span.text).join(" ");
  expect(banned).toContain("−∞");
  expect(banned).not.toContain(weightText(0));
});

test("scores too large for a power are written relative to the largest of their row", async () => {
  const { frame } = await pytorchFrame(0, 0);
  const far = { ...frame, scores: frame.scores.map((_, i) => 900 - i) };
  const text = writtenOut(pictureOf(far, "head"), [1, 0], false).flat().map((span) => span.text).join("");
  expect(text).toContain("e^(891.000 − 891.000) = 1");
  expect(text).not.toMatch(/∞|number/);
});

test("a cell is spoken with its weight and rank, or as masked", async () => {
  const { frame, expected } = await pytorchFrame(0, 1);
  const size = frame.ids.length;
  const row = Array.from(expected.subarray(6 * size, 6 * size + 7));
  const best = strongest(expected, size, 6);
  expect(spokenCell(pictureOf(frame, "head"), [6, best])).toBe(`query ‘▁t4’ to key ‘${frame.pieces[best]}’, ${Math.max(...row).toFixed(2)}, rank 1 of 7`);
  expect(spokenCell(pictureOf(frame, "head"), [6, 7])).toBe("query ‘▁t4’ to key ‘▁t19’, masked");
});

test("the sentence names the key that the last token looks at most, by PyTorch's numbers", async () => {
  const { frame, expected } = await pytorchFrame(1, 0);
  const size = frame.ids.length;
  const row = Array.from(expected.subarray((size - 1) * size));
  const best = row.indexOf(Math.max(...row));
  const { sentence } = attentionHeatmap.describe(frame, defaults(attentionHeatmap.params) as AnyValues);
  expect(sentence).toContain("Layer 1, head 0, a head that was taught: the last token, ‘▁t39’, looks most at "
    + `‘${frame.pieces[best]}’ (${row[best]!.toFixed(2)})`);
});

test("a head that always looks one back is said to look at the token before", async () => {
  const { frame } = await pytorchFrame(0, 0);
  const size = frame.ids.length;
  const patterns = new Float32Array(frame.patterns.length);
  for (let query = 0; query < size; query++) patterns[query * size + Math.max(0, query - 1)] = 1;
  expect(habits(frame, patterns)[0]).toEqual({ name: "the token before", short: "one before", score: 1, places: size - 1 });
});

const shipped = new URL("../../../public/", import.meta.url);
const isShipped = existsSync(new URL("models/story/model.safetensors", shipped));

test.skipIf(!isShipped && process.env.CI !== "true")("in the shipped model heads do what the scenes ask about: copy, look one back, repeat nonsense, rest on the first place",
  async () => {
  const artefact = async (name: string) => new Uint8Array(readFileSync(new URL(name, shipped)));
  const language = await openLanguageModel({ artefact }, backend, { stepByStep: attentionWithPattern });
  const inScene = (name: string): Promise<InspectFrame> =>
    inspectOnce(language, null, { ...defaults(attentionHeatmap.params), ...attentionHeatmap.scenes[name]!.params } as InspectParams);
  const copy = await inScene("copy");
  const size = copy.ids.length;
  const pattern = copy.patterns.slice((copy.layer * copy.heads + copy.head) * size * size).subarray(0, size * size);
  expect(copy.pieces[size - 1]).toBe("▁Snow");
  expect(copy.pieces[strongest(pattern, size, size - 1)]).toBe("▁went");
  const before = await inScene("before");
  expect(habits(before, pictureOf(before, "head").weights)[0]!.name).toBe("the token before");
  // Six words in no order are a surprise each; in the second round only the first of them still is, for nobody knows that a round begins.
  const twice = await inScene("twice");
  expect(twice.ids.length).toBe(14);
  expect(twice.pieces.slice(2, 8)).toEqual(twice.pieces.slice(8, 14));
  expect(Math.min(...twice.surprise.slice(2, 8).map(Number))).toBeGreaterThan(7);
  expect(Math.max(...twice.surprise.slice(9).map(Number))).toBeLessThan(1);
  // Of all heads, that of the scene rests most on the first place.
  const sink = await inScene("sink");
  const restOf = (layer: number, head: number): number =>
    habits(sink, pictureOf({ ...sink, layer, head }, "head").weights).find(({ name }) => name === "the first place")!.score;
  const rests = Array.from({ length: sink.layers * sink.heads }, (_, i) => restOf(Math.floor(i / sink.heads), i % sink.heads));
  expect(rests.indexOf(Math.max(...rests))).toBe(sink.layer * sink.heads + sink.head);
  expect(Math.max(...rests)).toBeGreaterThan(0.5);
  language.close();
});

test("arrow keys on the one tab stop of the thumbnails choose a head, and taught ones say so", async () => {
  const { frame } = await pytorchFrame(0, 0);
  const { svg } = show(frame);
  const list = svg.querySelector("[role=listbox]")!;
  expect(list.querySelectorAll("[tabindex]").length).toBe(0);
  expect(list.querySelectorAll("[role=option]").length).toBe(frame.layers * frame.heads);
  key(list, "ArrowRight");
  key(list, "ArrowDown");
  key(list, "ArrowUp");
  expect(patches).toEqual([{ layer: 0, head: 1, mix: "head" }, { layer: 1, head: 0, mix: "head" }]);
  expect(svg.querySelector(`[id='${list.getAttribute("aria-activedescendant")}']`)!.getAttribute("aria-selected")).toBe("true");
  const lesson = [...list.querySelectorAll("[role=option]")]
    .find((option) => option.getAttribute("aria-label") === "layer 1, head 0, taught: induction")!;
  expect(lesson.querySelector(".gb-badge-text")!.textContent).toBe("taught");
});

test("pressing a next-token bar adds that token to the sentence", async () => {
  const { frame } = await pytorchFrame(0, 0);
  const { svg } = show(frame, { text: "once" });
  const bars = [...svg.querySelectorAll(".gb-bars [role=button]")];
  expect(bars.length).toBe(10);
  expect(bars.filter((bar) => bar.getAttribute("tabindex") === "0").length).toBe(1);
  key(bars[0]!, "Enter");
  bars[1]!.dispatchEvent(new window.MouseEvent("click", { bubbles: true }) as never);
  expect(patches).toEqual([{ text: `once${frame.next[0]!.text}` }, { text: `once${frame.next[1]!.text}` }]);
  expect(bars[0]!.textContent).toContain(`${(frame.next[0]!.probability * 100).toFixed(1)} %`);
});

test.each([
  ["nothing", ""],
  ["10,000 characters", "brave fox ".repeat(1000)],
  ["emoji", "🙂👩‍👩‍👧"],
  ["half a surrogate pair", "a\ud800b\udfff"],
  ["Burmese", "မြန်မာ"],
  ["control characters", "\u0000\u001b[31m\u202e\n\t"],
])("%s is drawn as its bytes, in both widths", async (_, text) => {
  const kept = clipText(text, 1000);
  const frame = await inspectOnce(bytes, null, { text: kept, layer: 1, head: 1 });
  const all = new TextEncoder().encode(kept);
  expect(frame.ids.slice(1)).toEqual(Array.from(all.subarray(-(inspectLimit - 1))));
  expect(frame.clipped).toBe(all.length > inspectLimit - 1);
  for (const narrow of [false, true]) {
    const { svg } = show(frame, { text: kept }, narrow);
    expect(svg.querySelectorAll(":scope > g > .gb-heatmap path").length).toBeLessThanOrEqual(64);
    expect(svg.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
    const lines = [...svg.querySelectorAll(".gb-fine text")].map((line) => line.textContent).join(" ");
    expect(lines).toContain("All that this model has ever read: nothing.");
    if (frame.clipped) expect(lines).toContain(`its last ${inspectLimit - 1} tokens are shown`);
  }
  const { sentence, table } = attentionHeatmap.describe(frame, defaults(attentionHeatmap.params) as AnyValues);
  expect(sentence).not.toMatch(/NaN|undefined/);
  expect(table.rows.length).toBe(frame.ids.length);
});
