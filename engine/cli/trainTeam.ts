import { Worker } from "node:worker_threads";
import type { Batch, Trainer } from "../nn/trainer.ts";
import type { Recipe } from "./recipe.ts";
import type { ShardRequest, TrainWorkerData } from "./trainWorker.ts";

/** Threads that share the shards of every batch. Gradients are added in shard order, as the single-threaded plan does, so the bits are the same. */
export interface Team {
  step(run: Trainer, batch: Batch): Promise<void>;
  close(): Promise<void>;
}

/** Starts the threads: each is this program again, told apart by its `workerData`. `length` counts the numbers of the flat buffers. */
export async function openTeam(recipe: Recipe, threads: number, length: number): Promise<Team> {
  const weights = new SharedArrayBuffer(length * 4);
  const members = await Promise.all(Array.from({ length: threads }, async () => {
    const gradient = new SharedArrayBuffer(length * 4);
    const worker = new Worker(process.argv[1]!, { workerData: { role: "train", recipe, weights, gradient } satisfies TrainWorkerData });
    const answer = (): Promise<unknown> => new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    await answer();
    return {
      worker, gradient: new Float32Array(gradient),
      ask(request: ShardRequest): Promise<number> {
        worker.removeAllListeners("error");
        const loss = answer() as Promise<number>;
        worker.postMessage(request);
        return loss;
      },
    };
  }));
  const sum = new Float32Array(length);
  return {
    async step(run, batch) {
      new Float32Array(weights).set(await run.weights());
      let loss = 0;
      for (let first = 0; first < recipe.shards; first += threads) {
        const wave = members.slice(0, recipe.shards - first);
        const losses = await Promise.all(wave.map((member, i) => member.ask({ batch, shard: first + i, step: run.step })));
        wave.forEach(({ gradient }, i) => {
          loss = Math.fround(loss + losses[i]!);
          if (first + i === 0) sum.set(gradient);
          else for (let j = 0; j < length; j++) sum[j] = sum[j]! + gradient[j]!;
        });
      }
      run.finishStep(sum, loss);
    },
    close: async () => { await Promise.all(members.map(({ worker }) => worker.terminate())); },
  };
}
