import { expect, test } from "vitest";
import { mixtureBatch } from "../data/batches.ts";
import { nano, nanoConfig } from "../tasks/nano.ts";
import { nanoWeights } from "../tasks/nanoWeights.ts";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { defaultAdamW } from "../optim/adamW.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import type { StepReport } from "./reportRing.ts";
import { trainer } from "./trainer.ts";

const steps = 100;
const time = 16, rows = 4, seed = 5;
const draw = random(11);
/** Ids with something to learn: each is mostly the successor of the one before. */
const ids = new Int32Array(4000);
for (let i = 1; i < ids.length; i++) ids[i] = draw.uniform() < 0.8 ? (ids[i - 1]! + 1) % 64 : draw.integer(64);
const mixture = { rows, time, seed, streams: [{ ids, share: 1 }], repeats: 0, randomIds: 0, attend: false };

async function reportsOn(name: "cpu" | "webgpu", config: DecoderConfig): Promise<StepReport[] | null> {
  const backend = await backends[name]!();
  if (!backend) return null;
  const parameters = nanoWeights("gpt2", config.vocabSize, seed);
  const run = trainer(backend, {
    config, rows, time, shards: 1, optimizer: defaultAdamW, heads: [], headWeight: () => 0,
    schedule: { peak: 0.003, steps, warmup: nano.warmup, decay: "none", final: 1 },
  }, { step: 0, parameters, m: null, v: null });
  const reports: StepReport[] = [];
  while (run.step < steps) {
    run.begin(mixtureBatch(mixture, run.step));
    run.advance();
    if (run.step % 20 === 0) reports.push(...await run.reports());
  }
  run.close();
  backend.close();
  return reports;
}

test("after 100 steps of a GPT the losses of WebGPU and of the CPU differ by at most 1e-4 of themselves, and so at every step before", async () => {
  const config = nanoConfig("gpt2", 64);
  const gpu = await reportsOn("webgpu", config);
  if (!gpu) return;
  const cpu = (await reportsOn("cpu", config))!;
  expect(cpu).toHaveLength(steps);
  // It has learnt something, so that the agreement is not that of two machines standing still.
  expect(cpu.at(-1)!.loss).toBeLessThan(0.8 * cpu[0]!.loss);
  const worst = Math.max(...cpu.map(({ loss }, i) => Math.abs(gpu[i]!.loss - loss) / loss));
  console.log(`largest relative difference over ${steps} steps: ${worst.toExponential(1)}`);
  expect(worst).toBeLessThanOrEqual(1e-4);
}, 120_000);
