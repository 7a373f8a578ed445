import { distinctIds } from "../data/batches.ts";
import { addingModulo, exampleRows, type Sequences, timeOf } from "../data/sequenceProblems.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { random } from "../random.ts";
import { free, read, scope, tensor } from "../tensor.ts";
import { mostLikely, scoreSequences } from "./sequenceScores.ts";
import type { Task } from "./task.ts";
import { toyConfig, toyDecoder } from "./toyDecoder.ts";

export interface ModularAdditionParams {
  readonly modulus: number;
  /** Share of the whole addition table that is trained on; the rest is held out. */
  readonly share: number;
  readonly weightDecay: number;
  readonly learningRate: number;
  readonly steps: number;
  readonly seed: number;
}

export interface ModularAdditionFrame {
  readonly step: number;
  /** Mean loss, in nats a sum, and share of right sums, on both parts of the table. */
  readonly training: { readonly loss: number; readonly right: number };
  readonly heldOut: { readonly loss: number; readonly right: number };
  readonly finished: boolean;
}

const stepsPerFrame = 25;

/**
 * Grokking: one layer learns a part of a table of sums modulo a prime by heart, and only long after, driven by weight decay, what holds
 * for the rest too. Modulo 23, with 70 % of the table, weight decay 3, rate 0.003 and seed 1 all of the trained sums are right within 50
 * steps, of the others hardly any until step 600, then 63 % at 700, 80 % at 800, all at 1000. With weight decay 1, 10 % at 1500; with half
 * of the table, none.
 * Source: Power et al. 2022, "Grokking"; Nanda et al. 2023.
 */
export const modularAddition: Task<ModularAdditionParams, ModularAdditionFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const { modulus, seed, steps } = params;
  const problem = addingModulo(modulus);
  const time = timeOf(problem), vocabSize = problem.symbols.length;
  const { known, unknown } = divided(params);
  const rows = known.ids.length / time;
  const config = toyConfig({ vocabSize, contextLength: time, dModel: 64, nLayers: 1, nHeads: 4, position: "learned" });
  const { run, advance } = toyDecoder(backend, config, {
    rows, seed, spread: 0.125, weightDecay: params.weightDecay, batch: () => known,
    schedule: { peak: params.learningRate, steps, warmup: 10, decay: "none", final: 1 },
  });
  const measure = async ({ ids, targets }: Sequences): Promise<{ loss: number; right: number }> => {
    const made = scope(() => {
      const shape = [ids.length / time, time];
      const logits = run.model.forward(tensor(backend, shape, ids, "i32"));
      return { logits, loss: crossEntropy(logits, tensor(backend, shape, targets, "i32")) };
    });
    const [logits, loss] = [await read(made.logits), (await read(made.loss))[0]!];
    const { rowsRight } = scoreSequences(mostLikely(logits, vocabSize), targets, time);
    [made.logits, made.loss].forEach(free);
    return { loss, right: rowsRight };
  };
  try {
    for (;;) {
      const finished = run.step >= steps;
      yield { step: run.step, training: await measure(known), heldOut: await measure(unknown), finished };
      if (finished) return;
      await advance(stepsPerFrame, breathe);
    }
  } finally {
    run.close();
  }
};

/**
 * The table in two parts.
 * Subtle: a + b goes where b + a goes, or as large a share of the held-out sums as is trained on could be had by turning known ones round.
 */
function divided({ modulus, share, seed }: ModularAdditionParams): { known: Sequences; unknown: Sequences } {
  const problem = addingModulo(modulus);
  const { table } = problem;
  const isKnown = new Set<number>();
  for (const at of distinctIds(random(seed, 1), table.length, table.length)) {
    if (isKnown.size >= share * table.length) break;
    isKnown.add(at).add((at % modulus) * modulus + Math.floor(at / modulus));
  }
  const part = (known: boolean): Sequences => exampleRows(problem, table.filter((_, at) => isKnown.has(at) === known));
  return { known: part(true), unknown: part(false) };
}
