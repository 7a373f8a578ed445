import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { averagePool2d } from "../ops/averagePool2d.ts";
import { batchNorm, batchNormFixed } from "../ops/batchNorm.ts";
import { concat } from "../ops/concat.ts";
import { conv2d } from "../ops/conv2d.ts";
import { exp } from "../ops/exp.ts";
import { geluErf } from "../ops/geluErf.ts";
import { leakyRelu } from "../ops/leakyRelu.ts";
import { log } from "../ops/log.ts";
import { matmul } from "../ops/matmul.ts";
import { maxPool2d } from "../ops/maxPool2d.ts";
import { relu } from "../ops/relu.ts";
import { sigmoid } from "../ops/sigmoid.ts";
import { silu } from "../ops/silu.ts";
import { slice } from "../ops/slice.ts";
import { softplus } from "../ops/softplus.ts";
import { tanh } from "../ops/tanh.ts";
import { optimizer, type OptimizerOptions } from "../optim/optimizer.ts";
import { backends } from "../testing/backends.ts";
import { backward, parameter, read, reshape, scope, type Tensor, tensor } from "../tensor.ts";
import type { Steps } from "../windows.ts";
import { type Parameters, trainable } from "./parameters.ts";
import { type CellKind, recurrent } from "./recurrent.ts";

// Expectations were printed by PyTorch in float64: engine/fixtures/makeFixturesOps2.py.
interface Plain {
  readonly shape: number[];
  readonly values: number[];
}
interface Fixture {
  readonly op: string;
  readonly title: string;
  readonly attributes: { slope?: number; size?: number; stride?: number; padding?: number; epsilon?: number; hiddenSize?: number; training?: boolean };
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly outputs: Readonly<Record<string, Plain>>;
  readonly dOut: Readonly<Record<string, Plain>>;
  readonly gradients: Readonly<Record<string, Plain>>;
  readonly before?: { mean: Plain; variance: Plain };
  readonly after?: { mean: Plain; variance: Plain };
}
interface Trajectory {
  readonly kind: OptimizerOptions["kind"];
  readonly options: object;
  readonly start: number[];
  readonly gradients: number[][];
  readonly after: number[][];
}
const { cases, trajectories } = JSON.parse(
  readFileSync(new URL("../fixtures/ops2.json", import.meta.url), "utf8")
) as { cases: Fixture[]; trajectories: Trajectory[] };

type Inputs = Readonly<Record<string, Tensor>>;

/** A layer of the fixtures as the engine lays it out: the outputs side by side, then for an LSTM the last c. */
function unrolled({ op, attributes }: Fixture, inputs: Inputs): Record<string, Tensor> {
  const kind = op as CellKind, hiddenSize = attributes.hiddenSize!;
  const names = { "input.weight": "inputWeight", "input.bias": "inputBias", "hidden.weight": "hiddenWeight", "hidden.bias": "hiddenBias" };
  const tensors = new Map(Object.entries(names).map(([name, given]) => [`layer.${name}`, inputs[given]!]));
  const parameters: Parameters = { backend: inputs.x!.backend, tensors, flat: null, close: () => undefined };
  const layer = recurrent({ kind, inputSize: inputs.x!.shape[2]!, hiddenSize }, parameters, "layer");
  const { outputs, state } = layer.run(inputs.x!, kind === "lstm" ? concat(inputs.h!, inputs.c!) : inputs.h!);
  return kind === "lstm" ? { out: outputs, c: slice(state, hiddenSize, hiddenSize) } : { out: outputs };
}

const steps = ({ stride, padding }: Fixture["attributes"]): Steps => ({ stride: stride!, padding: padding! });

const ops: Readonly<Record<string, (inputs: Inputs, fixture: Fixture) => Record<string, Tensor>>> = {
  relu: ({ x }) => ({ out: relu(x!) }),
  leakyRelu: ({ x }, { attributes }) => ({ out: leakyRelu(x!, attributes.slope!) }),
  tanh: ({ x }) => ({ out: tanh(x!) }),
  sigmoid: ({ x }) => ({ out: sigmoid(x!) }),
  silu: ({ x }) => ({ out: silu(x!) }),
  softplus: ({ x }) => ({ out: softplus(x!) }),
  geluErf: ({ x }) => ({ out: geluErf(x!) }),
  exp: ({ x }) => ({ out: exp(x!) }),
  log: ({ x }) => ({ out: log(x!) }),
  conv2d: ({ x, weight, bias }, { attributes }) => ({ out: conv2d(x!, weight!, bias!, steps(attributes)) }),
  maxPool2d: ({ x }, { attributes }) => ({ out: maxPool2d(x!, attributes.size!, steps(attributes)) }),
  averagePool2d: ({ x }, { attributes }) => ({ out: averagePool2d(x!, attributes.size!, steps(attributes)) }),
  batchNorm: ({ x, weight, bias }, { attributes }) => ({ out: batchNorm(x!, weight!, bias!, { epsilon: attributes.epsilon! }) }),
  rnn: (inputs, fixture) => unrolled(fixture, inputs),
  gru: (inputs, fixture) => unrolled(fixture, inputs),
  lstm: (inputs, fixture) => unrolled(fixture, inputs),
};

