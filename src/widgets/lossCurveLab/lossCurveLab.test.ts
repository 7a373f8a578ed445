import { readFileSync } from "node:fs";
import { Window } from "happy-dom";
import { expect, test } from "vitest";
import { createCpuBackend } from "../../../engine/backends/cpu/cpuBackend.ts";
import { loadWasm } from "../../../engine/backends/cpu/loadNode.ts";
import { readSafetensors } from "../../../engine/checkpoint/safetensors.ts";
import { readDigits } from "../../../engine/data/digits.ts";
import type { CurveShape } from "../../../engine/tasks/curveReading.ts";
import type { Run } from "../../../engine/tasks/task.ts";
import { trainDigits, type TrainDigitsFrame } from "../../../engine/tasks/trainDigits.ts";
import { type AnyValues, valid } from "../../widget/params.ts";
import { createStage } from "../../widget/stage.ts";
import { drawFrame } from "../../widget/poster.ts";
import { lossCurveLab as widget } from "../lossCurveLab.ts";
import { smoothed, type View } from "./lossChart.ts";
import { settings, slowerRate } from "./reading.ts";

const backend = await createCpuBackend({ wasm: await loadWasm() });
/** With a head start the whole run is one frame; that frames do not depend on it, the task's test tells. */
const paramsOf = (scene: string, patch: AnyValues = {}): View =>
  valid(widget.params, { ...widget.scenes[scene]?.params, headStart: 600, ...patch }) as unknown as View;

/** The frame in which a scene's run ends, by itself or by running away. */
async function lastFrame(params: View): Promise<TrainDigitsFrame> {
  const frames = trainDigits({
    params, backend: async () => backend, artefact: async (name) => new Uint8Array(readFileSync(`public/${name}`)),
    breathe: async () => undefined, changed: () => Promise.reject(new Error("nothing changes here")),
  });
  for await (const frame of frames) if (frame.finished || frame.diverged) return frame;
  throw new Error("the training ended before");
}
const texts = (svg: string): string => svg.replaceAll(/<[^>]+>|&nbsp;/g, " ").replaceAll(/\s+/g, " ");
const picture = (frame: TrainDigitsFrame, params: View, narrow = false): string => drawFrame(widget, frame, params as unknown as AnyValues, { narrow });
const lasts = new Map<string, Promise<TrainDigitsFrame>>();
const last = (scene: string): Promise<TrainDigitsFrame> => {
  if (!lasts.has(scene)) lasts.set(scene, lastFrame(paramsOf(scene)));
  return lasts.get(scene)!;
};

test.each([
  ["wellFit", "wellFit", 600], ["overfit", "overfit", 600], ["underfit", "underfit", 600], ["diverging", "diverged", 10],
] as const)("the scene %s is read as %s within %i steps, whatever the seed", async (scene, shape: CurveShape, within) => {
  for (const seed of [1, 2, 3]) {
    const { step, reading } = seed === 1 ? await last(scene) : await lastFrame(paramsOf(scene, { seed }));
    expect(reading.shape, `seed ${seed}`).toBe(shape);
    expect(step).toBeLessThanOrEqual(within);
  }
});

test("the other scenes are read as they are named", async () => {
  const shapes = { tooFast: "flat", tooSlow: "flat", moreData: "wellFit", smaller: "overfit", dropOut: "overfit", clipped: "wellFit", shifts: "overfit" };
  for (const [scene, shape] of Object.entries(shapes)) expect((await last(scene)).reading.shape, scene).toBe(shape);
});

test("the classic shapes are there in numbers: the turn, the height, the gap", async () => {
  const [good, over, under] = await Promise.all(["wellFit", "overfit", "underfit"].map(last)) as [TrainDigitsFrame, TrainDigitsFrame, TrainDigitsFrame];
  expect(good.looks.at(-1)!.validationAccuracy).toBeGreaterThan(0.88);
  expect(over.looks.at(-1)!.trainingAccuracy).toBe(1);
  expect(over.reading.best.step).toBeLessThan(120);
  expect(over.looks.find(({ step }) => step === over.reading.best.step)!.trainingAccuracy).toBe(0.99);
  expect(over.reading.validation).toBeGreaterThan(2 * good.reading.validation);
  expect(under.reading.training).toBeGreaterThan(1);
});

