import { describe, expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import { backends } from "../testing/backends.ts";
import { read, tensor } from "../tensor.ts";
import { frozen } from "./parameters.ts";
import { slidingWindowMask } from "./positions.ts";
import { stack, type StackConfig, stackShapes, stackWeights } from "./stack.ts";

const cpu = async (): Promise<Backend> => (await backends.cpu!())!;

describe("stack", () => {
  const base: StackConfig = {
    vocabSize: 11, contextLength: 12, dModel: 32, nLayers: 1, nHeads: 2, nKvHeads: 1, dMlp: 64,
    activation: "gelu", position: "sinusoidal", causal: false, cross: false,
  };
  const build = async (config: StackConfig) => {
    const backend = await cpu();
    const shapes = stackShapes(config, "stack");
    const parameters = frozen(backend, shapes, stackWeights(shapes, 0.3, 5));
    const model = stack(config, parameters, "stack");
    const run = async (ids: readonly number[], options = {}): Promise<number[][]> => {
      const numbers = await read(model.forward(tensor(backend, [1, ids.length], ids, "i32"), options));
      return ids.map((_, i) => Array.from(numbers.subarray(i * config.dModel, (i + 1) * config.dModel)));
    };
    return { backend, run };
  };
  const close = (a: readonly number[], b: readonly number[]): boolean => a.every((value, i) => Math.abs(value - b[i]!) < 1e-4);

  test("without positions an encoder cannot tell order: exchanged tokens give exchanged rows; with ALiBi or sinusoids they do not", async () => {
    for (const position of ["none", "alibi", "sinusoidal"] as const) {
      const { run } = await build({ ...base, position });
      const [a, b] = [await run([1, 2, 3]), await run([2, 1, 3])];
      expect(close(a[0]!, b[1]!)).toBe(position === "none");
    }
  });

  test("a causal stack's rows do not depend on later tokens, and a window hides what lies before it", async () => {
    const { backend, run } = await build({ ...base, causal: true });
    const [a, b] = [await run([1, 2, 3, 4]), await run([1, 2, 9, 9])];
    expect(close(a[1]!, b[1]!)).toBe(true);
    expect(close(a[2]!, b[2]!)).toBe(false);
    const mask = tensor(backend, [4, 4], slidingWindowMask(4, 2), "i32");
    const [c, d] = [await run([1, 2, 3, 4], { mask }), await run([7, 2, 3, 4], { mask })];
    expect(close(c[3]!, d[3]!)).toBe(true);
    expect(close(c[1]!, d[1]!)).toBe(false);
  });

  test("refuses ids longer than its context and a missing memory", async () => {
    await expect(
      (await build(base)).run(Array.from({ length: 13 }, () => 1))
    ).rejects.toThrow("stack: 13 ids are longer than the context of 12");
    await expect((await build({ ...base, cross: true })).run([1])).rejects.toThrow("needs a memory");
  });
});
