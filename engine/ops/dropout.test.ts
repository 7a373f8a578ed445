import { describe, expect, test } from "vitest";
import { backends } from "../testing/backends.ts";
import { parameterLeaf } from "../testing/leaf.ts";
import { backward, launch, read, reshape, type Tensor, tensor } from "../tensor.ts";
import { copyKernel } from "./copy.ts";
import { dropout } from "./dropout.ts";
import { sum } from "./sum.ts";

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

describe.each(Object.entries(backends))("on the %s backend", (_, create) => {
  test("drops its share of 20,000 numbers, keeps the mean, and lets the gradient through the same gaps", async () => {
    const backend = await create();
    if (!backend) return;
    const count = 20_000, rate = 0.3;
    const x = parameterLeaf(backend, [count], ones(count));
    const y = dropout(x, tensor(backend, [2], [5, 9], "i32"), rate);
    const values = Array.from(await read(y));
    const dropped = values.filter((value) => value === 0).length / count;
    // Four standard deviations of a share of 20,000 draws.
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / count));
    expect(values.reduce((a, b) => a + b, 0) / count).toBeCloseTo(1, 1);
    backward(reshape(sum(y), [1]));
    expect(Array.from(await read(x.gradient!))).toEqual(values);
    backend.close();
  });

  test("a captured step drops others each time its counter is raised, the same ones for the same counter, and others in another layer", async () => {
    const backend = await create();
    if (!backend) return;
    const x = tensor(backend, [64], ones(64)), state = tensor(backend, [2], [1, 0], "i32"), kept = tensor(backend, [64], ones(64));
    const plan = backend.capture(() => {
      launch(copyKernel, [dropout(x, state, 0.5, 2)], {}, [{ tensor: kept, accumulate: false }]);
    });
    const at = async (counter: number): Promise<number[]> => {
      backend.write(state.buffer, [1, counter]);
      plan.replay();
      return Array.from(await read(kept));
    };
    const [first, second, again] = [await at(1), await at(2), await at(1)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(second);
    backend.write(state.buffer, [1, 1]);
    const other: Tensor = dropout(x, state, 0.5, 3);
    expect(Array.from(await read(other))).not.toEqual(first);
    plan.close();
    backend.close();
  });
});

test("all backends drop the same numbers", async () => {
  const masks = await Promise.all(Object.values(backends).map(async (create) => {
    const backend = await create();
    return backend && Array.from(await read(dropout(tensor(backend, [101], ones(101)), tensor(backend, [2], [-3, 70_000], "i32"), 0.5)));
  }));
  for (const mask of masks) if (mask) expect(mask).toEqual(masks[0]);
});

test("a rate of 1 is refused", async () => {
  const backend = (await backends.reference!())!;
  expect(
    () => dropout(tensor(backend, [1], [1]), tensor(backend, [2], [0, 0], "i32"), 1)
  ).toThrow("dropout: the rate must be in [0, 1), got 1");
});
