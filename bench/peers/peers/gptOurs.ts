// From their own files, as the pages do, so that the bundle that is weighed holds what training needs.
import type { Backend } from "../../../engine/backend.ts";
import type { DecoderConfig } from "../../../engine/nn/decoderConfig.ts";
import { trainer } from "../../../engine/nn/trainer.ts";
import { defaultAdamW } from "../../../engine/optim/adamW.ts";
import { batchOf, recipe, weightsOf } from "../gpt.ts";

/** A model in training, one seeded batch again and again. */
export interface Training {
  /** One step; resolves when its numbers exist, without reading them. */
  step(): Promise<void>;
  /** One step, and the loss before it moved anything. */
  lossOfStep(): Promise<number>;
  close(): void;
}

export function trainOurs(backend: Backend, config: DecoderConfig, rows: number, time: number): Training {
  const { learningRate, ...optimizer } = recipe;
  const run = trainer(backend, {
    config, rows, time, shards: 1, optimizer: { ...defaultAdamW, ...optimizer }, heads: [], headWeight: () => 0,
    schedule: { peak: learningRate, steps: 1, warmup: 0, decay: "none", final: 1 },
  }, { step: 0, parameters: weightsOf(config), m: null, v: null });
  const batch = batchOf(config, rows, time);
  const step = (): Promise<void> => {
    run.begin(batch);
    run.advance();
    return backend.finish();
  };
  return {
    step,
    lossOfStep: async () => (await step(), (await run.reports()).at(-1)!.loss),
    close: () => run.close(),
  };
}
