import { expect, test } from "vitest";
import { createCpuBackend } from "../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../engine/backends/cpu/loadNode.ts";
import { bookPack } from "../../engine/tasks/trainingText.ts";
import type { Sample } from "../../engine/tasks/trainingSample.ts";
import { type TrainTransformerFrame, type TrainTransformerParams, trainTransformer } from "../../engine/tasks/trainTransformer.ts";
import { type AnyValues, defaults } from "../widget/params.ts";
import { drawFrame, renderPosters } from "../widget/poster.ts";
import { chosen, slowerRate, trainTinyGpt as widget } from "./trainTinyGpt.ts";

const backend = async () => createCpuBackend({ wasm: await loadWasm() });
const params = { ...defaults(widget.params), corpus: "own", steps: 30 } as const;

/** The first frame that is reached by the widget's own params, on the page that comes with it. */
async function frameWhere(isReached: (frame: TrainTransformerFrame) => boolean, patch: Partial<TrainTransformerParams> = {}): Promise<TrainTransformerFrame> {
  const frames = trainTransformer({
    params: { ...params, ...patch }, backend, breathe: () => Promise.resolve(), changed: () => Promise.reject(new Error("nothing changes here")),
    artefact: (name) => Promise.reject(new Error(`${name} is not read here`)),
  });
  for await (const frame of frames) if (isReached(frame)) return frame;
  throw new Error("the training ended before");
}
const picture = (frame: unknown, narrow = false): string => drawFrame(widget, frame, params as AnyValues, { narrow });
const texts = (svg: string): string => svg.replaceAll(/<[^>]+>/g, " ").replaceAll(/\s+/g, " ");

test("the poster is a real step 0: its labels, sentence and table say the same numbers", async () => {
  const { wide, narrow } = await renderPosters(widget, { corpus: "own" }, { backend });
  const { columns, rows } = wide.table;
  expect(columns).toEqual(["step", "training loss", "held-out loss", "uniform baseline", "unigram baseline", "bigram baseline"]);
  expect(rows).toHaveLength(1);
  const [step, training, heldOut, ...lines] = rows[0]!;
  expect([step, training]).toEqual([0, "–"]);
  for (const svg of [wide.svg, narrow.svg]) {
    ["uniform", "unigram", "bigram"].forEach((name, i) => expect(texts(svg)).toContain(`${name} ${Number(lines[i]).toFixed(2)}`));
    expect(texts(svg)).toContain("step 0 of 3,000 · 0 tokens");
    expect(svg).not.toMatch(/NaN|Infinity|undefined|style=/);
  }
  expect(wide.sentence).toContain(`Step 0, nothing learnt: on held-out text the loss is ${Number(heldOut).toFixed(2)}`);
});

test("a trained frame has a row for each look at the held-out text, and the sentence names the baseline it passed", async () => {
  const frame = await frameWhere(({ finished }) => finished);
  const { sentence, table } = widget.describe(frame, params as AnyValues);
  expect(table.rows.map(([step]) => step)).toEqual([0, 25, 30]);
  expect(Number(table.rows[2]![2])).toBeCloseTo(frame.validation[2]!.loss, 2);
  expect(sentence).toMatch(/^Step 30 of 30, finished: training loss \d\.\d\d nats a token, held out \d\.\d\d \(perplexity [\d.]+\), below the uni(form|gram) baseline/);
  expect(texts(picture(frame))).toContain("step 30 of 30 · 15,360 tokens");
  const readouts = Object.fromEntries(Object.entries(widget.readouts).map(([name, text]) => [name, text(frame, params as AnyValues)]));
  expect(readouts).toMatchObject({ step: "30", loss: frame.loss!.toFixed(3), heldOut: frame.validation[2]!.loss.toFixed(3), bigram: frame.baselines!.bigram.toFixed(3), tokensSeen: "15,360" });
  expect(Number(readouts.perplexity)).toBeCloseTo(Math.exp(frame.validation[2]!.loss), 0);
});

test("the scene too fast diverges; the picture names step, rate, norm and tensor, offers the way back, and holds no NaN", async () => {
  const { learningRate } = widget.scenes.tooFast!.params as { learningRate: number };
  expect(learningRate).toBe(widget.params.learningRate.max);
  const frame = await frameWhere(({ diverged }) => diverged !== null, { learningRate });
  for (const svg of [picture(frame), picture(frame, true)]) {
    expect(texts(svg)).toContain(`Diverged at step ${frame.diverged!.step}: the loss is`);
    for (const part of ["learning rate of 3", "Gradient norm:", frame.diverged!.tensor, "Back to step 0, with η = 0.005", "× diverged"]) expect(texts(svg)).toContain(part);
    expect(svg).not.toMatch(/NaN|Infinity/);
  }
  expect(widget.describe(frame, params as AnyValues).sentence).toContain("A smaller learning rate goes on from step 0");
  const beyond: TrainTransformerFrame = { ...frame, diverged: { ...frame.diverged!, loss: null, gradientNorm: null, finite: false } };
  expect(texts(picture(beyond))).toContain("Gradient norm: no finite number; first bad in");
});

test("a text that is too short leaves an empty chart and one sentence", async () => {
  const frame = await frameWhere(() => true, { text: "hello" });
  expect(texts(picture(frame))).toContain(frame.fault!.slice(0, 30));
  expect(widget.describe(frame, params as AnyValues)).toEqual({ sentence: frame.fault, table: { columns: expect.any(Array), rows: [] } });
});

test("samples with markup, controls and half characters are text and nothing else", async () => {
  const frame = await frameWhere(() => true);
  const sample: Sample = { step: 9, text: "<script>alert(1)</script>\u0000\u202e\ufffd \"quoted\" & so", known: 1, words: 4, invented: ["script", "alert"] };
  const svg = picture({ ...frame, samples: [sample, { ...sample, step: 10 }] });
  expect(svg).not.toContain("<script");
  expect(svg).not.toContain("\u0000");
});

test("of many samples the first, some between and the latest are shown", () => {
  const samples = Array.from({ length: 21 }, (_, i): Sample => ({ step: i * 50, text: "", known: 0, words: 0, invented: [] }));
  expect(chosen(samples, 3).map(({ step }) => step)).toEqual([0, 250, 500, 1000]);
  expect(chosen(samples.slice(0, 1), 3)).toHaveLength(1);
  expect(chosen([], 3)).toEqual([]);
});

test("the way back is a tenth of the rate, and never more than what works", () => {
  expect([3, 0.1, 0.02, 0.0004].map(slowerRate)).toEqual([0.005, 0.005, 0.002, 0.0001]);
});

test("the book is asked for by the name its manifest gives", async () => {
  const { packs } = (await import("../../public/data/manifest.json")).default;
  expect(packs.map(({ file }) => `data/${file}`)).toContain(bookPack);
});
