/**
 * The first training step on WebGPU: from nothing (no device, no shader) to the loss on the page, weights drawn beforehand. Only a
 * fresh browser can tell, so a page does it for one contestant; one more step then counts what it asks of the GPU.
 */
import { parameterShapes } from "../../../engine/index.ts";
import { gptFour, weightsOf } from "../gpt.ts";
import { trainJax } from "../peers/gptJax.ts";
import { trainOurs, type Training } from "../peers/gptOurs.ts";
import { trainTfjs } from "../peers/gptTfjs.ts";
import { openOurs } from "../peers/ours.ts";

const rows = 16, time = 64, shapes = parameterShapes(gptFour);

const makers: Readonly<Record<string, () => Promise<Training>>> = {
  "ours webgpu": async () => trainOurs(await openOurs("webgpu"), gptFour, rows, time),
  "jax-js webgpu": () => trainJax("webgpu", gptFour, shapes, rows, time),
  "tfjs webgpu": () => trainTfjs("webgpu", gptFour, shapes, rows, time),
};

export const firstStepNames = Object.keys(makers);

export interface FirstStep {
  readonly seconds: number;
  readonly loss: number;
  /** Of one step after the first. */
  readonly counts: { readonly launches: number; readonly submits: number; readonly buffers: number };
}

export async function firstStep(name: string): Promise<FirstStep> {
  weightsOf(gptFour);
  const start = performance.now();
  const training = await makers[name]!();
  const loss = await training.lossOfStep();
  const seconds = (performance.now() - start) / 1000;
  const counts = { launches: 0, submits: 0, buffers: 0 };
  count(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => counts.launches++);
  count(GPUQueue.prototype, "submit", () => counts.submits++);
  count(GPUDevice.prototype, "createBuffer", () => counts.buffers++);
  await training.step();
  return { seconds, loss, counts };
}

/** Calls `called` before each call of a method from now on. */
function count<K extends string>(owner: Record<K, (...values: never[]) => unknown>, method: K, called: () => void): void {
  const original = owner[method];
  owner[method] = function (this: unknown, ...values: never[]) {
    called();
    return original.apply(this, values);
  };
}
