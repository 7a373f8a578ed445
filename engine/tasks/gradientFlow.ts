import type { Backend } from "../backend.ts";
import { digitClasses, digitsPack, type Digits, digitSide, readDigits } from "../data/digits.ts";
import type { Shape } from "../kernel.ts";
import { activations, lookUp } from "../nn/layers.ts";
import { readParameters, trainable } from "../nn/parameters.ts";
import { optimizer } from "../optim/optimizer.ts";
import { add } from "../ops/add.ts";
import { copyKernel } from "../ops/copy.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { layerNorm } from "../ops/layerNorm.ts";
import { linear } from "../ops/linear.ts";
import { random } from "../random.ts";
import { backward, free, launch, read, scope, type Tensor, tensor } from "../tensor.ts";
import { digitBatches } from "./digitBatches.ts";
import type { Task } from "./task.ts";

export interface GradientFlowParams {
  /** Hidden layers of `flowWidth` neurons between the one that reads the picture and the one that answers. */
  readonly depth: number;
  readonly bend: "sigmoid" | "tanh" | "relu";
  readonly start: StartName;
  /** x + f(…) in place of f(…). */
  readonly residual: boolean;
  /** Layer norm before each product. */
  readonly norm: boolean;
  readonly learningRate: number;
  /** The largest norm of the whole gradient; 0 does not clip. */
  readonly clip: number;
  /** Live. */
  readonly steps: number;
  readonly seed: number;
}

/** Standard deviations of the first weights of a layer from n to m: 0.05; √(2/(n+m)), Glorot; √(2/n), He; 0.5. */
export type StartName = "small" | "glorot" | "he" | "large";

export interface GradientFlowFrame {
  readonly step: number;
  readonly steps: number;
  /** Of the batch that comes next, at the present weights, as the gradients are. */
  readonly loss: number;
  /** Norm of the loss's gradient along each hidden layer's matrix, from the input on; null where it is no finite number. */
  readonly norms: readonly (number | null)[];
  /** The same before the first step. */
  readonly before: readonly (number | null)[];
  /** What the first hidden layer's gradient is of the last one's; null where that is no number. */
  readonly ratio: number | null;
  /** Losses of the steps so far, the present one last. */
  readonly losses: readonly number[];
  readonly guess: number;
  /** The step whose numbers left the range of the machine; null while they are finite. */
  readonly broken: number | null;
  readonly finished: boolean;
}

export const flowWidth = 32;
const batch = 64, examples = 1500, stepsPerFrame = 2;
const area = digitSide ** 2;

/**
 * Watches how large the gradient arrives at each layer of a deep perceptron that learns digits, before and while it trains.
 * Hidden layer l computes f(W norm(x) + b), with x added where the shortcut is on.
 */
export const gradientFlow: Task<GradientFlowParams, GradientFlowFrame> = async function* (run) {
  const { params } = run;
  const [digits, backend] = await Promise.all([run.artefact(digitsPack).then(readDigits), run.backend()]);
  const flow = openFlow(backend, digits, params);
  try {
    let step = 0, broken: number | null = null;
    let { loss, norms } = await flow.look(0);
    const before = norms;
    const losses = [loss];
    for (;;) {
      const [first, last] = [norms[0], norms.at(-1)];
      const ratio = first != null && last != null && last > 0 ? first / last : null;
      const finished = step >= params.steps || broken !== null;
      yield {
        step, steps: params.steps, loss, norms, before, losses: losses.slice(),
        ratio: ratio !== null && Number.isFinite(ratio) ? ratio : null,
        guess: Math.log(digitClasses), broken, finished,
      };
      while (broken !== null || step >= params.steps) await run.changed();
      for (let k = 0; k < (run.single ? 1 : stepsPerFrame) && step < params.steps && broken === null; k++) {
        flow.advance(step, params.learningRate);
        step++;
        const seen = await flow.look(step);
        if (Number.isFinite(seen.loss) && seen.norms.every((norm) => norm !== null)) {
          losses.push(seen.loss);
          ({ loss, norms } = seen);
        } else {
          broken = step;
        }
        await run.breathe();
      }
    }
  } finally {
    flow.close();
  }
};

