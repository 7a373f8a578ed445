import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { readSafetensors } from "../checkpoint/safetensors.ts";
import { digitsPack, readDigits, shiftDigit } from "../data/digits.ts";
import { uniformWeights } from "../nn/layers.ts";
import { mlpShapes } from "../nn/mlp.ts";
import { backends } from "../testing/backends.ts";
import { shuffled } from "./digitBatches.ts";
import { type DigitRecipe, digitTraining, heldOut, measureOf } from "./digitTraining.ts";
import type { Run } from "./task.ts";
import { rateAt, trainDigits, type TrainDigitsFrame, type TrainDigitsParams } from "./trainDigits.ts";

const bytes = new Uint8Array(readFileSync(`public/${digitsPack}`));
const digits = readDigits(bytes);
const wasm = await loadWasm();
const recipe: DigitRecipe = { examples: 300, depth: 1, width: 16, dropout: 0, weightDecay: 0, batch: 20, shifts: false, clip: 0, seed: 1 };
const base: TrainDigitsParams = { ...recipe, learningRate: 0.05, schedule: "constant", steps: 40, headStart: 0 };

function watch(patch: Partial<TrainDigitsParams> = {}, { resume, single = false, backend = () => createCpuBackend({ wasm }) }: {
  resume?: Uint8Array; single?: boolean; backend?: () => Promise<Backend>;
} = {}) {
  const params = { ...base, ...patch };
  const changes: (() => void)[] = [];
  const run: Run<TrainDigitsParams> = {
    params, backend, single, artefact: async () => bytes, breathe: async () => undefined,
    changed: () => new Promise((resolve) => { changes.push(resolve); }), ...(resume && { resume }),
  };
  const frames = trainDigits(run);
  const next = async (): Promise<TrainDigitsFrame> => (await frames.next()).value as TrainDigitsFrame;
  return {
    run, next,
    async until(isReached: (frame: TrainDigitsFrame) => boolean): Promise<TrainDigitsFrame> {
      for (;;) {
        const frame = await next();
        if (isReached(frame)) return frame;
      }
    },
    change(to: Partial<TrainDigitsParams>): void {
      Object.assign(params, to);
      for (const resolve of changes.splice(0)) resolve();
    },
    end: () => frames.return(),
  };
}
const isFinished = ({ finished }: TrainDigitsFrame): boolean => finished;

test("the pack is 2,000 digits, ten in turn, each of them drawn", () => {
  expect([digits.pixels.length, digits.labels.length]).toEqual([2000 * 196, 2000]);
  expect(digits.labels.every((label, i) => label === i % 10)).toBe(true);
  for (let i = 0; i < 2000; i++) expect(digits.pixels.subarray(i * 196, (i + 1) * 196).reduce((a, b) => a + b)).toBeGreaterThan(3);
  expect(Math.max(...digits.pixels.subarray(0, 1e4))).toBeLessThanOrEqual(1);
  expect(() => readDigits(bytes.subarray(1))).toThrow("readDigits: 393999 bytes are no multiple of 197");
  expect(() => readDigits(bytes.with(393_999, 12))).toThrow("readDigits: image 1999 has the label 12");
});

test("a picture moves by a pixel and back, but for what left it", () => {
  const picture = digits.pixels.slice(0, 196), moved = new Float32Array(196);
  shiftDigit(picture, 1, -1, moved);
  expect(moved[5 * 14 + 8]).toBe(picture[6 * 14 + 7]);
  expect([...moved.subarray(13 * 14)].every((grey) => grey === 0)).toBe(true);
});

