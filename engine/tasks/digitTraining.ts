import type { Backend, Plan } from "../backend.ts";
import { digitClasses, type Digits, digitSide } from "../data/digits.ts";
import { activations, lookUp, uniformWeights } from "../nn/layers.ts";
import { mlpShapes } from "../nn/mlp.ts";
import { readParameters, trainable } from "../nn/parameters.ts";
import { reportRing, type StepReport } from "../nn/reportRing.ts";
import { optimizer } from "../optim/optimizer.ts";
import { add } from "../ops/add.ts";
import { copyKernel } from "../ops/copy.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { dropout } from "../ops/dropout.ts";
import { linear } from "../ops/linear.ts";
import { multiply } from "../ops/multiply.ts";
import { scale } from "../ops/scale.ts";
import { sum } from "../ops/sum.ts";
import { backward, free, launch, read, reshape, scope, type Tensor, tensor } from "../tensor.ts";
import { digitBatches } from "./digitBatches.ts";
import { worst } from "./divergence.ts";

export interface DigitRecipe {
  /** Of the pack's first `trainable` images, so many are trained on. */
  readonly examples: number;
  /** Hidden layers of rectifiers, and neurons in each. */
  readonly depth: number;
  readonly width: number;
  /** The share of hidden neurons that is silenced in each step. */
  readonly dropout: number;
  /** λ of the penalty ½ λ Σ w² over the matrices, which the reported loss leaves out. */
  readonly weightDecay: number;
  readonly batch: number;
  /** Moves each picture by up to a pixel each way, anew each time it is seen. */
  readonly shifts: boolean;
  /** The largest norm of the whole gradient; 0 does not clip. */
  readonly clip: number;
  readonly seed: number;
}

/** All that a run needs to go on. */
export interface DigitState {
  readonly step: number;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** Of the momentum, as a flat buffer; null before the first step. */
  readonly velocity: Float32Array | null;
}

export interface Measure {
  /** Mean over the images, in nats. */
  readonly loss: number;
  /** Share of images whose digit is named rightly. */
  readonly accuracy: number;
}

/** A perceptron that learns digits by momentum. A run is a pure function of its recipe and its learning rates. */
export interface DigitTraining {
  readonly step: number;
  readonly size: number;
  advance(learningRate: number): void;
  /** Of the steps since the last call, oldest first (at most the last 64). */
  reports(): Promise<StepReport[]>;
  /** Loss and accuracy on training examples, on held-out ones, with nothing dropped. */
  measure(): Promise<{ readonly training: Measure; readonly validation: Measure }>;
  state(): Promise<DigitState>;
  /** The tensor whose gradient is broken, or largest. */
  worst(): Promise<string>;
  close(): void;
}

/** The last images of the pack are held out. */
export const heldOut = 500;
const momentum = 0.9;
const area = digitSide ** 2;

