import { describe, expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { parameterShapes } from "../checkpoint/parameterShapes.ts";
import { crossEntropy } from "../ops/crossEntropy.ts";
import { embedding } from "../ops/embedding.ts";
import { linear } from "../ops/linear.ts";
import { optimizer } from "../optim/optimizer.ts";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { backward, scope, type Tensor, tensor } from "../tensor.ts";
import { cnn, type CnnConfig, cnnShapes } from "./cnn.ts";
import type { DecoderConfig } from "./decoderConfig.ts";
import { fit } from "./fit.ts";
import { uniformWeights } from "./layers.ts";
import { mlp, type MlpConfig, mlpShapes } from "./mlp.ts";
import { type Parameters, readParameters, trainable } from "./parameters.ts";
import { type CellKind, recurrent, recurrentShapes, recurrentWeights } from "./recurrent.ts";
import { stack, type StackConfig, stackShapes, stackWeights } from "./stack.ts";
import { initialWeights, transformer } from "./transformer.ts";

/** A small model, one batch of inputs, and its loss. */
interface Setting {
  readonly parameters: Parameters;
  readonly inputs: readonly Tensor[];
  readonly values: readonly (readonly number[])[];
  lossOf(): Tensor;
}

const normals = (count: number): number[] => {
  const draw = random(3);
  return Array.from({ length: count }, () => draw.normal());
};
const classes = (count: number, kinds: number): number[] => {
  const draw = random(4);
  return Array.from({ length: count }, () => draw.integer(kinds));
};

function sequenceModel(backend: Backend, parameters: Parameters, forward: (ids: Tensor) => Tensor): Setting {
  const ids = tensor(backend, [4, 5], classes(20, 7), "i32"), targets = tensor(backend, [4, 5], classes(20, 7).toReversed(), "i32");
  return {
    parameters, inputs: [ids, targets], values: [classes(20, 7), classes(20, 7).toReversed()],
    lossOf: () => crossEntropy(forward(ids), targets),
  };
}

const cells = (kind: CellKind) => (backend: Backend): Setting => {
  const layer = { kind, inputSize: 6, hiddenSize: 10 };
  const dense = new Map([["table.weight", [7, 6]], ["head.weight", [7, 10]]]);
  const parameters = trainable(
    backend, new Map([...dense, ...recurrentShapes(layer, "layer")]), new Map([...uniformWeights(dense, 1), ...recurrentWeights(layer, "layer", 2)]),
  );
  const get = (name: string): Tensor => parameters.tensors.get(name)!;
  const network = recurrent(layer, parameters, "layer");
  return sequenceModel(backend, parameters, (ids) => linear(network.run(embedding(get("table.weight"), ids)).outputs, get("head.weight")));
};

const gpt2: DecoderConfig = {
  vocabSize: 7, contextLength: 5, dModel: 16, nLayers: 2, nHeads: 2, nKvHeads: 2, dHead: 8, dMlp: 24,
  position: "learned", ropeBase: 10_000, norm: "layer", normEpsilon: 1e-5, activation: "gelu", bias: true, tied: true,
};
const llama: DecoderConfig = { ...gpt2, nKvHeads: 1, position: "rope", norm: "rms", activation: "swiglu", bias: false, tied: false };

const decoders = (config: DecoderConfig) => (backend: Backend): Setting => {
  const parameters = trainable(backend, parameterShapes(config), initialWeights(config, { seed: 1, matrices: 0.25, embedding: 0.25 }));
  const model = transformer(config, parameters);
  return sequenceModel(backend, parameters, (ids) => model.forward(ids));
};

const settings: Readonly<Record<string, (backend: Backend) => Setting>> = {
  "a perceptron": (backend) => {
    const config: MlpConfig = { sizes: [3, 16, 4], activation: "silu" };
    const shapes = mlpShapes(config);
    const parameters = trainable(backend, shapes, uniformWeights(shapes, 1));
    const forward = mlp(config, parameters);
    const x = tensor(backend, [10, 3], normals(30)), targets = tensor(backend, [10], classes(10, 4), "i32");
    return { parameters, inputs: [x, targets], values: [normals(30), classes(10, 4)], lossOf: () => crossEntropy(forward(x), targets) };
  },
  "a convolutional network": (backend) => {
    const config: CnnConfig = { size: 8, channels: [1, 3, 4], window: 3, activation: "relu", halving: "max", classes: 3 };
    const shapes = cnnShapes(config);
    const parameters = trainable(backend, shapes, uniformWeights(shapes, 1));
    const forward = cnn(config, parameters);
    const x = tensor(backend, [6, 1, 8, 8], normals(384)), targets = tensor(backend, [6], classes(6, 3), "i32");
    return { parameters, inputs: [x, targets], values: [normals(384), classes(6, 3)], lossOf: () => crossEntropy(forward(x), targets) };
  },
  "an LSTM": cells("lstm"),
  "a GRU": cells("gru"),
  "a GPT": decoders(gpt2),
  "a Llama": decoders(llama),
  "a transformer with ALiBi": (backend) => {
    const config: StackConfig = {
      vocabSize: 7, contextLength: 5, dModel: 12, nLayers: 1, nHeads: 3, nKvHeads: 1, dMlp: 20,
      activation: "geluErf", position: "alibi", causal: true, cross: false,
    };
    const shapes = stackShapes(config, "stack");
    const parameters = trainable(backend, shapes, stackWeights(shapes, 0.2, 1));
    const model = stack(config, parameters, "stack");
    return sequenceModel(backend, parameters, (ids) => model.unembed(model.forward(ids)));
  },
};

async function train(backend: Backend, { parameters, inputs, values, lossOf }: Setting, steps: number): Promise<number[]> {
  const run = fit(parameters, { kind: "adam" }, inputs, lossOf);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    run.advance(values, 0.01);
    losses.push(await run.loss());
  }
  return losses;
}

describe.each(Object.entries(settings))("%s", (_, build) => {
  test("replayed from a captured step gives the bits of the same steps done one by one", async () => {
    const [captured, eager] = [build((await backends.cpu!())!), build((await backends.cpu!())!)];
    await train(captured.parameters.backend, captured, 5);
    const updates = optimizer(eager.parameters, { kind: "adam" });
    for (let step = 1; step <= 5; step++) {
      updates.prepare(step, 0.01);
      scope(() => {
        backward(eager.lossOf());
        updates.launch();
      });
    }
    expect(await readParameters(captured.parameters)).toEqual(await readParameters(eager.parameters));
  });

  test("learns on the GPU what it learns on the CPU: losses of 30 steps differ by at most 1e-4 of their size", async () => {
    const gpu = await backends.webgpu!();
    if (!gpu) return;
    const cpu = (await backends.cpu!())!;
    const [here, there] = [await train(cpu, build(cpu), 30), await train(gpu, build(gpu), 30)];
    expect(here.at(-1)!).toBeLessThan(here[0]!);
    there.forEach((loss, i) => expect(Math.abs(loss - here[i]!), `step ${i}`).toBeLessThan(1e-4 * here[i]!));
    gpu.close();
  });
});

test("a closed fit leaves nothing behind but the parameters", async () => {
  const backend = (await backends.cpu!())!;
  const before = backend.counts.bytesLive;
  const { parameters, inputs, values, lossOf } = settings["a perceptron"]!(backend);
  const kept = backend.counts.bytesLive;
  const run = fit(parameters, { kind: "momentum" }, inputs, lossOf);
  run.advance(values, 0.1);
  run.close();
  expect(backend.counts.bytesLive).toBeLessThan(kept);
  parameters.close();
  expect(backend.counts.bytesLive).toBe(before);
});
