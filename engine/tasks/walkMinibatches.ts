import { cars } from "../data/cars.ts";
import { hyper } from "../ops/adamW.ts";
import { sgdKernel } from "../ops/optimizers.ts";
import { random } from "../random.ts";
import type { Task } from "./task.ts";

/** How many examples a step averages over: 1 to 64 drawn at random, or all of them, once each. */
export type BatchName = "one" | "four" | "sixteen" | "sixtyFour" | "all";

export interface WalkMinibatchesParams {
  readonly batch: BatchName;
  readonly learningRate: number;
  readonly headStart: number;
}

/** The two numbers of the line: miles per gallon of a car of mean weight, and their change by one standard deviation of weight. */
export type Line = readonly [level: number, slope: number];

/** What all runs with one batch size did. */
export interface BatchWalks {
  readonly batch: BatchName;
  readonly size: number;
  /** The mean over the runs, after each step, of the loss on all cars less the lowest loss there is. */
  readonly excess: readonly number[];
  /** Standard deviation of the lines about their mean in the settled half of the walk, as a root mean square over both numbers. */
  readonly spread: number;
  /** The step at which `excess` is first below `NEAR`. */
  readonly nearAt: number | null;
  /** How many examples those steps had looked at. */
  readonly nearExamples: number | null;
}

export interface WalkMinibatchesFrame {
  readonly step: number;
  readonly best: Line;
  readonly lowest: number;
  /** Of the chosen batch size, each run’s line after every step so far. */
  readonly paths: readonly (readonly Line[])[];
  readonly walks: readonly BatchWalks[];
  readonly finished: boolean;
}

export const MINIBATCH_STEPS = 240;
/** The steps after this one make up the cloud. */
export const SETTLED = 120;
/** Three passes over the cars: as far as the comparison by examples seen goes. */
export const MINIBATCH_EXAMPLES = cars.length * 3;
/** An excess loss that counts as near, in squared miles per gallon. */
export const NEAR = 5;
export const batchSizes: Readonly<Record<BatchName, number>> = { one: 1, four: 4, sixteen: 16, sixtyFour: 64, all: cars.length };
const RUNS = 12;
const START: Line = [18, -3];
const FRAMES = 120;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const milesPerGallon = cars.map(([miles]) => miles);
const meanWeight = mean(cars.map(([, pounds]) => pounds));
/** One standard deviation of the weights, in pounds. */
export const weightUnit = Math.sqrt(mean(cars.map(([, pounds]) => (pounds - meanWeight) ** 2)));
const weights = cars.map(([, pounds]) => (pounds - meanWeight) / weightUnit);

/** The line of least squares: with weights of mean 0 and variance 1 its two numbers are plain means. */
export const bestLine: Line = [mean(milesPerGallon), mean(milesPerGallon.map((miles, i) => miles * weights[i]!))];

/** loss(line) = mean of (level + slope · weight − miles per gallon)² over all cars. */
export const carLoss = ([level, slope]: Line): number => mean(weights.map((weight, i) => (level + slope * weight - milesPerGallon[i]!) ** 2));
const lowest = carLoss(bestLine);

/**
 * Fits a line to miles per gallon against weight by gradient descent on minibatches, in float64 by the engine's own rule: twelve
 * runs for every batch size, drawn with replacement. Every param is live: the frame always shows what *these* params give.
 */
export const walkMinibatches: Task<WalkMinibatchesParams, WalkMinibatchesFrame> = async function* (run) {
  let step = run.params.headStart;
  for (;;) {
    const shown = JSON.stringify(run.params);
    const frame = minibatches(run.params, step);
    yield frame;
    if (JSON.stringify(run.params) !== shown) continue;
    if (frame.finished) await run.changed();
    else step = Math.min(MINIBATCH_STEPS, step + (run.single ? 1 : MINIBATCH_STEPS / FRAMES));
  }
};

const kept = new Map<number, ReturnType<typeof walkAll>>();

/** The first `step` steps with one batch size, beside the whole comparison. */
export function minibatches({ batch, learningRate }: Pick<WalkMinibatchesParams, "batch" | "learningRate">, step: number): WalkMinibatchesFrame {
  const all = kept.get(learningRate) ?? walkAll(learningRate);
  // One learning rate is kept: the frames of a walk share it.
  kept.clear();
  kept.set(learningRate, all);
  const paths = all.find(({ walks }) => walks.batch === batch)!.paths.map((path) => path.slice(0, step + 1));
  return { step, best: bestLine, lowest, paths, walks: all.map(({ walks }) => walks), finished: step >= MINIBATCH_STEPS };
}

function walkAll(learningRate: number): readonly { readonly walks: BatchWalks; readonly paths: readonly (readonly Line[])[] }[] {
  return (Object.keys(batchSizes) as BatchName[]).map((batch) => {
    const size = batchSizes[batch];
    const steps = Math.max(MINIBATCH_STEPS, Math.ceil(MINIBATCH_EXAMPLES / size));
    // Without chance all runs would be the same.
    const paths = Array.from({ length: batch === "all" ? 1 : RUNS }, (_, number) => walk(size, steps, learningRate, number));
    const excess = Array.from({ length: steps + 1 }, (_, step) => mean(paths.map((path) => excessOf(path[step]!))));
    const nearAt = excess.findIndex((loss) => loss < NEAR);
    const cloud = paths.flatMap((path) => path.slice(SETTLED, MINIBATCH_STEPS + 1));
    return { walks: { batch, size, excess, spread: spreadOf(cloud), nearAt: nearAt < 0 ? null : nearAt, nearExamples: nearAt < 0 ? null : nearAt * size }, paths };
  });
}

/** The loss above the lowest: with standardized weights, the squared distance from the best line. */
const excessOf = ([level, slope]: Line): number => (level - bestLine[0]) ** 2 + (slope - bestLine[1]) ** 2;

function spreadOf(cloud: readonly Line[]): number {
  const level = mean(cloud.map(([one]) => one)), slope = mean(cloud.map(([, one]) => one));
  return Math.sqrt(mean(cloud.map((line) => ((line[0] - level) ** 2 + (line[1] - slope) ** 2) / 2)));
}

function walk(size: number, steps: number, learningRate: number, number: number): readonly Line[] {
  const draw = random(number, size);
  const at = Float64Array.from(START), gradient = new Float64Array(2), unclipped = Float64Array.of(1, 0, 0, 0);
  const numbers = new Float64Array(hyper.size);
  numbers.set([learningRate, 1, 1, 0]);
  const path: Line[] = [START];
  for (let step = 0; step < steps; step++) {
    gradient.fill(0);
    for (let i = 0; i < size; i++) {
      const car = size === cars.length ? i : draw.integer(cars.length);
      const miss = at[0]! + at[1]! * weights[car]! - milesPerGallon[car]!;
      gradient[0]! += (2 * miss) / size;
      gradient[1]! += (2 * miss * weights[car]!) / size;
    }
    sgdKernel.reference([gradient, unclipped, numbers], [at], { attributes: {}, inputs: [], outputs: [] });
    path.push([at[0]!, at[1]!]);
  }
  return path;
}