test("remedies are not interchangeable: data lowers the lowest validation most, fewer neurons raise it", async () => {
  const lowest = async (scene: string): Promise<number> => (await last(scene)).reading.best.validation;
  const [over, data, decay, drop, small] = await Promise.all(["overfit", "moreData", "decay", "dropOut", "smaller"].map(lowest)) as number[] as [number, number, number, number, number];
  expect(data).toBeLessThan(0.5 * over);
  expect(small).toBeGreaterThan(1.2 * over);
  expect(Math.abs(drop - over)).toBeLessThan(0.1);
  expect((await last("decay")).reading.rise).toBeLessThan(0.3 * (await last("overfit")).reading.rise);
  expect(decay).toBeLessThan(1.1 * over);
});

test("clipping and a falling rate save learning rates that fail alone, and shifted copies delay the turn", async () => {
  const end = async (scene: string, patch: AnyValues = {}): Promise<number> =>
    (Object.keys(patch).length > 0 ? await lastFrame(paramsOf(scene, patch)) : await last(scene)).looks.at(-1)!.validation;
  expect(await end("clipped")).toBeLessThan(0.4);
  expect(await end("tooFast")).toBeGreaterThan(2);
  expect(await end("cosine")).toBeLessThan(0.5 * await end("cosine", { schedule: "constant" }));
  expect((await last("shifts")).reading.best.step).toBeGreaterThan(3 * (await last("overfit")).reading.best.step);
  const { looks } = await last("cosine");
  const at = (step: number): number => looks.find((look) => look.step === step)!.training;
  expect(at(600)).toBeLessThan(0.6 * at(400));
  expect((await last("shifts")).reading.rise).toBeLessThan((await last("overfit")).reading.rise);
});

test("too fast ends with every hidden neuron shut for every training picture", async () => {
  const params = paramsOf("tooFast");
  const run = {
    params, backend: async () => backend, artefact: async (name: string) => new Uint8Array(readFileSync(`public/${name}`)),
    breathe: async () => undefined, changed: () => new Promise<void>(() => undefined),
  } as Run<View>;
  const frames = trainDigits(run);
  await frames.next();
  const { tensors } = readSafetensors(await run.take!("model"));
  await frames.return();
  const [weights, biases] = ["layers.0.weight", "layers.0.bias"].map((name) => tensors.get(name)!.data as Float32Array) as [Float32Array, Float32Array];
  const { pixels } = readDigits(new Uint8Array(readFileSync("public/data/digits.bin")));
  const sum = (unit: number, image: number): number => {
    let total = biases[unit]!;
    for (let i = 0; i < 196; i++) total += weights[unit * 196 + i]! * pixels[image * 196 + i]!;
    return total;
  };
  let largest = -Infinity;
  for (let unit = 0; unit < 64; unit++) for (let image = 0; image < 1500; image++) largest = Math.max(largest, sum(unit, image));
  expect(largest).toBeLessThan(0);
});

test("with fewer neurons the validation loss climbs while more pictures are named rightly", async () => {
  const { looks, reading } = await last("smaller");
  const turn = looks.find(({ step }) => step === reading.best.step)!, end = looks.at(-1)!;
  expect(end.validation).toBeGreaterThan(turn.validation);
  expect(end.validationAccuracy).toBeGreaterThan(turn.validationAccuracy);
});

test("the picture, the sentence and the table say the reading in the same numbers", async () => {
  const frame = await last("overfit"), params = paramsOf("overfit");
  const { sentence, table } = widget.describe(frame, params as unknown as AnyValues);
  const words = `validation rose after step ${frame.reading.best.step}, from ${Number(frame.reading.best.validation.toPrecision(3))}`;
  expect(sentence).toContain(`Step 600 of 600, finished. Overfit: ${words}`);
  for (const narrow of [false, true]) expect(texts(picture(frame, params, narrow)).replaceAll(" ", "")).toContain(words.replaceAll(" ", ""));
  expect(table.rows).toHaveLength(61);
  const row = table.rows[10]!;
  expect(row[0]).toBe(100);
  expect(Number(row[2])).toBeCloseTo(frame.looks[10]!.validation, 3);
  expect(Number(row[6])).toBe(params.learningRate);
});

