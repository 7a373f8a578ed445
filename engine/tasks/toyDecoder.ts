import type { Backend } from "../backend.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { type Batch, type Trainer, trainer } from "../nn/trainer.ts";
import { initialWeights } from "../nn/transformer.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { learningRateAt, type Schedule } from "../optim/schedule.ts";

/** What tells one small decoder from another. */
export interface ToyShape {
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly dModel: number;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly position: DecoderConfig["position"];
  readonly attentionOnly?: boolean;
}

/** The decoder of the small problems: GELU blocks with LayerNorm, tied, four times as wide inside. */
export const toyConfig = (shape: ToyShape): DecoderConfig => ({
  ...shape, nKvHeads: shape.nHeads, dHead: shape.dModel / shape.nHeads, dMlp: 4 * shape.dModel,
  ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
});

export interface ToyOptions {
  readonly rows: number;
  readonly seed: number;
  /** Standard deviation of all starting matrices: about 1/√d, for at GPT-2's 0.02 these problems stand still for thousands of steps. */
  readonly spread: number;
  readonly schedule: Schedule;
  readonly weightDecay: number;
  /** The batch of a step, counted from 0. */
  readonly batch: (step: number) => Batch;
  /** A factor on the schedule, looked at before each step. */
  readonly pace?: () => number;
}

export interface ToyDecoder {
  readonly run: Trainer;
  /** Up to `count` steps, none beyond the schedule's; returns the loss of each, in nats. */
  advance(count: number, breathe: () => Promise<void>): Promise<number[]>;
}

/** A small decoder with AdamW (β 0.9 and 0.95, gradients cut to norm 1) on batches that are made on the spot. Close `run` at the end. */
export function toyDecoder(backend: Backend, config: DecoderConfig, options: ToyOptions): ToyDecoder {
  const { rows, seed, spread, schedule, weightDecay, batch, pace = () => 1 } = options;
  const run = trainer(backend, {
    config, rows, time: config.contextLength, shards: 1, schedule,
    optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay, maxNorm: 1 },
    stepByStep: attentionWithPattern, heads: [], headWeight: () => 0,
  }, { step: 0, parameters: initialWeights(config, { seed, matrices: spread, embedding: spread }), m: null, v: null });
  return {
    run,
    async advance(count, breathe) {
      for (let k = 0; k < count && run.step < schedule.steps; k++) {
        run.learningRate = pace() * learningRateAt(schedule, run.step);
        run.begin(batch(run.step));
        while (!run.advance(12)) await breathe();
        await breathe();
      }
      return (await run.reports()).map((report) => report.loss);
    },
  };
}
