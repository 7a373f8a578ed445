import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Attributes, type Kernel, type Numbers, type Shape, sizeOf } from "../../kernel.ts";
import { clipFactorKernel, squaredNormKernel } from "../../ops/adamW.ts";
import { layerNormGradientKernel } from "../../ops/layerNorm.ts";
import { linearKernel, linearWeightGradientKernel } from "../../ops/linear.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import { meanWhereGradientKernel, meanWhereKernel } from "../../ops/meanWhere.ts";
import { rmsNormGradientKernel } from "../../ops/rmsNorm.ts";
import { linearRopeKernel } from "../../ops/rotaryAttention.ts";
import { random } from "../../random.ts";
import { launch, read, tensor } from "../../tensor.ts";
import { gpuForTests } from "../../testing/webgpuNode.ts";
import type { Variant } from "./shader.ts";
import { createWebGpuBackend, type WebGpuBackend } from "./webgpu.ts";

const gpu = await gpuForTests();

/** A seeded stream of numbers between −2 and 2 that are exact in f32. */
function numbers(seed: number, size: number): Float64Array {
  const stream = random(seed);
  return Float64Array.from({ length: size }, () => Math.fround(4 * stream.uniform() - 2));
}

/** The largest distance from the float64 reference, over the largest entry. */
async function distance<A extends Attributes>(
  backend: WebGpuBackend, kernel: Kernel<A>, shapes: readonly Shape[], attributes: A, accumulate: boolean,
): Promise<number> {
  const inputs = shapes.map((shape, i) => numbers(i, sizeOf(shape)));
  const rules = kernel.outputs(shapes, attributes);
  const before = rules.map(({ shape }, i) => numbers(10 + i, sizeOf(shape)));
  const operand = (shape: Shape, adds: boolean) => ({ shape, size: sizeOf(shape), dtype: "f32" as const, accumulate: adds });
  const wanted = before.map((values) => values.slice());
  kernel.reference(inputs, wanted, {
    inputs: shapes.map((shape) => operand(shape, false)),
    outputs: rules.map(({ shape }) => operand(shape, accumulate)),
    attributes,
  });
  const targets = rules.map(({ shape }, i) => ({ tensor: tensor(backend, shape, before[i]!), accumulate }));
  const made = launch(kernel, inputs.map((values, i) => tensor(backend, shapes[i]!, values)), attributes, targets);
  const got: Numbers[] = await Promise.all(made.map(read));
  const largest = Math.max(...wanted.map((values) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0)));
  const worst = (values: Float64Array, i: number): number => values.reduce((most, v, j) => Math.max(most, Math.abs(got[i]![j]! - v)), 0);
  return Math.max(...wanted.map(worst)) / largest;
}

type Transposes = { transposeA: boolean; transposeB: boolean };
const shapesOf = (m: number, n: number, k: number, { transposeA, transposeB }: Transposes): Shape[] =>
  [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]];
const both = [false, true];
const transposes: readonly Transposes[] = both.flatMap((transposeA) => both.map((transposeB) => ({ transposeA, transposeB })));

type Sizes = readonly (readonly [m: number, n: number, k: number])[];

/** Sizes at which tiles, vectors and workgroups end in the middle, or just do not. The last three take large tiles. */
const flatSizes: Sizes = [[64, 64, 32], [33, 66, 21], [1, 70, 33], [3, 5, 2], [256, 256, 8], [261, 258, 9], [132, 260, 10]];
/** A tiled program takes a software adapter a second to compile, so each case has one: with numbers in fours, or without. */
const inFours: Sizes = [[36, 40, 20]];
const odd: Sizes = [[35, 38, 18]];

const products: Readonly<Record<Variant, readonly { readonly transposes: Transposes; readonly sizes: Sizes }[]>> = {
  flat: transposes.map((each) => ({ transposes: each, sizes: flatSizes })),
  tiled: [{ transposes: transposes[0]!, sizes: odd }, { transposes: transposes[3]!, sizes: inFours }],
};

