import { describe, expect, it } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { trainable } from "../nn/parameters.ts";
import { adamW } from "../optim/adamW.ts";
import { dequantize, quantize } from "../quantize/quantize.ts";
import { random } from "../random.ts";
import { backward, read, reshape, scope, tensor } from "../tensor.ts";
import { add } from "./add.ts";
import { fakeQuantize } from "./fakeQuantize.ts";
import { linear } from "./linear.ts";
import { matmul } from "./matmul.ts";
import { multiply } from "./multiply.ts";

describe("fake quantization", () => {
  const backend = createReferenceBackend();
  const draw = random(6);
  const normal = (count: number): Float64Array => Float64Array.from({ length: count }, () => draw.normal());

  it("gives the numbers that quantizing and widening give", async () => {
    const values = normal(100);
    for (const bits of [2, 3, 4, 8]) {
      const faked = await read(fakeQuantize(tensor(backend, [10, 10], values), { bits, group: 32 }));
      expect([...faked]).toEqual([...dequantize(quantize(values, { bits, symmetric: true, per: "group", group: 32 }))]);
    }
  });

  it("passes its gradient straight through, also where the value is used twice", async () => {
    const parameters = trainable(backend, new Map([["w", [1, 6]]]), new Map([["w", normal(6)]]));
    const w = parameters.tensors.get("w")!;
    const weights = normal(6);
    const weigh = tensor(backend, [6, 1], weights);
    scope(() => backward(reshape(matmul(fakeQuantize(w, { bits: 3, group: 6 }), weigh), [1])));
    expect([...await read(w.gradient!)]).toEqual([...weights]);
    const rounded = await read(fakeQuantize(tensor(backend, [1, 6], await read(w)), { bits: 3, group: 6 }));
    const original = await read(w);
    // d(q(w)·w) = w + q(w) with dq/dw = 1.
    const ones = tensor(backend, [6, 1], [1, 1, 1, 1, 1, 1]);
    scope(() => backward(reshape(matmul(multiply(fakeQuantize(w, { bits: 3, group: 6 }), w), ones), [1])));
    (await read(w.gradient!)).forEach((slope, i) => expect(slope).toBeCloseTo(original[i]! + rounded[i]!, 12));
  });

  it("training with it beats rounding afterwards: a linear map learnt in 2 bits", async () => {
    // y = x Wᵀ; the loss is what is left of y when W has 2 bits. Eight inputs that hang on three causes: errors can make up for each other.
    const mix = normal(24), causes = normal(192);
    const input = (i: number): number => [0, 1, 2].reduce((sum, k) => sum + causes[3 * Math.floor(i / 8) + k]! * mix[8 * k + (i % 8)]!, 0);
    const target = normal(64), inputs = tensor(backend, [64, 8], Float64Array.from({ length: 512 }, (_, i) => input(i)));
    const wanted = linear(inputs, tensor(backend, [8, 8], target.map((value) => -value)));
    const loss = (w: Parameters<typeof fakeQuantize>[0]) => {
      const rest = reshape(add(linear(inputs, fakeQuantize(w, { bits: 2, group: 8 })), wanted), [1, 512]);
      return reshape(matmul(rest, rest, { b: true }), [1]);
    };
    const parameters = trainable(backend, new Map([["w", [8, 8]]]), new Map([["w", target]]));
    const w = parameters.tensors.get("w")!;
    const before = (await read(scope(() => loss(w))))[0]!;
    const optimizer = adamW(parameters, { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0, maxNorm: 0 });
    let best = before;
    for (let step = 1; step <= 150; step++) {
      optimizer.prepare(step, 0.03 * (1 - step / 151));
      const now = scope(() => {
        const value = loss(w);
        backward(value);
        optimizer.launch();
        return value;
      });
      best = Math.min(best, (await read(now))[0]!);
    }
    expect(best).toBeLessThan(0.5 * before);
  });

  it("refuses 1 bit and a group of 0", () => {
    expect(() => fakeQuantize(tensor(backend, [2], [1, 2]), { bits: 1, group: 2 })).toThrow("fakeQuantize: bits is 1");
    expect(() => fakeQuantize(tensor(backend, [2], [1, 2]), { bits: 4, group: 0 })).toThrow("quantizeGroups: the group must be");
  });
});