function openFlow(backend: Backend, digits: Digits, params: GradientFlowParams) {
  const { depth, bend, residual, norm, seed } = params;
  const shapes = flowShapes(depth, norm);
  const parameters = trainable(backend, shapes, flowWeights(shapes, params.start, seed));
  const updates = optimizer(parameters, { kind: "momentum", momentum: 0.9, maxNorm: params.clip });
  const get = lookUp(parameters, "gradientFlow");
  const x = tensor(backend, [batch, area], new Float32Array(batch * area));
  const targets = tensor(backend, [batch], new Int32Array(batch), "i32");
  const loss = tensor(backend, [1], [0]);
  const normed = (input: Tensor, name: string): Tensor => (norm ? layerNorm(input, get(`${name}.gain`), get(`${name}.shift`)) : input);
  const forward = (): Tensor => {
    let y = linear(x, get("first.weight"), get("first.bias"));
    for (let n = 0; n < depth; n++) {
      const bent = activations[bend](linear(normed(y, `norms.${n}`), get(`layers.${n}.weight`), get(`layers.${n}.bias`)));
      y = residual ? add(y, bent) : bent;
    }
    return linear(normed(y, "norms.last"), get("last.weight"), get("last.bias"));
  };
  const gradient = backend.capture(() => scope(() => {
    const value = crossEntropy(forward(), targets);
    launch(copyKernel, [value], {}, [{ tensor: loss, accumulate: false }]);
    backward(value);
  }));
  const update = backend.capture(() => scope(() => updates.launch()));
  const batches = digitBatches(digits, { examples, batch, seed });
  return {
    /** The gradient of the batch of a step, at the present weights. */
    async look(step: number): Promise<{ loss: number; norms: (number | null)[] }> {
      const { pictures, labels } = batches(step);
      backend.write(x.buffer, pictures);
      backend.write(targets.buffer, labels);
      gradient.replay();
      const gradients = await readParameters(parameters, "gradients");
      const norms = Array.from({ length: depth }, (_, n) => {
        // Summed in double precision, where squares of what float32 can hold neither vanish nor overflow.
        const size = Math.sqrt(gradients.get(`layers.${n}.weight`)!.reduce((sum, value) => sum + value * value, 0));
        return Number.isFinite(size) ? size : null;
      });
      return { loss: (await read(loss))[0]!, norms };
    },
    /** Moves by the gradient that was looked at last. */
    advance(step: number, learningRate: number): void {
      updates.prepare(step + 1, learningRate);
      update.replay();
    },
    close(): void {
      gradient.close();
      update.close();
      [x, targets, loss].forEach(free);
      updates.close();
      parameters.close();
    },
  };
}

function flowShapes(depth: number, norm: boolean): Map<string, Shape> {
  const layer = (name: string, out: number, from: number): [string, Shape][] => [[`${name}.weight`, [out, from]], [`${name}.bias`, [out]]];
  const norms = norm ? [...Array.from({ length: depth }, (_, n) => `norms.${n}`), "norms.last"] : [];
  return new Map([
    ...layer("first", flowWidth, area), ...Array.from({ length: depth }, (_, n) => layer(`layers.${n}`, flowWidth, flowWidth)).flat(),
    ...layer("last", digitClasses, flowWidth),
    ...norms.flatMap((name): [string, Shape][] => [[`${name}.gain`, [flowWidth]], [`${name}.shift`, [flowWidth]]]),
  ]);
}

/** Normal first weights of the hidden layers; the two ends begin as Glorot says in each case, biases at 0 and gains at 1. */
function flowWeights(shapes: ReadonlyMap<string, Shape>, start: StartName, seed: number): Map<string, Float32Array> {
  const draw = random(seed);
  return new Map([...shapes].map(([name, shape]) => {
    if (shape.length === 1) return [name, new Float32Array(shape[0]!).fill(name.endsWith("gain") ? 1 : 0)];
    const [out, from] = shape as [number, number];
    const deviation = startDeviation(name.startsWith("layers.") ? start : "glorot", from, out);
    return [name, Float32Array.from({ length: out * from }, () => deviation * draw.normal())];
  }));
}

/** The standard deviation of first weights from n neurons to m. Source: Glorot & Bengio 2010, eq. 12; He et al. 2015, eq. 10. */
export function startDeviation(start: StartName, n: number, m: number): number {
  switch (start) {
    case "small": return 0.05;
    case "glorot": return Math.sqrt(2 / (n + m));
    case "he": return Math.sqrt(2 / n);
    case "large": return 0.5;
  }
}
