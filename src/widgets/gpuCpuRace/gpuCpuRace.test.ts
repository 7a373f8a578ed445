import { expect, test } from "vitest";
import type { RaceBackendsFrame, RaceLane } from "../../../engine/tasks/raceBackends.ts";
import { type AnyValues, defaults } from "../../widget/params.ts";
import { drawFrame } from "../../widget/poster.ts";
import { gpuCpuRace as widget } from "../gpuCpuRace.ts";

const lane = (backend: "cpu" | "webgpu", patch: Partial<RaceLane> = {}): RaceLane => ({ backend, times: [], losses: [], adapter: null, software: false, fault: null, ...patch });
const frame = (cpu: Partial<RaceLane>, gpu: Partial<RaceLane>, patch: Partial<RaceBackendsFrame> = {}): RaceBackendsFrame => ({
  step: 3, rounds: 5, preset: "nano", parameters: 136_960, tokens: 512, lanes: [lane("cpu", cpu), lane("webgpu", gpu)], difference: null, finished: false, ...patch,
});
const params = defaults(widget.params) as AnyValues;
const said = (shown: RaceBackendsFrame): string => widget.describe(shown, params).sentence;
const picture = (shown: RaceBackendsFrame, narrow = false): string => drawFrame(widget, shown, params, { narrow });

test("bars are as long as the median of the steps, and the words say time, spread, speed and ratio", () => {
  const shown = frame({ times: [20, 24, 22], losses: [6.2] }, { times: [11, 10, 16], losses: [6.2], adapter: "acme blazing" }, { difference: 2e-7 });
  expect(said(shown)).toContain("CPU · WebAssembly: 22.0 ms, 20.0 to 24.0 · 23,273 tokens a second");
  expect(said(shown)).toContain("GPU · acme blazing: 11.0 ms, 10.0 to 16.0 · 46,545 tokens a second");
  expect(said(shown)).toContain("the GPU does the step 2 × as fast as the CPU");
  expect(said(shown)).toContain("they differ by at most 0.0000002 of themselves");
  const widths = [...picture(shown).matchAll(/<rect[^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width));
  expect(widths[0]! / widths[1]!).toBeCloseTo(2, 2);
  for (const svg of [picture(shown), picture(shown, true)]) expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("a software adapter is called what it is, and losing is said plainly", () => {
  const shown = frame({ times: [10] }, { times: [200], adapter: "google swiftshader", software: true });
  expect(said(shown)).toContain("the GPU has 0.05 × its speed");
  expect(said(shown)).toContain("It is a software adapter: Chromium draws WebGPU on the processor.");
});

test("without a GPU the lane says why, and losses that differ are not called equal", () => {
  expect(said(frame({ times: [10] }, { fault: "webgpu: this browser offers no GPU adapter" }))).toContain("not here: this browser offers no GPU adapter");
  expect(said(frame({ times: [10] }, { times: [10] }, { difference: 0.01 }))).toContain("more than rounding explains");
  expect(said(frame({}, {}, { step: 0 }))).toContain("not measured yet");
});
