import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { distinctIds, tiled } from "../data/batches.ts";
import { frozen } from "../nn/parameters.ts";
import { type RepeatOptions, repeatScores, withoutHead } from "../nn/repeatScores.ts";
import type { Batch, Trainer } from "../nn/trainer.ts";
import { transformer } from "../nn/transformer.ts";
import { random } from "../random.ts";
import type { Task } from "./task.ts";
import { toyConfig, toyDecoder } from "./toyDecoder.ts";

export interface LearnInductionParams {
  /** Kinds of tokens, and places in a row. */
  readonly vocabSize: number;
  readonly time: number;
  readonly dModel: number;
  readonly batch: number;
  /** Rotary positions make it easy to look one back; with learned ones, none of the runs tried got there. */
  readonly position: "rope" | "learned";
  /** Whether rows repeat after any number of tokens from 4 to half of the row, or always after half of it. */
  readonly period: "varied" | "half";
  readonly learningRate: number;
  readonly steps: number;
  readonly seed: number;
}

export interface LearnInductionFrame {
  readonly step: number;
  /** Loss of the last step; null before the first. */
  readonly loss: number | null;
  /** On rows of a period that a run at half of the row never saw: loss after the first copy, in nats a token; guessing gives ln V. */
  readonly repeated: number;
  /** The period of those rows. */
  readonly probePeriod: number;
  /** What the best head of each layer gives to the token before, and to what followed the earlier copies of its own token. */
  readonly previousToken: readonly number[];
  readonly induction: readonly number[];
  /** `repeated` when the best previous-token head of layer 0, or the best induction head of layer 1, writes nothing. */
  readonly withoutPrevious: number;
  readonly withoutInduction: number;
  readonly losses: readonly number[];
  readonly finished: boolean;
}

const stepsPerFrame = 25;

/**
 * Two layers of attention and nothing else learn to continue what they have seen: a row is one order of distinct tokens, again and again.
 * The loss stays near that of guessing, then falls within some tens of steps, when a head of layer 0 that looks one back and a head of
 * layer 1 that looks for what followed its own token come together. With 16 tokens in rows of 24, batches of 16 and 0.005 the loss on
 * repeats is under a tenth of ln 16 after 275 steps with seed 2 (heads 0.66 and 0.81); seeds 0 and 1 had not got there after 600. With 32
 * tokens in rows of 32, seed 0 takes 400 steps, at 0.01 350. Rows that always repeat at half of their length teach something else, sooner:
 * to look that far back and no further, which fails at any other period.
 * Source: Olsson et al. 2022, "In-context learning and induction heads".
 */
export const learnInduction: Task<LearnInductionParams, LearnInductionFrame> = async function* ({ params, backend: open, breathe }) {
  const { vocabSize, time, dModel, batch: rows, seed, steps } = params;
  const config = toyConfig({
    vocabSize, contextLength: time, dModel, nLayers: 2, nHeads: 2, position: params.position, attentionOnly: true,
  });
  const { run, advance } = toyDecoder(await open(), config, {
    rows, seed, spread: 0.15, weightDecay: 0.01,
    schedule: { peak: params.learningRate, steps, warmup: 50, decay: "none", final: 1 },
    batch: (step) => repeatingRows(params, step),
  });
  const probePeriod = Math.ceil(time / 3);
  const probe = { rows: 32, time, ids: vocabSize, seed: seed + 1000, period: probePeriod };
  const losses: number[] = [];
  try {
    for (;;) {
      const scores = await repeatScores(run.model, probe);
      const best = (heads: readonly number[]): number => heads.indexOf(Math.max(...heads));
      const finished = run.step >= steps;
      yield {
        step: run.step, loss: losses.at(-1) ?? null, repeated: scores.secondCopy, probePeriod,
        previousToken: scores.previousToken.map((heads) => Math.max(...heads)),
        induction: scores.induction.map((heads) => Math.max(...heads)),
        withoutPrevious: await lossWithout(run, 0, best(scores.previousToken[0]!), probe),
        withoutInduction: await lossWithout(run, 1, best(scores.induction[1]!), probe),
        losses: [...losses], finished,
      };
      if (finished) return;
      losses.push(...await advance(stepsPerFrame, breathe));
    }
  } finally {
    run.close();
  }
};

/** Loss on repeats of the model as it is, but for one head. */
async function lossWithout({ model, state }: Trainer, layer: number, head: number, probe: RepeatOptions): Promise<number> {
  const { config, parameters: { backend } } = model;
  const values = withoutHead((await state()).parameters, config, layer, head);
  const parameters = frozen(backend, parameterShapes(config), values);
  const ablated = transformer(config, parameters);
  const { secondCopy } = await repeatScores(ablated, probe);
  ablated.close();
  parameters.close();
  return secondCopy;
}

/** Rows of distinct tokens tiled, with the next token as target from the second copy on: before it nothing can be foretold. */
function repeatingRows({ vocabSize, time, batch, period, seed }: LearnInductionParams, step: number): Batch {
  const draw = random(seed, 1 + step);
  const ids = new Int32Array(batch * time), targets = new Int32Array(batch * time);
  for (let row = 0; row < batch; row++) {
    const length = period === "half" ? time / 2 : 4 + draw.integer(Math.floor(time / 2) - 3);
    const line = tiled(distinctIds(draw, length, vocabSize), time + 1);
    ids.set(line.subarray(0, time), row * time);
    targets.set(line.subarray(1), row * time);
    targets.fill(-100, row * time, row * time + length - 1);
  }
  return { ids, targets };
}