describe.skipIf(!gpu).each<Variant>(["flat", "tiled"])("the %s shaders", (variant) => {
  let backend: WebGpuBackend;

  beforeEach(async () => {
    backend = await createWebGpuBackend({ gpu: gpu!, variant });
  });

  afterEach(() => {
    expect(backend.uncapturedErrors).toBe(0);
    backend.close();
  });

  test.each(products[variant])("multiply matrices, a transposed: $transposes.transposeA, b: $transposes.transposeB", async ({ transposes: attributes, sizes }) => {
    for (const [m, n, k] of sizes) {
      const accumulate = m % 2 === 1;
      const off = await distance(backend, matmulKernel, shapesOf(m, n, k, attributes), attributes, accumulate);
      expect(off, `${m}×${n}×${k}`).toBeLessThan(2e-6);
    }
  });

  test("add bias and residual at the edges of tiles", async () => {
    for (const [m, n, k] of variant === "flat" ? flatSizes : inFours) {
      const shapes = [[m, k], [n, k], [n], [m, n]];
      expect(await distance(backend, linearKernel, shapes, { bias: true, residual: true }, false), `${m}×${n}×${k}`).toBeLessThan(2e-6);
    }
  });

  test("turn pairs of columns as the product is stored", async () => {
    for (const bias of [true, false]) {
      const shapes = [[2, 35, 20], [96, 20], [40, 16], ...(bias ? [[96]] : [])];
      expect(await distance(backend, linearRopeKernel, shapes, { nHeads: 2, nKvHeads: 2 }, false)).toBeLessThan(2e-6);
    }
  });

  test("sum the bias's gradient along with the weight's", async () => {
    for (const [m, n, k] of variant === "flat" ? flatSizes : odd) {
      const off = await distance(backend, linearWeightGradientKernel, [[k, n], [k, m]], { bias: true }, n % 2 === 1);
      expect(off, `${m}×${n}×${k}`).toBeLessThan(2e-6);
    }
  });

  test("sum over rows as the reference does", async () => {
    const rows: readonly (readonly [number, number])[] = variant === "flat" ? [[70, 8], [130, 6]] : [[70, 8]];
    for (const [n, d] of rows) {
      const layer = await distance(backend, layerNormGradientKernel, [[n, d], [d], [n, 2], [n, d]], {}, d === 8);
      expect(layer, `layerNorm ${n}×${d}`).toBeLessThan(2e-6);
      const rms = await distance(backend, rmsNormGradientKernel, [[n, d], [d], [n], [n, d]], {}, d === 6);
      expect(rms, `rmsNorm ${n}×${d}`).toBeLessThan(2e-6);
    }
    expect(await distance(backend, squaredNormKernel, [[9000]], {}, false)).toBeLessThan(2e-6);
    const targets = tensor(backend, [130], Int32Array.from({ length: 130 }, (_, i) => (i % 3 ? i : -100)), "i32");
    const losses = tensor(backend, [130], numbers(1, 130));
    const wanted = numbers(1, 130).filter((_, i) => i % 3).reduce((sum, v) => sum + v, 0) / 86;
    expect((await read(launch(meanWhereKernel, [losses, targets], {})[0]!))[0]).toBeCloseTo(wanted, 5);
    const each = await read(launch(meanWhereGradientKernel, [targets, tensor(backend, [1], [8.6])], {})[0]!);
    expect(Array.from(each).every((v, i) => Math.abs(v - (i % 3 ? 0.1 : 0)) < 1e-7)).toBe(true);
  });

  test("count a gradient that is not finite by its bits, and let the step change nothing", async () => {
    const g = tensor(backend, [8], [1, Number.NaN, Infinity, -Infinity, 3.4e38, 0, 1e-45, 2]);
    const partials = launch(squaredNormKernel, [g], {})[0]!;
    expect((await read(partials))[1]).toBe(3);
    const clip = launch(clipFactorKernel, [partials], { maxNorm: 1 })[0]!;
    expect(Array.from(await read(clip)).map((v, i) => (i === 1 ? 0 : v))).toEqual([0, 0, 3, 0]);
  });
});
