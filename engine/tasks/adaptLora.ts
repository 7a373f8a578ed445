import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { problemRows, type SequenceProblem, type Sequences, sorting, timeOf } from "../data/sequenceProblems.ts";
import { fit } from "../nn/fit.ts";
import { attentionMatrices, lora } from "../nn/lora.ts";
import { flatLength, frozen } from "../nn/parameters.ts";
import { type Transformer, transformer } from "../nn/transformer.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { learningRateAt } from "../optim/schedule.ts";
import { free, read, scope, type Tensor, tensor } from "../tensor.ts";
import { mostLikely, scoreSequences } from "./sequenceScores.ts";
import type { Task } from "./task.ts";
import { toyConfig, toyDecoder } from "./toyDecoder.ts";

export interface AdaptLoraParams {
  readonly rank: number;
  /** Steps in which the whole model learns to sort digits up, and then in which its adapters alone learn to sort them down. */
  readonly baseSteps: number;
  readonly steps: number;
  /** Of the adapters at first; it falls to a tenth on a line. Live. */
  readonly learningRate: number;
  readonly seed: number;
}

export interface AdaptLoraFrame {
  readonly phase: "base" | "adapters";
  readonly step: number;
  /** Losses of this phase: of every step of the first, of every 25th of the second. */
  readonly losses: readonly number[];
  /** Share of whole held-out rows right: sorted up by the model itself, sorted down by it with its adapters. */
  readonly up: number;
  readonly down: number;
  /** Numbers that the first phase trains, and the second. */
  readonly baseParameters: number;
  readonly adapterParameters: number;
  readonly finished: boolean;
}

const rows = 64, heldOutRows = 128, length = 8, stepsPerFrame = 25;

/**
 * A trained model is taught something near to what it can do, by a change of low rank in its attention: one block of 32 that sorts eight
 * digits up learns to sort them down, while its own weights stay as they are. After 300 steps of each, the adapters at 0.02, with seed 1:
 * 96 % of held-out rows sorted up by the base; sorted down 80 % with rank 4 (768 numbers), 96 % with rank 8.
 * Source: Hu et al. 2022.
 */
export const adaptLora: Task<AdaptLoraParams, AdaptLoraFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const { seed } = params;
  const up = sorting(length), down: SequenceProblem = { ...up, draw: (random) => turned(up.draw(random)) };
  const time = timeOf(up), vocabSize = up.symbols.length;
  const config = toyConfig({ vocabSize, contextLength: time, dModel: 32, nLayers: 1, nHeads: 2, position: "learned" });
  const tests = [up, down].map((problem) => problemRows(problem, heldOutRows, seed + 1, 0)) as [Sequences, Sequences];
  const share = async (model: Transformer, { ids, targets }: Sequences): Promise<number> => {
    const logits = scope(() => model.forward(tensor(backend, [heldOutRows, time], ids, "i32")));
    const guesses = mostLikely(await read(logits), vocabSize);
    free(logits);
    return scoreSequences(guesses, targets, time).rowsRight;
  };
  const { run: base, advance } = toyDecoder(backend, config, {
    rows, seed, spread: 0.15, weightDecay: 0.01, batch: (step) => problemRows(up, rows, seed, step + 1),
    schedule: { peak: 0.003, steps: params.baseSteps, warmup: 1, decay: "linear", final: 0.1 },
  });
  const count = { baseParameters: flatLength(base.model.parameters), adapterParameters: 0 };
  let weights: ReadonlyMap<string, Float32Array>;
  try {
    const losses: number[] = [];
    for (;;) {
      const shares = { up: await share(base.model, tests[0]), down: await share(base.model, tests[1]) };
      yield { phase: "base", step: base.step, losses: [...losses], ...shares, ...count, finished: false };
      if (base.step >= params.baseSteps) break;
      losses.push(...await advance(stepsPerFrame, breathe));
    }
    weights = (await base.state()).parameters;
  } finally {
    base.close();
  }
  const still = frozen(backend, parameterShapes(config), weights);
  const { adapters, parameters } = lora(still, { rank: params.rank, alpha: 2 * params.rank, targets: attentionMatrices, seed });
  const adapted = transformer(config, parameters), plain = transformer(config, still);
  const integers = (): Tensor => tensor(backend, [rows, time], new Int32Array(rows * time), "i32");
  const ids = integers(), targets = integers();
  const run = fit(adapters, { kind: "adam", maxNorm: 1 }, [ids, targets], () => crossEntropy(adapted.forward(ids), targets));
  const own = { ...count, adapterParameters: [...adapters.tensors.values()].reduce((sum, { size }) => sum + size, 0) };
  try {
    const losses: number[] = [];
    for (;;) {
      const finished = run.step >= params.steps;
      const shares = { up: await share(plain, tests[0]), down: await share(adapted, tests[1]) };
      yield { phase: "adapters", step: run.step, losses: [...losses], ...shares, ...own, finished };
      if (finished) return;
      for (let k = 0; k < stepsPerFrame && run.step < params.steps; k++) {
        const next = problemRows(down, rows, seed, run.step + 1);
        const schedule = { peak: params.learningRate, steps: params.steps, warmup: 1, decay: "linear", final: 0.1 } as const;
        run.advance([next.ids, next.targets], learningRateAt(schedule, run.step));
        await breathe();
      }
      losses.push(await run.loss());
    }
  } finally {
    run.close();
    [adapted, plain, adapters, still].forEach((each) => each.close());
  }
};

const turned = ({ question, answer }: ReturnType<SequenceProblem["draw"]>): ReturnType<SequenceProblem["draw"]> =>
  ({ question, answer: answer.toReversed() });
