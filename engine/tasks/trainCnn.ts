import { drawnShapes, pictureSize, shapeNames } from "../data/drawnShapes.ts";
import { sizeOf } from "../kernel.ts";
import { cnn, type CnnConfig, cnnShapes } from "../nn/cnn.ts";
import { fit } from "../nn/fit.ts";
import { uniformWeights } from "../nn/layers.ts";
import { readParameters, trainable } from "../nn/parameters.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { free, read, scope, tensor } from "../tensor.ts";
import type { Task } from "./task.ts";

export interface TrainCnnParams {
  readonly halving: CnnConfig["halving"];
  /** Live. */
  readonly learningRate: number;
  readonly steps: number;
  readonly seed: number;
}

export interface TrainCnnFrame {
  readonly step: number;
  /** Loss of the last batch; null before the first step. */
  readonly loss: number | null;
  /** Share of held-out pictures that are named rightly. */
  readonly accuracy: number;
  readonly names: readonly string[];
  /** A few held-out pictures [n,28,28], what they show and the probabilities [n,3] that the network gives. */
  readonly pictures: Float32Array;
  readonly labels: Int32Array;
  readonly probabilities: Float32Array;
  /** The eight windows of the first layer, [8,3,3]. */
  readonly filters: Float32Array;
  readonly parameters: number;
  readonly finished: boolean;
}

const batch = 32;
const heldOut = 320;
const shown = 8;
const stepsPerFrame = 10;

/**
 * Learns to tell drawn circles, squares and triangles with two convolutions that halve the picture and one linear layer: 3,603
 * parameters, Adam at 0.002, batches of 32 out of 2,400 pictures made by `drawnShapes`, tried on 320 others.
 */
export const trainCnn: Task<TrainCnnParams, TrainCnnFrame> = async function* ({ params, backend: open, breathe }) {
  const backend = await open();
  const config: CnnConfig = {
    size: pictureSize, channels: [1, 8, 16], window: 3, activation: "relu", halving: params.halving, classes: shapeNames.length,
  };
  const shapes = cnnShapes(config);
  const parameters = trainable(backend, shapes, uniformWeights(shapes, params.seed));
  const forward = cnn(config, parameters);
  const area = pictureSize ** 2;
  const training = drawnShapes(2400, params.seed + 1000), test = drawnShapes(heldOut, params.seed + 2000);
  const x = tensor(backend, [batch, 1, pictureSize, pictureSize], new Float32Array(batch * area));
  const targets = tensor(backend, [batch], new Int32Array(batch), "i32");
  const run = fit(parameters, { kind: "adam" }, [x, targets], () => crossEntropy(forward(x), targets));
  const probe = tensor(backend, [heldOut, 1, pictureSize, pictureSize], test.pixels);
  const classes = shapeNames.length;
  let loss: number | null = null;
  try {
    for (;;) {
      const output = scope(() => forward(probe));
      const logits = await read(output);
      free(output);
      const rows = Array.from({ length: heldOut }, (_, i) => softmax(logits.subarray(i * classes, (i + 1) * classes)));
      const right = rows.reduce((sum, row, i) => sum + Number(row[test.labels[i]!] === Math.max(...row)), 0);
      const finished = run.step >= params.steps;
      yield {
        step: run.step, loss, accuracy: right / heldOut, names: shapeNames,
        pictures: test.pixels.slice(0, shown * area), labels: test.labels.slice(0, shown),
        probabilities: Float32Array.from(rows.slice(0, shown).flat()),
        filters: (await readParameters(parameters)).get("convs.0.weight")!,
        parameters: [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape), 0), finished,
      };
      if (finished) return;
      for (let k = 0; k < stepsPerFrame && run.step < params.steps; k++) {
        const first = (run.step * batch) % training.labels.length;
        run.advance(
          [training.pixels.subarray(first * area, (first + batch) * area), training.labels.subarray(first, first + batch)],
          params.learningRate,
        );
        await breathe();
      }
      loss = await run.loss();
    }
  } finally {
    run.close();
    free(probe);
    parameters.close();
  }
};

function softmax(logits: ArrayLike<number>): number[] {
  const largest = Math.max(...Array.from(logits));
  const powers = Array.from(logits, (value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((value) => value / sum);
}
