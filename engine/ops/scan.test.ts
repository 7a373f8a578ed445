import { describe, expect, test } from "vitest";
import { random } from "../random.ts";
import { backends } from "../testing/backends.ts";
import { backward, parameter, read, reshape, type Tensor, tensor } from "../tensor.ts";
import { matmul } from "./matmul.ts";
import { parallelScan, scan } from "./scan.ts";

describe.each(Object.entries(backends))("on the %s backend", (name, create) => {
  test.each([1, 2, 7, 64, 100])("the parallel scan over %d times equals the loop, and so do its gradients", async (time) => {
    const backend = await create();
    if (!backend) return;
    const draw = random(time);
    const shape = [2, time, 3], size = 6 * time;
    // Decay between 0 and 1, as in a state-space model: products of many stay bounded.
    const decay = Array.from({ length: size }, () => draw.uniform()), input = Array.from({ length: size }, () => draw.normal());
    const weights = tensor(backend, [size, 1], Array.from({ length: size }, () => draw.normal()));
    const leaf = (values: readonly number[]): Tensor => parameter(
      backend, shape, tensor(backend, shape, values).buffer, tensor(backend, shape, values).buffer,
    );
    const results = await Promise.all([scan, parallelScan].map(async (op) => {
      const a = leaf(decay), b = leaf(input);
      const h = op(a, b);
      backward(reshape(matmul(reshape(h, [1, size]), weights), [1]));
      return Promise.all([h, a.gradient!, b.gradient!].map(read));
    }));
    const [loop, parallel] = results as [Awaited<ReturnType<typeof read>>[], Awaited<ReturnType<typeof read>>[]];
    loop.forEach((expected, i) => {
      const norm = Math.hypot(...expected);
      const off = Math.hypot(...Array.from(expected, (value, j) => parallel[i]![j]! - value));
      expect(off <= (name === "reference" ? 1e-13 : 1e-6) * norm).toBe(true);
    });
    backend.close();
  });
});
