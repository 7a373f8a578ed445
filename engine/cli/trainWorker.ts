import { parentPort, workerData } from "node:worker_threads";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { type Batch, trainer } from "../nn/trainer.ts";
import type { Recipe } from "./recipe.ts";
import { trainerOptions } from "./trainerOptions.ts";

/** What a thread is started with. Weights go out and gradients come back through shared memory. */
export interface TrainWorkerData {
  readonly role: "train";
  readonly recipe: Recipe;
  readonly weights: SharedArrayBuffer;
  readonly gradient: SharedArrayBuffer;
}

export interface ShardRequest {
  readonly batch: Batch;
  readonly shard: number;
  readonly step: number;
}

/** A thread of the training command: works on one shard of a batch at a time, in a WebAssembly instance of its own. */
export async function trainWorker(): Promise<void> {
  const { recipe, weights, gradient } = workerData as TrainWorkerData;
  const backend = await createCpuBackend({ wasm: await loadWasm() });
  const zeros = new Map([...parameterShapes(recipe.model)].map(([name, shape]) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]));
  const worker = trainer(backend, trainerOptions(recipe), { step: 0, parameters: zeros, m: null, v: null });
  parentPort!.on("message", async ({ batch, shard, step }: ShardRequest) => {
    const result = await worker.shardGradient(batch, shard, { step, weights: new Float32Array(weights) });
    new Float32Array(gradient).set(result.gradient);
    parentPort!.postMessage(result.loss);
  });
  parentPort!.postMessage("ready");
}
