import type { Shape } from "../kernel.ts";
import { concat } from "../ops/concat.ts";
import { gruCell } from "../ops/gruCell.ts";
import { linear } from "../ops/linear.ts";
import { lstmCell } from "../ops/lstmCell.ts";
import { slice } from "../ops/slice.ts";
import { tanh } from "../ops/tanh.ts";
import { random } from "../random.ts";
import { reshape, type Tensor, tensor } from "../tensor.ts";
import type { Parameters } from "./parameters.ts";

/** A plain recurrent network (h′ = tanh(W x + U h + b)), long short-term memory, or a gated recurrent unit. */
export type CellKind = "rnn" | "lstm" | "gru";

export interface RecurrentConfig {
  readonly kind: CellKind;
  readonly inputSize: number;
  readonly hiddenSize: number;
}

/** Rows of the weights, in units of h. */
const gates: Readonly<Record<CellKind, number>> = { rnn: 1, lstm: 4, gru: 3 };

/** Parameters of one layer: `input` and `hidden`, each with weight and bias, gates in PyTorch's order (LSTM i f g o, GRU r z n). */
export function recurrentShapes({ kind, inputSize, hiddenSize }: RecurrentConfig, prefix: string): Map<string, Shape> {
  const rows = gates[kind] * hiddenSize;
  return new Map<string, Shape>([
    [`${prefix}.input.weight`, [rows, inputSize]], [`${prefix}.input.bias`, [rows]],
    [`${prefix}.hidden.weight`, [rows, hiddenSize]], [`${prefix}.hidden.bias`, [rows]],
  ]);
}

/** Uniform numbers in ±1/√h for all parameters of a layer, as PyTorch starts. */
export function recurrentWeights(config: RecurrentConfig, prefix: string, seed: number): Map<string, Float32Array> {
  const draw = random(seed);
  const bound = 1 / Math.sqrt(config.hiddenSize);
  return new Map([...recurrentShapes(config, prefix)].map(([name, shape]) =>
    [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (2 * draw.uniform() - 1) * bound)]));
}

export interface Recurrent {
  readonly config: RecurrentConfig;
  /** The state before the first input: zeros. [batch,h], for an LSTM [batch,2h]. */
  start(batch: number): Tensor;
  /** x [batch,input] and a state → the next state. */
  step(x: Tensor, state: Tensor): Tensor;
  /** h [batch,h] of a state. */
  hidden(state: Tensor): Tensor;
  /** Reads a whole sequence x [batch,time,input]: h after each input [batch,time,h], and the last state. */
  run(x: Tensor, state?: Tensor): { outputs: Tensor; state: Tensor };
}

/**
 * One recurrent layer over the parameters `prefix.…`, unrolled along time: backpropagation through time is the tape's own.
 * Source: Elman 1990; Hochreiter & Schmidhuber 1997; Cho et al. 2014.
 */
export function recurrent(config: RecurrentConfig, parameters: Parameters, prefix: string): Recurrent {
  const { kind, inputSize, hiddenSize } = config;
  const get = (name: string): Tensor => {
    const found = parameters.tensors.get(`${prefix}.${name}`);
    if (!found) throw new Error(`recurrent: parameter ${prefix}.${name} is missing`);
    return found;
  };
  const width = gates[kind] * hiddenSize;
  const fromInput = (x: Tensor): Tensor => linear(x, get("input.weight"), get("input.bias"));
  const hidden = (state: Tensor): Tensor => (kind === "lstm" ? slice(state, 0, hiddenSize) : state);
  const advance = (projected: Tensor, state: Tensor, h: Tensor): Tensor => {
    if (kind === "gru") return gruCell(projected, linear(h, get("hidden.weight"), get("hidden.bias")), state);
    const summed = linear(h, get("hidden.weight"), get("hidden.bias"), projected);
    return kind === "lstm" ? lstmCell(summed, state) : tanh(summed);
  };
  const start = (batch: number): Tensor => {
    const shape = [batch, kind === "lstm" ? 2 * hiddenSize : hiddenSize];
    return tensor(parameters.backend, shape, new Float32Array(shape[0]! * shape[1]!));
  };
  return {
    config, start, hidden,
    step: (x, state) => advance(fromInput(x), state, hidden(state)),
    run(x, first) {
      const [batch, time, inputs] = x.shape as [number, number, number];
      if (inputs !== inputSize) throw new RangeError(`recurrent: inputs are ${inputs} wide, the layer takes ${inputSize}`);
      // All inputs go through one matrix product; only the state's part must wait for the step before.
      const projected = reshape(fromInput(x), [batch, time * width]);
      let state = first ?? start(batch);
      let h = hidden(state);
      const outputs = Array.from({ length: time }, (_, t) => {
        state = advance(slice(projected, t * width, width), state, h);
        h = hidden(state);
        return h;
      });
      return { outputs: reshape(concat(...outputs), [batch, time, hiddenSize]), state };
    },
  };
}