test("a divergence names step, rate, norm and tensor, and offers the way back; no NaN is drawn", async () => {
  const frame = await last("diverging"), params = paramsOf("diverging");
  for (const narrow of [false, true]) {
    const svg = picture(frame, params, narrow);
    const said = texts(svg).replaceAll(/\s/g, "");
    const { diverged } = frame;
    for (const part of [`at step ${diverged!.step} the loss was`, "With η = 5", "Gradient norm:", diverged!.tensor, "Back to step 0, with η = 0.1", "× diverged"]) {
      expect(said).toContain(part.replaceAll(" ", ""));
    }
    expect(svg).not.toMatch(/NaN|Infinity/);
  }
  const beyond: TrainDigitsFrame = { ...frame, diverged: { ...frame.diverged!, loss: null, gradientNorm: null, finite: false } };
  expect(texts(picture(beyond, params))).toContain("no finite number; first bad in");
});

test("a log axis draws losses of zero at its foot, and raw batches stay behind whatever the smoothing", async () => {
  const frame = await last("overfit"), params = paramsOf("overfit", { scale: "log", smoothing: 0.9 });
  const zero = { ...frame, looks: frame.looks.map((look) => ({ ...look, training: 0 })), curve: { ...frame.curve, losses: frame.curve.losses.map(() => 0) } };
  expect(picture(zero, params)).not.toMatch(/NaN|Infinity/);
  expect(picture(frame, params)).toMatch(/opacity="0.35"/);
  expect(smoothed({ curve: { steps: [1, 2, 3], losses: [2, 2, 5], smooth: [] } }, 0.5)).toEqual([[1, 2], [2, 2], [3, (0.25 * 2 / 2 + 0.5 * 0.5 * 2 + 0.5 * 5) / 0.875]]);
  expect(smoothed({ curve: { steps: [1, 2], losses: [2, 5], smooth: [] } }, 0)).toEqual([[1, 2], [2, 5]]);
});

test("up to three pinned runs stay behind the next, each with its settings; letting go clears them", async () => {
  const window = new Window();
  let pins: boolean[] = [];
  const stage = createStage({
    document: window.document as unknown as Document, prefix: "p", title: "t", size: widget.size.wide, narrow: false, pin: (keep) => pins.push(keep),
  });
  const draw = widget.draw(stage);
  const frames = await Promise.all(["overfit", "underfit", "wellFit", "tooSlow"].map(async (scene) => ({ frame: await last(scene), params: paramsOf(scene) as unknown as AnyValues })));
  const said = (): string => texts(stage.svg.outerHTML);
  const held = { ...frames[3]!, earlier: frames.slice(1, 3) };
  draw(held.frame, held.params, held);
  expect(said()).toContain("run 1: 1500 pictures, 2 neurons");
  expect(said()).toContain("run 3: 1500 pictures, 64 neurons, η 0.0003");
  expect(stage.svg.outerHTML.match(/stroke-dasharray="4 4"/g)).toHaveLength(6);
  expect(said()).toContain("Unpin all");
  draw(frames[0]!.frame, frames[0]!.params, held);
  expect(said()).toContain("Pin this run");
  const press = (): unknown => stage.svg.querySelectorAll(".gb-press")[1]!.dispatchEvent(new window.MouseEvent("click") as unknown as Event);
  press();
  draw(frames[0]!.frame, frames[0]!.params, null);
  expect(said()).not.toContain("run 1");
  expect(pins).toEqual([true]);
  pins = [];
  await window.happyDOM.close();
});

test("settings are told where they differ from the plain recipe, and the way back is a tenth of the rate", () => {
  expect(settings(paramsOf("wellFit", { dropout: 0.5, shifts: true, depth: 3, batch: 8, clip: 1, seed: 7, schedule: "cosine" })))
    .toBe("1500 pictures, 64 × 3 neurons, η 0.05, λ 0.003, dropout 0.5, shifts, batch 8, cosine, clip 1, seed 7");
  expect([10, 0.5, 0.0004].map(slowerRate)).toEqual([0.1, 0.05, 0.0001]);
});