test("an epoch shows each example once, in another order than the next", () => {
  const [first, second] = [shuffled(300, 1, 0), shuffled(300, 1, 1)];
  expect([...first].sort((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (_, i) => i));
  expect([...first]).not.toEqual([...second]);
});

test("the measure of logits is the mean −ln softmax and the share of right maxima", () => {
  const row = (...head: number[]): number[] => [...head, ...Array<number>(10 - head.length).fill(0)];
  const { loss, accuracy } = measureOf([...row(2), ...row(0, 0, 3)], Int32Array.of(0, 1));
  expect(loss).toBeCloseTo((Math.log(Math.exp(2) + 9) - 2 + Math.log(Math.exp(3) + 9)) / 2, 12);
  expect(accuracy).toBe(0.5);
});

test.for(["cpu", "webgpu"])("twenty steps on %s with dropout, decay, shifts and clipping are those of the float64 reference", async (name, context) => {
  const opened = await backends[name]!();
  if (!opened) return context.skip("this machine has no such backend");
  const all: DigitRecipe = { ...recipe, dropout: 0.3, weightDecay: 0.01, shifts: true, clip: 0.5, depth: 2 };
  const runs = await Promise.all([opened, createReferenceBackend()].map(async (backend) => {
    const training = digitTraining(backend, digits, all);
    for (let k = 0; k < 20; k++) training.advance(0.1);
    const reports = await training.reports(), measures = await training.measure();
    training.close();
    return { reports, measures };
  }));
  const [fast, exact] = runs as [typeof runs[0] & {}, typeof runs[0] & {}];
  expect(fast.reports.map(({ step }) => step)).toEqual(Array.from({ length: 20 }, (_, k) => k + 1));
  exact.reports.forEach(({ loss, gradientNorm }, k) => {
    expect(fast.reports[k]!.loss).toBeCloseTo(loss, 4);
    expect(fast.reports[k]!.gradientNorm).toBeCloseTo(gradientNorm, 4);
  });
  expect(fast.measures.validation.loss).toBeCloseTo(exact.measures.validation.loss, 4);
});

test("weight decay takes η λ w from each matrix in the first step and nothing from a bias, and stays out of the loss", async () => {
  const start = uniformWeights(mlpShapes({ sizes: [196, 16, 10], activation: "relu" }), 1);
  const [plain, decayed] = await Promise.all([0, 0.05].map(async (weightDecay) => {
    const training = digitTraining(createReferenceBackend(), digits, { ...recipe, weightDecay });
    training.advance(0.1);
    const [[report], state] = [await training.reports(), await training.state()];
    training.close();
    return { loss: report!.loss, parameters: state.parameters };
  }));
  expect(decayed!.loss).toBe(plain!.loss);
  for (const [name, values] of start) {
    const rate = name.endsWith("weight") ? 0.1 * 0.05 : 0;
    values.forEach((w, i) => expect(plain!.parameters.get(name)![i]! - decayed!.parameters.get(name)![i]!).toBeCloseTo(rate * w, 6));
  }
});

test("the schedules begin, rise and end as their names say", () => {
  const at = (schedule: TrainDigitsParams["schedule"], step: number): number => rateAt({ schedule, learningRate: 0.2, steps: 100 }, step);
  expect([at("constant", 0), at("constant", 99)]).toEqual([0.2, 0.2]);
  expect([at("warmup", 0), at("warmup", 4), at("warmup", 9), at("warmup", 99)].map((rate) => Number(rate.toFixed(6)))).toEqual([0.02, 0.1, 0.2, 0.2]);
  expect([at("linear", 0), at("linear", 50)]).toEqual([0.2, 0.1]);
  expect(at("cosine", 55)).toBeCloseTo(0.1, 10);
  expect(at("cosine", 99)).toBeLessThan(0.001);
});

test("a frame is a pure function of params and step, however it was come to; a head start saves the frames before it", async () => {
  const frames = await Promise.all([watch(), watch({ headStart: 20 }), watch({}, { single: true })].map((one) => one.until(({ step }) => step === 40)));
  expect(frames[1]).toEqual(frames[0]);
  expect(frames[2]).toEqual(frames[0]);
  expect(structuredClone(frames[0])).toEqual(frames[0]);
  expect((await watch({ headStart: 20 }).next()).step).toBe(20);
});

test("the first look is near the loss of guessing, and the losses of the frame are those of its pictures", async () => {
  const first = await watch().next();
  expect(first).toMatchObject({ step: 0, examples: 300, heldOut, parameters: 196 * 16 + 16 + 160 + 10, finished: false, epochs: 0 });
  expect(Math.abs(first.looks[0]!.validation - Math.log(10))).toBeLessThan(0.1);
  const last = await watch().until(isFinished);
  expect(last.looks.map(({ step }) => step)).toEqual([0, 10, 20, 30, 40]);
  expect(last.curve.steps).toHaveLength(40);
  expect(last.epochs).toBeCloseTo(40 * 20 / 300, 10);
});

test("a rate that runs away is caught, named and left; a smaller one goes on from the last sound step", async () => {
  const training = watch({ learningRate: 0.05, steps: 80, width: 64 });
  await training.until(({ step }) => step >= 45);
  training.change({ learningRate: 10 });
  const { diverged, reading } = await training.until((frame) => frame.diverged !== null);
  expect(diverged).toMatchObject({ learningRate: 10 });
  expect(diverged!.step - 45).toBeLessThanOrEqual(10);
  expect(diverged!.tensor).toMatch(/^layers\.[01]\.(weight|bias)$/);
  expect(diverged!.soundStep).toBeGreaterThanOrEqual(40);
  expect(reading.shape).toBe("diverged");
  const again = training.next();
  training.change({ learningRate: 0.05 });
  const back = await again;
  expect(back).toMatchObject({ step: diverged!.soundStep, diverged: null });
  expect(back.abandoned[0]!.losses.length).toBeGreaterThan(0);
  expect(back.looks.every(({ step }) => step <= diverged!.soundStep)).toBe(true);
  expect((await training.until(isFinished)).looks.at(-1)!.training).toBeLessThan(1);
});

test("numbers beyond the machine's range are caught in the step that makes them, and none is in a frame", async () => {
  const training = watch({ learningRate: 10, depth: 4, width: 128, weightDecay: 0.1, steps: 100 });
  const frame = await training.until((one) => one.diverged !== null);
  expect(frame.step).toBeLessThan(40);
  expect(JSON.stringify({ ...frame, diverged: null, reading: null })).not.toContain("null,null");
  expect(frame.curve.losses.every(Number.isFinite)).toBe(true);
  await training.end();
});

test("a finished run goes on when it is given more steps", async () => {
  const training = watch({ steps: 20 });
  await training.until(isFinished);
  const next = training.next();
  training.change({ steps: 60 });
  expect((await next).step).toBe(25);
  expect((await training.until(isFinished)).step).toBe(60);
});

test("a learning rate that is moved after the end begins another run, equal to one with that rate", async () => {
  const training = watch({ steps: 20 }), other = watch({ steps: 20, learningRate: 0.1 });
  await training.until(isFinished);
  const next = training.next();
  training.change({ learningRate: 0.1 });
  expect((await next).step).toBe(0);
  expect(await training.until(isFinished)).toEqual(await other.until(isFinished));
});

test("a run goes on from its checkpoint to bit-equal weights, and hands out its model by name", async () => {
  const whole = watch(), half = watch();
  await half.until(({ step }) => step === 20);
  const resumed = watch({}, { resume: await half.run.take!("checkpoint") });
  const [a, b] = [await whole.until(isFinished), await resumed.until(isFinished)];
  expect(b.curve.losses).toEqual(a.curve.losses);
  const models = await Promise.all([whole, resumed].map(({ run }) => run.take!("model")));
  expect(models[0]).toEqual(models[1]);
  const { tensors, metadata } = readSafetensors(models[0]!);
  expect(tensors.get("layers.0.weight")!.shape).toEqual([16, 196]);
  expect(JSON.parse(metadata.get("training")!)).toMatchObject({ step: 40, width: 16 });
});
