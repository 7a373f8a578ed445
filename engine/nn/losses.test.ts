import { expect, test } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { parameterLeaf } from "../testing/leaf.ts";
import { backward, read, tensor } from "../tensor.ts";
import { binaryCrossEntropy, meanSquaredError } from "./losses.ts";
import { mlp, type MlpConfig, mlpShapes } from "./mlp.ts";
import { trainable } from "./parameters.ts";

test("the squared error of 1, 2, 4 against 1, 0, 1 is 13/3, with slopes 2/3 of what is off", async () => {
  const backend = createReferenceBackend();
  const y = parameterLeaf(backend, [3], [1, 2, 4]);
  const loss = meanSquaredError(y, tensor(backend, [3], [1, 0, 1]));
  expect((await read(loss))[0]).toBeCloseTo(13 / 3, 12);
  backward(loss);
  (await read(y.gradient!)).forEach((slope, i) => expect(slope).toBeCloseTo([0, 4 / 3, 2][i]!, 12));
});

test("the loss of yes or no stays finite at logits of ±1000, and its slope is σ(z) − t", async () => {
  const backend = createReferenceBackend();
  const z = parameterLeaf(backend, [4], [0, Math.log(3), 1000, -1000]);
  const loss = binaryCrossEntropy(z, tensor(backend, [4], [1, 0, 0, 0]));
  expect((await read(loss))[0]).toBeCloseTo((Math.LN2 + Math.log(4) + 1000) / 4, 9);
  backward(loss);
  (await read(z.gradient!)).forEach((slope, i) => expect(slope).toBeCloseTo([-0.5, 0.75, 1, 0][i]! / 4, 12));
});

test("a perceptron refuses parameters that are not its own, and names the missing one", () => {
  const backend = createReferenceBackend();
  const config: MlpConfig = { sizes: [2, 3, 1], activation: "relu" };
  const shapes = mlpShapes({ ...config, sizes: [2, 1] });
  const parameters = trainable(
    backend, shapes, new Map([...shapes].map(([name, shape]) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))])),
  );
  expect(
    () => mlp({ ...config, sizes: [2, 1, 1] }, parameters)(tensor(backend, [1, 2], [1, 2]))
  ).toThrow("mlp: parameter layers.1.weight is missing");
});
