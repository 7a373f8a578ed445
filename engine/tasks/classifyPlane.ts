import { planePoints, type PlaneName } from "../data/planePoints.ts";
import { fit } from "../nn/fit.ts";
import { uniformWeights } from "../nn/layers.ts";
import { mlp, type MlpConfig, mlpShapes } from "../nn/mlp.ts";
import { readParameters, trainable } from "../nn/parameters.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { softmax } from "../ops/softmax.ts";
import { free, read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface ClassifyPlaneParams {
  readonly points: PlaneName;
  readonly bend: "identity" | "relu" | "tanh" | "gelu" | "sigmoid";
  /** Hidden layers, and neurons in each. */
  readonly depth: number;
  readonly width: number;
  /** Live. */
  readonly learningRate: number;
  /** Live. */
  readonly steps: number;
  /** Steps already taken in the first frame. */
  readonly headStart: number;
  readonly noise: number;
  readonly seed: number;
}

export interface ClassifyPlaneFrame {
  readonly step: number;
  /** Mean over all points, in nats. */
  readonly loss: number;
  /** Share of points on the right side. */
  readonly accuracy: number;
  /** x, y, x, y …, and a class of 0 or 1 each. */
  readonly points: readonly number[];
  readonly labels: readonly number[];
  /** Probability of class 1 on `side` × `side` cells from −1.2 to 1.2, top row first. */
  readonly side: number;
  readonly plane: readonly number[];
  /** [w₁, w₂, b] of each neuron of the first layer. */
  readonly folds: readonly (readonly [number, number, number])[];
  readonly parameters: number;
  readonly losses: readonly (readonly [step: number, loss: number])[];
  readonly finished: boolean;
}

/** Half the width of the plane that is shown. */
export const EDGE = 1.2;
const side = 36;
/** Few enough to watch. */
const stepsPerFrame = 10;
/** Points of the loss curve that are kept. */
const kept = 200;

/**
 * Trains a perceptron 2-…-2 to tell two kinds of points apart, all points at each step, Adam on the cross-entropy.
 * With the bend `identity` it is a straight line whatever its size.
 */
export const classifyPlane: Task<ClassifyPlaneParams, ClassifyPlaneFrame> = async function* (run) {
  const { params } = run;
  const backend = await run.backend();
  const config: MlpConfig = { sizes: [2, ...Array<number>(params.depth).fill(params.width), 2], activation: params.bend };
  const shapes = mlpShapes(config);
  const parameters = trainable(backend, shapes, uniformWeights(shapes, params.seed));
  const forward = mlp(config, parameters);
  const { points, labels } = planePoints(params.points, params.noise, params.seed);
  const x = tensor(backend, [labels.length, 2], points), targets = tensor(backend, [labels.length], labels, "i32");
  const cells = tensor(backend, [side * side, 2], Array.from({ length: 2 * side * side }, (_, i) => {
    const cell = Math.floor(i / 2);
    const at = -EDGE + (2 * EDGE * ((i % 2 === 0 ? cell % side : side - 1 - Math.floor(cell / side)) + 0.5)) / side;
    return at;
  }));
  const training = fit(parameters, { kind: "adam" }, [x, targets], () => crossEntropy(forward(x), targets));
  const shares = async (inputs: Tensor): Promise<number[]> => {
    const probabilities = scope(() => softmax(forward(inputs)));
    const numbers = await read(probabilities);
    free(probabilities);
    return Array.from({ length: numbers.length / 2 }, (_, i) => numbers[2 * i + 1]!);
  };
  let losses: (readonly [number, number])[] = [];
  const keep = (step: number, loss: number): void => {
    losses.push([step, loss]);
    if (losses.length > kept) losses = losses.filter((_, i) => i % 2 === 0 || i === losses.length - 1);
  };
  const advance = (count: number): void => {
    for (let k = 0; k < count && training.step < params.steps; k++) training.advance([points, labels], params.learningRate);
  };
  const look = async (): Promise<ClassifyPlaneFrame> => {
    const guesses = await shares(x);
    const loss = guesses.reduce((sum, p, i) => sum - Math.log(Math.max(1e-30, labels[i] === 1 ? p : 1 - p)), 0) / labels.length;
    const right = guesses.filter((p, i) => p > 0.5 === (labels[i] === 1)).length;
    keep(training.step, loss);
    const weights = await readParameters(parameters);
    const [w, b] = [weights.get("layers.0.weight")!, weights.get("layers.0.bias")!];
    return {
      step: training.step, loss, accuracy: right / labels.length, points: Array.from(points), labels: Array.from(labels), side,
      plane: await shares(cells), folds: Array.from(b, (bias, i) => [w[2 * i]!, w[2 * i + 1]!, bias] as const),
      parameters: [...weights.values()].reduce((sum, { length }) => sum + length, 0), losses: losses.slice(),
      finished: training.step >= params.steps,
    };
  };
  try {
    while (training.step < Math.min(params.headStart, params.steps)) {
      advance(stepsPerFrame);
      // The loss that a step reports is that of the weights before it.
      keep(training.step - 1, await training.loss());
      await run.breathe();
    }
    for (;;) {
      yield await look();
      while (training.step >= params.steps) await run.changed();
      advance(run.single ? 1 : stepsPerFrame);
      await run.breathe();
    }
  } finally {
    training.close();
    free(cells);
    parameters.close();
  }
};
