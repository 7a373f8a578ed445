import {
  adding, balancing, copying, problemRows, reversing, type SequenceProblem, type Sequences, sorting, timeOf,
} from "../data/sequenceProblems.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { trainer } from "../nn/trainer.ts";
import { initialWeights } from "../nn/transformer.ts";
import { attentionWithPattern } from "../ops/attentionWithPattern.ts";
import { learningRateAt, type Schedule } from "../optim/schedule.ts";
import { free, read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

interface Recipe {
  readonly problem: SequenceProblem;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly dModel: number;
  readonly batch: number;
  readonly learningRate: number;
  /** Steps after which the result stated at the task is reached, and the positions with which it was measured. */
  readonly steps: number;
  readonly position: DecoderConfig["position"];
}

const small = { nLayers: 2, nHeads: 2, dModel: 32, batch: 64, learningRate: 0.003, position: "learned" as const };

/** Problems that a small decoder learns in seconds, each with what suits it. */
export const sequenceRecipes = {
  copy: { ...small, problem: copying(8, 8), steps: 75 },
  reverse: { ...small, problem: reversing(8), steps: 75 },
  sort: { ...small, problem: sorting(8), nLayers: 1, steps: 475 },
  brackets: { ...small, problem: balancing(16), steps: 125, position: "rope" },
  addition: { problem: adding(2), nLayers: 2, nHeads: 3, dModel: 48, batch: 128, learningRate: 0.004, steps: 400, position: "learned" },
} as const satisfies Record<string, Recipe>;

export interface LearnSequencesParams {
  readonly problem: keyof typeof sequenceRecipes;
  readonly position: DecoderConfig["position"];
  /** A factor on the recipe's learning rate, which falls to a tenth on a line. Live. */
  readonly pace: number;
  readonly steps: number;
  readonly seed: number;
}

export interface LearnSequencesFrame {
  readonly step: number;
  /** Loss of the last step, in nats a symbol of the answer; null before the first. */
  readonly loss: number | null;
  /** Share of symbols, and of whole answers, foretold rightly on held-out rows. */
  readonly symbolsRight: number;
  readonly rowsRight: number;
  /** One held-out row as text, and what the model says after its separator. */
  readonly row: string;
  readonly said: string;
  /** What each head of each layer attends to in that row, [layers,heads,time,time]. */
  readonly patterns: Float32Array;
  /** The learned table of positions [context,dModel]; null with positions that are not learned. */
  readonly positions: Float32Array | null;
  readonly losses: readonly number[];
  readonly finished: boolean;
}

const stepsPerFrame = 5, heldOutRows = 128;

/** The decoder for a problem: GELU blocks with LayerNorm, tied, four times as wide inside. */
export function sequenceConfig(name: keyof typeof sequenceRecipes, position: DecoderConfig["position"]): DecoderConfig {
  const { problem, nLayers, nHeads, dModel } = sequenceRecipes[name];
  return {
    vocabSize: problem.symbols.length, contextLength: timeOf(problem),
    dModel, nLayers, nHeads, nKvHeads: nHeads, dHead: dModel / nHeads, dMlp: 4 * dModel,
    position, ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
  };
}

/**
 * A decoder learns a small skill from examples made on the spot. Whole rows right among 128 held out, with seed 1: eight digits reversed
 * 100 % within 50 steps, by an anti-diagonal pattern; sorted by a single layer 96 % in a run of 300 steps, 100 % in one of 475; brackets
 * of 16 told apart with RoPE 100 % within 75 (with learned positions 71 % after 200: depth is a running count, which no single place
 * tells); two-digit sums 98 % in 400.
 */
export const learnSequences: Task<LearnSequencesParams, LearnSequencesFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const { problem, batch, learningRate } = sequenceRecipes[params.problem];
  const config = sequenceConfig(params.problem, params.position);
  const time = timeOf(problem);
  const schedule: Schedule = { peak: learningRate, steps: params.steps, warmup: 1, decay: "linear", final: 0.1 };
  const run = trainer(backend, {
    config, rows: batch, time, shards: 1,
    optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01, maxNorm: 1 },
    schedule,
    stepByStep: attentionWithPattern, heads: [], headWeight: () => 0,
  }, { step: 0, parameters: initialWeights(config, { seed: params.seed, matrices: 0.15, embedding: 0.15 }), m: null, v: null });
  const heldOut = problemRows(problem, heldOutRows, params.seed + 1, 0);
  const questions = tensor(backend, [heldOutRows, time], heldOut.ids, "i32"), shown = tensor(
    backend, [1, time], heldOut.ids.subarray(0, time), "i32",
  );
  const losses: number[] = [];
  try {
    for (;;) {
      const logits = scope(() => run.model.forward(questions));
      const guesses = mostLikely(await read(logits), config.vocabSize);
      free(logits);
      const patterns = await patternsOf((probe) => run.model.forward(shown, { probe }));
      const table = run.model.parameters.tensors.get("positions.weight");
      const positions = table ? Float32Array.from(await read(table)) : null;
      const finished = run.step >= params.steps;
      const text = (ids: Iterable<number>): string => Array.from(ids, (id) => problem.symbols[id] ?? "").join("");
      yield {
        step: run.step, loss: losses.at(-1) ?? null, ...score(guesses, heldOut, time), row: text(heldOut.ids.subarray(0, time)),
        said: text(guesses.subarray(problem.questionLength, time)), patterns, positions, losses: [...losses], finished,
      };
      if (finished) return;
      for (let k = 0; k < stepsPerFrame && run.step < params.steps; k++) {
        run.learningRate = params.pace * learningRateAt(schedule, run.step);
        run.begin(problemRows(problem, batch, params.seed, run.step + 1));
        while (!run.advance(12)) await breathe();
        await breathe();
      }
      losses.push(...(await run.reports()).map((report) => report.loss));
    }
  } finally {
    [questions, shown].forEach(free);
    run.close();
  }
};

/** The patterns of all layers in a row. */
async function patternsOf(forward: (probe: (name: string, x: Tensor) => void) => void): Promise<Float32Array> {
  const found = scope(() => {
    const patterns: Tensor[] = [];
    forward((name, x) => { if (name.endsWith("pattern")) patterns.push(x); });
    return patterns;
  });
  const numbers = await Promise.all(found.map(read));
  found.forEach(free);
  return Float32Array.from(numbers.flatMap((each) => [...each]));
}

function mostLikely(logits: ArrayLike<number>, vocabSize: number): Int32Array {
  return Int32Array.from({ length: logits.length / vocabSize }, (_, at) => {
    let best = 0;
    for (let j = 1; j < vocabSize; j++) if (logits[at * vocabSize + j]! > logits[at * vocabSize + best]!) best = j;
    return best;
  });
}

function score(guesses: Int32Array, { targets }: Sequences, time: number): { symbolsRight: number; rowsRight: number } {
  let asked = 0, right = 0, whole = 0;
  for (let row = 0; row < targets.length / time; row++) {
    let isWhole = true;
    for (let at = row * time; at < (row + 1) * time; at++) {
      if (targets[at]! < 0) continue;
      asked++;
      if (guesses[at] === targets[at]) right++;
      else isWhole = false;
    }
    whole += Number(isWhole);
  }
  return { symbolsRight: right / asked, rowsRight: whole / (targets.length / time) };
}