function leaf(backend: Backend, { shape, values }: Plain): Tensor {
  const place = (numbers: readonly number[]) => tensor(backend, shape, numbers).buffer;
  return parameter(backend, shape, place(values), place(values.map(() => 0)));
}

/** ‖a − b‖ ≤ tolerance · ‖b‖, and the extents agree. NaN is far from everything. */
function expectNear(actual: ArrayLike<number>, expected: readonly number[], tolerance: number, what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const norm = Math.hypot(...expected);
  const off = Math.hypot(...expected.map((value, i) => actual[i]! - value));
  expect(off <= tolerance * norm, `${what}: off by ${off} of ${norm}`).toBe(true);
}

// The reference is double precision; the others hold to the design's bounds for gradients.
const tolerances: Readonly<Record<string, number>> = { reference: 1e-9, cpu: 2e-6, webgpu: 2e-6 };

describe.each(Object.entries(backends))("on the %s backend", (name, create) => {
  const tolerance = tolerances[name]!;
  const trained = cases.filter(({ attributes }) => attributes.training !== false);

  test.each(trained.map((fixture) => [fixture.title, fixture] as const))("%s and its gradients are PyTorch's", async (_, fixture) => {
    const backend = await create();
    if (!backend) return;
    const inputs = Object.fromEntries(Object.entries(fixture.inputs).map(([key, plain]) => [key, leaf(backend, plain)]));
    const outputs = ops[fixture.op]!(inputs, fixture);
    for (const [key, expected] of Object.entries(fixture.outputs)) {
      expect(outputs[key]!.shape).toEqual(expected.shape);
      expectNear(await read(outputs[key]!), expected.values, tolerance, key);
    }
    const weighed = Object.entries(fixture.dOut).map(([key, plain]) => {
      const size = plain.values.length;
      return matmul(reshape(outputs[key]!, [1, size]), tensor(backend, [size, 1], plain.values));
    });
    const ones = tensor(backend, [weighed.length, 1], weighed.map(() => 1));
    scope(() => backward(matmul(concat(...weighed), ones)));
    for (const [key, expected] of Object.entries(fixture.gradients)) {
      expectNear(await read(inputs[key]!.gradient!), expected.values, tolerance, `gradient of ${key}`);
    }
    backend.close();
  });

  test("batchNorm moves its running statistics as PyTorch does, and uses them when they are fixed", async () => {
    const backend = await create();
    if (!backend) return;
    const [training, inference] = cases.filter(({ op }) => op === "batchNorm") as [Fixture, Fixture];
    const given = ({ before }: Fixture): Tensor => {
      const { mean, variance } = before!;
      return tensor(backend, [2, mean.values.length], [...mean.values, ...variance.values]);
    };
    const inputs = (fixture: Fixture): Tensor[] => ["x", "weight", "bias"].map((key) => leaf(backend, fixture.inputs[key]!));
    const values = given(training);
    const [x, weight, bias] = inputs(training);
    batchNorm(x!, weight!, bias!, { running: { values, momentum: 0.25 } });
    expectNear(await read(values), [...training.after!.mean.values, ...training.after!.variance.values], tolerance, "running statistics");
    const [y, w, b] = inputs(inference);
    expectNear(await read(batchNormFixed(y!, w!, b!, given(inference))), inference.outputs.out!.values, tolerance, "out");
    backend.close();
  });

  test.each(trajectories.map((each) => [`${each.kind} ${JSON.stringify(each.options)}`, each] as const))("five steps of %s end where PyTorch's do", async (_, each) => {
    const backend = await create();
    if (!backend) return;
    const parameters = trainable(backend, new Map([["w", [each.start.length]]]), new Map([["w", each.start]]), () => true);
    const updates = optimizer(parameters, { kind: each.kind, ...each.options } as OptimizerOptions);
    const w = parameters.tensors.get("w")!;
    for (const [i, gradient] of each.gradients.entries()) {
      backend.write(w.gradient!.buffer, gradient);
      updates.prepare(i + 1, 0.1);
      scope(() => updates.launch());
      expectNear(await read(w), each.after[i]!, tolerance, `after step ${i + 1}`);
    }
    backend.close();
  });
});

test("an optimizer refuses a gradient that is not finite and leaves all as it was", async () => {
  const backend = (await backends.cpu!())!;
  const parameters = trainable(backend, new Map([["w", [3]]]), new Map([["w", [1, 2, 3]]]));
  const updates = optimizer(parameters, { kind: "momentum", maxNorm: 1 });
  const w = parameters.tensors.get("w")!;
  backend.write(w.gradient!.buffer, [1, Number.NaN, 1]);
  updates.prepare(1, 0.1);
  scope(() => updates.launch());
  expect([...await read(w)]).toEqual([1, 2, 3]);
  expect([...await read(updates.memories.get("velocity")!)].every((value) => value === 0)).toBe(true);
  expect((await read(updates.report))[2]).toBe(1);
});

test("every kind of optimizer and every op of the fixtures is among these", () => {
  expect(new Set(cases.map(({ op }) => op))).toEqual(new Set(Object.keys(ops)));
  expect(new Set(trajectories.map(({ kind }) => kind)).size).toBe(6);
});
