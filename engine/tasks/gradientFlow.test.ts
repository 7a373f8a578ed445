import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { backends } from "../testing/backends.ts";
import { gradientFlow, type GradientFlowFrame, type GradientFlowParams, startDeviation } from "./gradientFlow.ts";

const wasm = await loadWasm();
const base: GradientFlowParams = {
  depth: 10, bend: "sigmoid", start: "glorot", residual: false, norm: false, learningRate: 0.02, clip: 1, steps: 60, seed: 1,
};

/** The frames at some step and at the end. */
async function flow(patch: Partial<GradientFlowParams>, until: (frame: GradientFlowFrame) => boolean = ({ finished }) => finished, backend?: Backend): Promise<GradientFlowFrame> {
  const opened = backend ?? await createCpuBackend({ wasm });
  const frames = gradientFlow({
    params: { ...base, ...patch }, backend: async () => opened, artefact: async (name) => new Uint8Array(readFileSync(`public/${name}`)),
    breathe: async () => undefined, changed: () => Promise.reject(new Error("nothing changes here")),
  });
  for await (const frame of frames) if (until(frame)) return frame;
  throw new Error("it ended before");
}
const first = (patch: Partial<GradientFlowParams>): Promise<GradientFlowFrame> => flow(patch, () => true);
const spread = ({ norms }: GradientFlowFrame): number => Math.max(...norms.map(Number)) / Math.min(...norms.map(Number));

test.for(["cpu", "webgpu"])("gradients on %s are those of the float64 reference, with shortcuts and norm and without", async (name, context) => {
  const opened = await backends[name]!();
  if (!opened) return context.skip("this machine has no such backend");
  for (const patch of [{ depth: 4 }, { depth: 4, residual: true, norm: true, bend: "relu", start: "he" }, { depth: 3, bend: "tanh", start: "large" }] as const) {
    const [fast, exact] = [await flow(patch, () => true, opened), await flow(patch, () => true, createReferenceBackend())];
    exact.norms.forEach((norm, i) => expect(Math.abs(fast.norms[i]! - norm!)).toBeLessThanOrEqual(1e-4 * norm!));
    expect(fast.loss).toBeCloseTo(exact.loss, 4);
  }
});

test("through sigmoids less than the best slope's share comes back a layer, and the loss stays at guessing", async () => {
  const frame = await flow({});
  // Nine bends lie between the two, none steeper than ¼; Glorot's matrices keep about the length of what they multiply.
  expect(frame.before[0]! / frame.before[9]!).toBeLessThan(4 ** -8);
  expect(frame.ratio).toBeLessThan(1e-4);
  expect(Math.abs(frame.loss - frame.guess)).toBeLessThan(0.15);
});

test("He's start keeps ReLU gradients level where small weights lose them and large ones blow them up", async () => {
  const [he, small, large] = await Promise.all((["he", "small", "large"] as const).map((start) => first({ depth: 20, bend: "relu", start })));
  expect(spread(he!)).toBeLessThan(30);
  expect(Math.max(...small!.norms.map(Number))).toBeLessThan(1e-10);
  expect(Math.min(...large!.norms.map(Number))).toBeGreaterThan(1e4);
  expect(large!.loss).toBeGreaterThan(1e5);
});

test("fifty layers learn with shortcuts and norm, and with neither of them alone", async () => {
  const deep = { depth: 50, bend: "relu", start: "he", steps: 60 } as const;
  const [both, shortcuts, norm] = await Promise.all([{ residual: true, norm: true }, { residual: true }, { norm: true }].map((patch) => flow({ ...deep, ...patch })));
  expect(both!.loss).toBeLessThan(1);
  expect(spread(both!)).toBeLessThan(100);
  expect(shortcuts!.loss).toBeGreaterThan(2);
  expect(norm!.loss).toBeGreaterThan(2);
  expect(norm!.before[0]! / norm!.before[49]!).toBeGreaterThan(1e3);
});

test("without clipping a start too large breaks within one step, and the frame keeps the last finite numbers", async () => {
  const frame = await flow({ depth: 20, bend: "relu", start: "large", clip: 0 });
  expect(frame).toMatchObject({ broken: 1, finished: true });
  expect(frame.norms.every((norm) => norm !== null && Number.isFinite(norm))).toBe(true);
  expect(frame.norms).toEqual(frame.before);
});

test("the deviations are those of the papers: variance 2/(n+m) and 2/n", () => {
  expect(startDeviation("glorot", 32, 32) ** 2).toBeCloseTo(1 / 32, 12);
  expect(startDeviation("he", 32, 10) ** 2).toBeCloseTo(1 / 16, 12);
});
