import { type LabelledPoints, spiral } from "../data/spiral.ts";
import { fit } from "../nn/fit.ts";
import { type ActivationName, uniformWeights } from "../nn/layers.ts";
import { mlp, type MlpConfig, mlpShapes } from "../nn/mlp.ts";
import { trainable } from "../nn/parameters.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import type { OptimizerOptions } from "../optim/optimizer.ts";
import { free, read, scope, type Tensor, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface TrainSpiralParams {
  readonly activation: ActivationName;
  /** Neurons in each of the two hidden layers. */
  readonly hidden: number;
  readonly optimizer: OptimizerOptions["kind"];
  /** Live. */
  readonly learningRate: number;
  readonly noise: number;
  readonly steps: number;
  readonly seed: number;
}

export interface TrainSpiralFrame {
  readonly step: number;
  /** Mean loss over all points after `step` steps, in nats. */
  readonly loss: number;
  /** Share of the points on the right side. */
  readonly accuracy: number;
  readonly data: LabelledPoints;
  /** Probability of class 1 on a grid of `side` × `side` points from −1.1 to 1.1, bottom row first. */
  readonly side: number;
  readonly probabilities: Float32Array;
  readonly losses: readonly number[];
  readonly finished: boolean;
}

const count = 400;
const side = 32;
const stepsPerFrame = 5;

/**
 * Separates the two arms of a spiral with a perceptron 2-16-16-2: 400 points, all of them at each step.
 * With tanh and Adam at 0.01 it is done in 400 steps: accuracy 99 % or more, loss about 0.03.
 */
export const trainSpiral: Task<TrainSpiralParams, TrainSpiralFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const config: MlpConfig = { sizes: [2, params.hidden, params.hidden, 2], activation: params.activation };
  const shapes = mlpShapes(config);
  const parameters = trainable(backend, shapes, uniformWeights(shapes, params.seed));
  const forward = mlp(config, parameters);
  const data = spiral(count, params.noise, params.seed);
  const x = tensor(backend, [count, 2], data.points), targets = tensor(backend, [count], data.labels, "i32");
  const grid = tensor(backend, [side * side, 2], Array.from({ length: 2 * side * side }, (_, i) => {
    const at = Math.floor(i / 2);
    return -1.1 + (2.2 * (i % 2 === 0 ? at % side : Math.floor(at / side))) / (side - 1);
  }));
  const run = fit(parameters, { kind: params.optimizer }, [x, targets], () => crossEntropy(forward(x), targets));
  const probabilitiesOf = async (points: Tensor): Promise<Float32Array> => {
    const logits = scope(() => forward(points));
    const numbers = await read(logits);
    free(logits);
    return Float32Array.from({ length: numbers.length / 2 }, (_, i) => 1 / (1 + Math.exp(numbers[2 * i]! - numbers[2 * i + 1]!)));
  };
  const losses: number[] = [];
  try {
    for (;;) {
      const guesses = await probabilitiesOf(x);
      const loss = guesses.reduce((sum, p, i) => sum - Math.log(Math.max(1e-30, data.labels[i] === 1 ? p : 1 - p)), 0) / count;
      const right = guesses.reduce((sum, p, i) => sum + Number(p > 0.5 === (data.labels[i] === 1)), 0);
      losses.push(loss);
      const finished = run.step >= params.steps;
      yield {
        step: run.step, loss, accuracy: right / count, data, side, probabilities: await probabilitiesOf(grid), losses: [...losses],
        finished,
      };
      if (finished) return;
      for (let k = 0; k < stepsPerFrame && run.step < params.steps; k++) run.advance([data.points, data.labels], params.learningRate);
      await breathe();
    }
  } finally {
    run.close();
    free(grid);
    parameters.close();
  }
};
