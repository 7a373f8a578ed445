import { expect, test } from "vitest";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { sizeOf } from "../kernel.ts";
import { backends } from "../testing/backends.ts";
import { framesOf } from "../testing/runTask.ts";
import { nanoConfig } from "./nano.ts";
import { presetConfig } from "./presets.ts";
import { raceBackends, type RaceBackendsFrame } from "./raceBackends.ts";

test("the presets have the parameters of the book's table, and nano is the model that one trains while reading", () => {
  const parameters = (name: "nano" | "micro" | "mini"): number =>
    [...parameterShapes(presetConfig(name)).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
  expect([parameters("nano"), parameters("micro"), parameters("mini")]).toEqual([136_960, 940_800, 3_111_936]);
  expect(presetConfig("nano")).toEqual(nanoConfig("gpt2", 512));
});

test("without a GPU the CPU races alone, and the other lane says why it is empty", async () => {
  const frames = await framesOf(raceBackends, { preset: "nano", seed: 1 });
  expect(frames[0]).toMatchObject({ step: 0, lanes: [{ times: [], fault: null }, { times: [], fault: null }], difference: null, parameters: 136_960, tokens: 512 });
  const last = frames.at(-1)!;
  expect(last).toMatchObject({ step: 5, finished: true, difference: null });
  const [cpu, gpu] = last.lanes;
  expect([cpu!.times.length, cpu!.losses.length, gpu!.times.length, gpu!.fault]).toEqual([5, 6, 0, "this program has no WebGPU"]);
  // Random ids: the loss stays near that of an even guess, ln 512.
  expect(Math.abs(cpu!.losses[0]! - Math.log(512))).toBeLessThan(0.5);
}, 60_000);

test("both backends take the same steps: their losses differ by at most 1e-4 of themselves", async () => {
  const gpu = await backends.webgpu!();
  if (!gpu) return;
  const cpu = (await backends.cpu!())!;
  const before = [cpu.counts.bytesLive, gpu.counts.bytesLive];
  const frames: RaceBackendsFrame[] = [];
  const race = raceBackends({
    params: { preset: "nano", seed: 2 }, backend: () => Promise.resolve(cpu), backends: { cpu: () => Promise.resolve(cpu), webgpu: () => Promise.resolve(gpu) },
    artefact: () => Promise.reject(new Error("none")), breathe: () => Promise.resolve(), changed: () => new Promise(() => undefined),
  });
  for await (const frame of race) frames.push(frame);
  const last = frames.at(-1)!;
  expect(last.lanes.map(({ fault }) => fault)).toEqual([null, null]);
  expect(last.lanes[1]!.times.length).toBeGreaterThan(0);
  expect(last.difference).toBeLessThanOrEqual(1e-4);
  expect([cpu.counts.bytesLive, gpu.counts.bytesLive]).toEqual(before);
  gpu.close();
}, 120_000);