export function digitTraining(backend: Backend, digits: Digits, recipe: DigitRecipe, start: DigitState | null = null): DigitTraining {
  const { depth, width, batch, seed } = recipe;
  const shapes = mlpShapes({ sizes: [area, ...Array<number>(depth).fill(width), digitClasses], activation: "relu" });
  const parameters = trainable(backend, shapes, start?.parameters ?? uniformWeights(shapes, seed));
  const updates = optimizer(parameters, { kind: "momentum", momentum, maxNorm: recipe.clip });
  const velocity = updates.memories.get("velocity")!;
  if (start?.velocity) backend.write(velocity.buffer, start.velocity);
  const get = lookUp(parameters, "digitTraining");
  const examples = Math.min(recipe.examples, digits.labels.length - heldOut);
  const probes = [0, digits.labels.length - heldOut].map((first) => Math.min(heldOut, first === 0 ? examples : heldOut)).map((count, i) => {
    const first = i === 0 ? 0 : digits.labels.length - heldOut;
    const labels = digits.labels.subarray(first, first + count);
    const pixels = tensor(backend, [count, area], digits.pixels.subarray(first * area, (first + count) * area));
    const logits = tensor(backend, [count, digitClasses], new Float32Array(count * digitClasses));
    return { labels, pixels, logits, plan: null as Plan | null };
  });
  const x = tensor(backend, [batch, area], new Float32Array(batch * area));
  const targets = tensor(backend, [batch], new Int32Array(batch), "i32");
  const loss = tensor(backend, [1], [0]), dice = tensor(backend, [2], [seed, 0], "i32");
  const ring = reportRing(backend, start?.step ?? 0);
  const into = (to: Tensor) => ({ tensor: to, accumulate: false });

  const forward = (input: Tensor, rate: number): Tensor => {
    let y = input;
    for (let n = 0; n <= depth; n++) {
      y = linear(y, get(`layers.${n}.weight`), get(`layers.${n}.bias`));
      if (n < depth) y = activations.relu(y);
      if (n < depth && rate > 0) y = dropout(y, dice, rate, n);
    }
    return y;
  };
  const penalty = (): Tensor => [...shapes].filter(([, shape]) => shape.length === 2).map(([name]) => {
    const rows = sum(multiply(get(name), get(name)));
    return scale(sum(reshape(rows, [1, rows.size])), recipe.weightDecay / 2);
  }).reduce((total, each) => add(total, each));
  let plan: Plan | null = null;
  const capture = (): Plan => backend.capture(() => scope(() => {
    const value = crossEntropy(forward(x, recipe.dropout), targets);
    launch(copyKernel, [value], {}, [into(loss)]);
    backward(recipe.weightDecay > 0 ? add(value, penalty()) : value);
    updates.launch();
    ring.launch(loss, updates.report);
  }));

  let step = start?.step ?? 0;
  const batches = digitBatches(digits, { ...recipe, examples });
  return {
    get step() { return step; },
    size: [...shapes.values()].reduce((total, shape) => total + shape.reduce((a, b) => a * b, 1), 0),
    advance(learningRate) {
      const { pictures, labels } = batches(step);
      plan ??= capture();
      backend.write(x.buffer, pictures);
      backend.write(targets.buffer, labels);
      ring.prepare(step);
      backend.write(dice.buffer, [seed, step]);
      updates.prepare(step + 1, learningRate);
      plan.replay();
      step++;
    },
    reports: () => ring.read(step),
    async measure() {
      const measures: Measure[] = [];
      for (const probe of probes) {
        probe.plan ??= backend.capture(() => scope(() => { launch(copyKernel, [forward(probe.pixels, 0)], {}, [into(probe.logits)]); }));
        probe.plan.replay();
        measures.push(measureOf(await read(probe.logits), probe.labels));
      }
      return { training: measures[0]!, validation: measures[1]! };
    },
    state: async () => ({ step, parameters: await readParameters(parameters), velocity: Float32Array.from(await read(velocity)) }),
    worst: async () => worst(await readParameters(parameters, "gradients")),
    close() {
      plan?.close();
      for (const probe of probes) {
        probe.plan?.close();
        [probe.pixels, probe.logits].forEach(free);
      }
      [x, targets, loss, dice].forEach(free);
      ring.close();
      updates.close();
      parameters.close();
    },
  };
}

/** Mean −ln softmax(logits)[label], and the share of rows whose largest logit is the label's. Shapes: logits [count,10]. */
export function measureOf(logits: ArrayLike<number>, labels: Int32Array): Measure {
  let loss = 0, right = 0;
  labels.forEach((label, row) => {
    const scores = Array.from({ length: digitClasses }, (_, k) => logits[row * digitClasses + k]!);
    const largest = Math.max(...scores);
    loss += largest + Math.log(scores.reduce((total, score) => total + Math.exp(score - largest), 0)) - scores[label]!;
    if (scores.indexOf(largest) === label) right++;
  });
  return { loss: loss / labels.length, accuracy: right / labels.length };
}
