import { adding, balancing, copying, problemRows, reversing, type SequenceProblem, sorting, timeOf } from "../data/sequenceProblems.ts";
import type { DecoderConfig } from "../nn/decoderConfig.ts";
import { free, read, scope, type Tensor, tensor } from "../tensor.ts";
import { mostLikely, scoreSequences } from "./sequenceScores.ts";
import type { Task } from "./task.ts";
import { toyConfig, toyDecoder } from "./toyDecoder.ts";

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
const sums = { nLayers: 2, nHeads: 3, dModel: 48, batch: 128, learningRate: 0.004, position: "learned" as const };

/** Problems that a small decoder learns in seconds, each with what suits it. */
export const sequenceRecipes = {
  copy: { ...small, problem: copying(8, 8), steps: 75 },
  reverse: { ...small, problem: reversing(8), steps: 75 },
  sort: { ...small, problem: sorting(8), nLayers: 1, steps: 475 },
  brackets: { ...small, problem: balancing(16), steps: 125, position: "rope" },
  addition: { ...sums, problem: adding(2), steps: 400 },
  longAddition: { ...sums, problem: adding(3), steps: 525 },
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

/** The decoder for a problem. */
export function sequenceConfig(name: keyof typeof sequenceRecipes, position: DecoderConfig["position"]): DecoderConfig {
  const { problem, nLayers, nHeads, dModel } = sequenceRecipes[name];
  return toyConfig({ vocabSize: problem.symbols.length, contextLength: timeOf(problem), dModel, nLayers, nHeads, position });
}

/**
 * A decoder learns a small skill from examples made on the spot. Whole rows right among 128 held out, with seed 1: eight digits reversed
 * 100 % within 50 steps, by an anti-diagonal pattern; sorted by a single layer 96 % in a run of 300 steps, 100 % in one of 475; brackets
 * of 16 told apart with RoPE 100 % within 75 (with learned positions 71 % after 200: depth is a running count, which no single place
 * tells); two-digit sums 98 % in 400,
 * three-digit sums 100 % in 525.
 */
export const learnSequences: Task<LearnSequencesParams, LearnSequencesFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const { problem, batch, learningRate } = sequenceRecipes[params.problem];
  const config = sequenceConfig(params.problem, params.position);
  const time = timeOf(problem);
  const { run, advance } = toyDecoder(backend, config, {
    rows: batch, seed: params.seed, spread: 0.15, weightDecay: 0.01, pace: () => params.pace,
    schedule: { peak: learningRate, steps: params.steps, warmup: 1, decay: "linear", final: 0.1 },
    batch: (step) => problemRows(problem, batch, params.seed, step + 1),
  });
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
      const { symbolsRight, rowsRight } = scoreSequences(guesses, heldOut.targets, time);
      const patterns = await patternsOf((probe) => run.model.forward(shown, { probe }));
      const table = run.model.parameters.tensors.get("positions.weight");
      const positions = table ? Float32Array.from(await read(table)) : null;
      const finished = run.step >= params.steps;
      const text = (ids: Iterable<number>): string => Array.from(ids, (id) => problem.symbols[id] ?? "").join("");
      yield {
        step: run.step, loss: losses.at(-1) ?? null, symbolsRight, rowsRight, row: text(heldOut.ids.subarray(0, time)),
        said: text(guesses.subarray(problem.questionLength, time)), patterns, positions, losses: [...losses], finished,
      };
      if (finished) return;
      losses.push(...await advance(stepsPerFrame, breathe));
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
