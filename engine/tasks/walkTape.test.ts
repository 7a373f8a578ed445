import { describe, expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { walk, type WalkTapeParams } from "./walkTape.ts";

const base: WalkTapeParams = {
  network: "neuron", bend: "none", neuronData: [2, 5], neuron: [1, 0], layersData: [1, -0.5, 1, 0],
  hidden: [0.5, -0.4, 0.1, -0.3, 0.8, 0.2, 0.7, 0.6, -0.2], output: [0.6, -0.5, 0.4, 0.1, -0.2, 0.9, 0.3, 0], learningRate: 0.01,
};

/** Printed by PyTorch 2 in float64: W1, b1 etc. leaves of y = W2 f(W1 x + b1) + b2, loss ((y − t)²).sum(), after loss.backward(). */
const printed = {
  none: {
    loss: 0.3106, W1: [0.112, -0.056, -0.9, 0.45, -0.402, 0.201], b1: [0.112, -0.9, -0.402],
    W2: [-0.144, 0.09, -0.036, -0.88, 0.55, -0.22], b2: [-0.18, -1.1],
  },
  relu: {
    loss: 0.1256, W1: [-0.368, 0.184, 0, 0, -0.332, 0.166], b1: [-0.368, 0, -0.332],
    W2: [-0.544, 0, -0.136, -0.16, 0, -0.04], b2: [-0.68, -0.2],
  },
  tanh: {
    loss: 0.27630922, W1: [-0.01905428, 0.00952714, -0.54228019, 0.2711401, -0.42954345, 0.21477173],
    b1: [-0.01905428, -0.54228019, -0.42954345], W2: [-0.25441803, 0.17705486, -0.07562208, -0.65009226, 0.45241288, -0.19323052],
    b2: [-0.38313846, -0.9790004],
  },
} as const;

describe.each(Object.entries(backends))("on %s", (_, create) => {
  test("the worked neuron: L = 9, slopes −6, −12, −6, and 7.29 after a step", async ({ skip }) => {
    const backend = await create();
    if (!backend) return skip("no adapter");
    const { values, gradients, entries, nextLoss } = await walk(backend, base);
    expect(values).toEqual({ x: [2], w: [1], t: [5], b: [0], wx: [2], y: [2], e: [-3], L: [9] });
    expect(gradients).toEqual({ w: [-12], b: [-6] });
    expect(entries.map(({ op, upstream, handed }) => [op, upstream[0], handed.map((part) => part && part[0])])).toEqual([
      ["multiply", -6, [-12, null]], ["add", -6, [-6, -6]], ["subtract", -6, [-6, null]], ["multiply", 1, [-3, -3]],
    ]);
    expect(nextLoss).toBeCloseTo(7.29, 5);
  });

  test.each(["none", "relu", "tanh"] as const)("gradients of the 2-3-2 net are those that PyTorch prints, bend %s", async (bend) => {
    const backend = await create();
    if (!backend) return;
    const { gradients, loss } = await walk(backend, { ...base, network: "layers", bend });
    const { loss: expected, ...slopes } = printed[bend];
    expect(loss).toBeCloseTo(expected, 5);
    for (const [name, values] of Object.entries<readonly number[]>(slopes)) {
      values.forEach((value, i) => expect(gradients[name]![i], `${name} ${i}`).toBeCloseTo(value, 5));
    }
  });

  test.each(["neuron", "layers"] as const)("what the entries hand to a parameter adds up to what backward leaves there: %s", async (network) => {
    const backend = await create();
    if (!backend) return;
    const { gradients, entries, nudged } = await walk(backend, { ...base, network, bend: "tanh" });
    for (const [name, values] of Object.entries(gradients)) {
      const parts = entries.flatMap(({ inputs, handed }) => inputs.flatMap((input, i) => (input === name ? [handed[i]!] : [])));
      expect(parts).toHaveLength(1);
      expect(parts[0]).toEqual(values);
      values.forEach((value, i) => expect(nudged[name]![i]!).toBeCloseTo(value, 2));
    }
  });
});

test("on the exact backend, slopes and central differences agree to the square of the nudge", async () => {
  const { gradients, nudged } = await walk((await backends.reference!())!, { ...base, network: "layers", bend: "tanh" });
  for (const [name, values] of Object.entries(gradients)) values.forEach((value, i) => expect(Math.abs(nudged[name]![i]! - value)).toBeLessThan(2e-4));
});

test("a rectifier at −0.76 lets nothing through, forwards or backwards", async () => {
  const { values, gradients } = await walk((await backends.reference!())!, { ...base, bend: "relu", neuronData: [1, 0.5], neuron: [0.17, -0.93] });
  expect(values.y![0]).toBeCloseTo(-0.76, 12);
  expect(values.a).toEqual([0]);
  expect(gradients.w![0]! + 0).toBe(0);
  expect(gradients.b![0]! + 0).toBe(0);
});

test("a walk leaves no tensor behind", async () => {
  const backend = (await backends.reference!())!;
  await walk(backend, base);
  await walk(backend, { ...base, network: "layers", bend: "relu" });
  expect(backend.counts.bytesLive).toBe(0);
});
