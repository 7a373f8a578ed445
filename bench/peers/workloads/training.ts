/** Steps of training a small GPT: forward, loss, all gradients, clip, AdamW. */
import { parameterShapes, type DecoderConfig } from "../../../engine/index.ts";
import { gptFour, gptTwo } from "../gpt.ts";
import { expectClose, longestRound, type Contestant, type Workload } from "../measure.ts";
import { trainJax } from "../peers/gptJax.ts";
import { trainOurs, type Training } from "../peers/gptOurs.ts";
import { trainTfjs } from "../peers/gptTfjs.ts";
import { openOurs } from "../peers/ours.ts";

const absent = { ORT: "trains no longer in the browser" };
const comparedSteps = 3;

type Maker = readonly [name: string, make: () => Promise<Training>];

/** Contestants train from equal weights; the losses of the first steps, each of which depends on all gradients before it, must agree. */
async function trained(makers: readonly Maker[]): Promise<{ contestants: Contestant[]; agreement: string }> {
  const contestants: Contestant[] = [];
  let expected: number[] | undefined, off = 0;
  for (const [name, make] of makers) {
    const training = await make();
    const losses: number[] = [];
    // Who needs minutes for the three steps is compared on the first alone.
    const start = performance.now();
    while (losses.length < comparedSteps && performance.now() - start < longestRound) losses.push(await training.lossOfStep());
    expected ??= losses;
    off = Math.max(off, expectClose(`losses of ${name}`, losses.slice(0, expected.length), expected.slice(0, losses.length), 1e-4));
    contestants.push({ name, round: () => training.step(), close: () => training.close() });
  }
  return { contestants, agreement: `losses of ${expected!.length} steps within ${off.toExponential(1)}` };
}

export function onProcessor(id: string, shape: string, config: DecoderConfig, rows: number, time: number): Workload {
  const shapes = parameterShapes(config);
  return {
    id, title: `training step, ${shape}, processor`, unit: "tokens/s", amount: rows * time, absent,
    prepare: () => trained([
      ["ours cpu", async () => trainOurs(await openOurs("cpu"), config, rows, time)],
      ["jax-js wasm", () => trainJax("wasm", config, shapes, rows, time)],
      ["tfjs wasm", () => trainTfjs("wasm", config, shapes, rows, time)],
    ]),
  };
}

export function onGpu(id: string, shape: string, config: DecoderConfig, rows: number, time: number): Workload {
  const shapes = parameterShapes(config);
  return {
    id, title: `training step, ${shape}, WebGPU`, unit: "tokens/s", amount: rows * time, absent,
    prepare: () => trained([
      ["ours webgpu", async () => trainOurs(await openOurs("webgpu"), config, rows, time)],
      ["jax-js webgpu", () => trainJax("webgpu", config, shapes, rows, time)],
      ["tfjs webgpu", () => trainTfjs("webgpu", config, shapes, rows, time)],
    ]),
  };
}

const four = "GPT 4 layers, d 128, T 64, B 16, V 256", two = "GPT 2 layers, d 64, T 32, B 8, V 64";

export const training: readonly Workload[] = [
  onProcessor("train-4l-cpu", four, gptFour, 16, 64),
  onProcessor("train-2l-cpu", two, gptTwo, 8, 32),
  onGpu("train-4l-gpu", four, gptFour, 16, 64),
];
