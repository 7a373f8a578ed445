import { fit } from "../nn/fit.ts";
import { mlp, type MlpConfig, mlpShapes } from "../nn/mlp.ts";
import { readParameters, trainable } from "../nn/parameters.ts";
import { multiply } from "../ops/multiply.ts";
import { subtract } from "../ops/subtract.ts";
import { mean } from "../ops/sum.ts";
import { random } from "../random.ts";
import { free, read, reshape, scope, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface FitHingesParams {
  /** Hinges: hidden rectifiers. */
  readonly units: number;
  /** Heights of the curve at even distances from −1 to 1. Live: training goes on towards the new curve. */
  readonly curve: readonly number[];
  /** Live. */
  readonly learningRate: number;
  /** Steps for a curve. */
  readonly steps: number;
  /** Steps already taken in the first frame. */
  readonly headStart: number;
  readonly seed: number;
}

/** One hinge v · max(0, w x + b). */
export interface Hinge {
  readonly w: number;
  readonly b: number;
  readonly v: number;
}

export interface FitHingesFrame {
  readonly step: number;
  /** Mean squared distance between fit and curve. */
  readonly loss: number;
  readonly hinges: readonly Hinge[];
  /** The height that all hinges stand on. */
  readonly base: number;
  /** The network's output at `points` even places from −1 to 1. */
  readonly fit: readonly number[];
  /** Where the fit changes its slope, left to right. */
  readonly folds: readonly number[];
  /** Straight pieces that can be told apart: folds as good as in one place count once. */
  readonly pieces: number;
  readonly finished: boolean;
}

/** Places at which fit and curve are compared. */
const samples = 129;
/** Folds no further apart are seen as one. */
const nearest = 0.02;
/** A fold that changes the slope by less is not seen. */
const slightest = 0.02;
/** Steps between two frames: few enough to watch, at 40 ms a frame. */
const stepsPerFrame = 20;

/**
 * Fits a curve by a network 1-n-1 of rectifiers: the sum of n hinges and a constant, by Adam on the mean squared distance.
 * It starts with folds at random places and hinges that hardly count, and ends in straight pieces, at most n + 1 of them.
 */
export const fitHinges: Task<FitHingesParams, FitHingesFrame> = async function* (run) {
  const { params } = run;
  const backend = await run.backend();
  const config: MlpConfig = { sizes: [1, params.units, 1], activation: "relu" };
  const parameters = trainable(backend, mlpShapes(config), firstHinges(params.units, params.seed));
  const forward = mlp(config, parameters);
  const xs = Array.from({ length: samples }, (_, i) => -1 + (2 * i) / (samples - 1));
  const x = tensor(backend, [samples, 1], xs), target = tensor(backend, [samples, 1], new Float64Array(samples));
  const training = fit(parameters, { kind: "adam" }, [x, target], () => {
    const distance = subtract(forward(x), target);
    return mean(reshape(multiply(distance, distance), [1, samples]));
  });
  let curve = params.curve, heights = xs.map((at) => heightAt(curve, at));
  let end = params.steps;
  const advance = (): void => training.advance([xs, heights], params.learningRate);
  const look = async (): Promise<FitHingesFrame> => {
    const output = scope(() => forward(x));
    const values = Array.from(await read(output));
    free(output);
    const weights = await readParameters(parameters);
    const [w, b, v] = ["layers.0.weight", "layers.0.bias", "layers.1.weight"].map((name) => weights.get(name)!);
    const hinges = Array.from(w!, (each, i): Hinge => ({ w: each, b: b![i]!, v: v![i]! }));
    const loss = values.reduce((sum, value, i) => sum + (value - heights[i]!) ** 2, 0) / samples;
    const folds = foldsOf(hinges);
    return {
      step: training.step, loss, hinges, base: weights.get("layers.1.bias")![0]!, fit: values, folds, pieces: piecesOf(folds),
      finished: training.step >= end,
    };
  };
  try {
    while (training.step < params.headStart) advance();
    for (;;) {
      yield await look();
      if (params.curve !== curve) {
        // A new curve is worth a new run's steps, from where the hinges are now.
        curve = params.curve;
        heights = xs.map((at) => heightAt(curve, at));
        end = training.step + params.steps;
      }
      if (training.step >= end) {
        await run.changed();
        continue;
      }
      for (let k = 0; k < (run.single ? 1 : stepsPerFrame) && training.step < end; k++) advance();
      await run.breathe();
    }
  } finally {
    training.close();
    parameters.close();
  }
};

/** Folds at random places between −1 and 1, each open to a random side, with small random shares. */
function firstHinges(units: number, seed: number): Map<string, number[]> {
  const draw = random(seed);
  const folds = Array.from({ length: units }, () => 2 * draw.uniform() - 1);
  const sides = folds.map(() => (draw.uniform() < 0.5 ? -1 : 1));
  return new Map([
    ["layers.0.weight", sides], ["layers.0.bias", folds.map((at, i) => -sides[i]! * at)],
    ["layers.1.weight", folds.map(() => (0.5 * draw.normal()) / Math.sqrt(units))], ["layers.1.bias", [0]],
  ]);
}

/** The curve between its given heights, on straight lines. */
export function heightAt(curve: readonly number[], x: number): number {
  const at = ((x + 1) / 2) * (curve.length - 1);
  const left = Math.min(Math.floor(at), curve.length - 2);
  return curve[left]! + (at - left) * (curve[left + 1]! - curve[left]!);
}

/** Places strictly between −1 and 1 where a hinge folds and is seen to. */
export function foldsOf(hinges: readonly Hinge[]): number[] {
  return hinges.filter(({ w, v }) => Math.abs(w * v) >= slightest).map(({ w, b }) => -b / w).filter((at) => at > -1 && at < 1).sort((a, b) => a - b);
}

/** One more than the places at which something folds; `folds` from left to right. */
export const piecesOf = (folds: readonly number[]): number => 1 + folds.filter((at, i) => i === 0 || at - folds[i - 1]! > nearest).length;
