import { describe, expect, test } from "vitest";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import type { Shape } from "../kernel.ts";
import { attention } from "../ops/attention.ts";
import { matmul } from "../ops/matmul.ts";
import { concat } from "../ops/concat.ts";
import { random } from "../random.ts";
import { backward, parameter, read, reshape, type Tensor, tensor } from "../tensor.ts";
import { type HeadOptions, multiHeadAttention } from "./multiHeadAttention.ts";
import { alibiBias, alibiSlopes, sinusoidTable, slidingWindowMask } from "./positions.ts";

const backend = createReferenceBackend();

function leaf(shape: Shape, seed: number): Tensor {
  const draw = random(seed);
  const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw.normal());
  return parameter(backend, shape, tensor(backend, shape, values).buffer, tensor(backend, shape, values).buffer);
}
const weigh = (y: Tensor): Tensor => reshape(matmul(reshape(y, [1, y.size]), leafless([y.size, 1])), [1]);
function leafless(shape: Shape): Tensor {
  const draw = random(99);
  return tensor(backend, shape, Array.from({ length: shape[0]! }, () => draw.normal()));
}
const numbers = async (x: Tensor): Promise<number[]> => Array.from(await read(x));
const near = (a: readonly number[], b: readonly number[]): void => {
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(1e-12 * (1 + Math.abs(b[i]!))));
};

describe("multiHeadAttention", () => {
  test.each([[4, 2, true], [2, 2, false], [3, 1, true]])("with %d query heads on %d, causal %s, equals the fused attention, gradients too", async (nHeads, nKvHeads, causal) => {
    const dHead = 4, shapes: Shape[] = [[2, 5, nHeads * dHead], [2, 5, nKvHeads * dHead], [2, 5, nKvHeads * dHead]];
    const [q, k, v] = shapes.map((shape, i) => leaf(shape, i)) as [Tensor, Tensor, Tensor];
    const { out } = multiHeadAttention(q, k, v, { nHeads, nKvHeads, causal });
    backward(weigh(out));
    const [r, s, u] = shapes.map((shape, i) => leaf(shape, i)) as [Tensor, Tensor, Tensor];
    const fused = attention(concat(r, s, u), { nHeads, nKvHeads, causal });
    backward(weigh(fused));
    near(await numbers(out), await numbers(fused));
    for (const [mine, theirs] of [[q, r], [k, s], [v, u]] as const) near(await numbers(mine.gradient!), await numbers(theirs.gradient!));
  });

  test("queries of one sequence may look into another of a different length, and their rows of the pattern add up to 1", async () => {
    const options: HeadOptions = { nHeads: 2, nKvHeads: 2 };
    const { out, pattern } = multiHeadAttention(leaf([1, 3, 8], 1), leaf([1, 5, 8], 2), leaf([1, 5, 8], 3), options);
    expect(out.shape).toEqual([1, 3, 8]);
    expect(pattern.shape).toEqual([1, 2, 3, 5]);
    const p = await numbers(pattern);
    for (let row = 0; row < 6; row++) expect(p.slice(row * 5, row * 5 + 5).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  test("its slope through queries, keys, values and bias is the central difference", async () => {
    const shapes: Shape[] = [[1, 2, 8], [1, 3, 4], [1, 3, 4], [12]];
    const leaves = shapes.map((shape, i) => leaf(shape, 10 + i));
    const value = (): Tensor => {
      const [q, k, v, bias] = leaves as [Tensor, Tensor, Tensor, Tensor];
      return weigh(multiHeadAttention(q, k, v, { nHeads: 2, nKvHeads: 1, bias }).out);
    };
    backward(value());
    for (const x of leaves) {
      const at = await numbers(x), slope = await numbers(x.gradient!);
      for (let i = 0; i < at.length; i++) {
        const nudged = async (by: number): Promise<number> => {
          backend.write(x.buffer, at.with(i, at[i]! + by));
          return (await read(value()))[0]!;
        };
        const difference = ((await nudged(1e-5)) - (await nudged(-1e-5))) / 2e-5;
        backend.write(x.buffer, at);
        expect(Math.abs(difference - slope[i]!)).toBeLessThan(1e-7);
      }
    }
  });

  test("refuses widths that heads do not divide, with all shapes in the message", () => {
    expect(() => multiHeadAttention(leaf([1, 2, 8], 1), leaf([1, 3, 6], 2), leaf([1, 3, 6], 3), { nHeads: 2, nKvHeads: 1 }))
      .toThrow("multiHeadAttention: heads do not divide the widths, query is [1,2,8] and key is [1,3,6] and value is [1,3,6]");
  });
});

describe("positions", () => {
  test("the sinusoid table begins with sines and cosines of 1 and of 1/100 for d = 4", () => {
    const expected = [
      0, 1, 0, 1, Math.sin(1), Math.cos(1), Math.sin(0.01), Math.cos(0.01), Math.sin(2), Math.cos(2), Math.sin(0.02), Math.cos(0.02),
    ];
    sinusoidTable(3, 4).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 7));
  });

  test("ALiBi's slopes for 8 heads are 1/2, 1/4 … 1/256, and 3 heads take those of 2 and the first of 4 (Press et al. 2022)", () => {
    near(alibiSlopes(8), [1, 2, 3, 4, 5, 6, 7, 8].map((h) => 2 ** -h));
    near(alibiSlopes(3), [2 ** -4, 2 ** -8, 2 ** -2]);
    expect([...alibiBias(1, 2)]).toEqual([-0, -Math.fround(2 ** -8), -Math.fround(2 ** -8), -0]);
  });

  test("a sliding window of two shows each query itself and the one before", () => {
    expect([...slidingWindowMask(3, 2)]).toEqual([1, 0, 0, 1, 1, 0, 0, 1, 1]);
  });
});
