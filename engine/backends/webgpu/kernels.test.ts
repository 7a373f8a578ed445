import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Attributes, Dtype, Kernel, Numbers, Shape } from "../../kernel.ts";
import { sizeOf } from "../../kernel.ts";
import { attentionGradientKernel, attentionKernel } from "../../ops/attention.ts";
import { random } from "../../random.ts";
import { launch, type Tensor, tensor } from "../../tensor.ts";
import { gpuForTests } from "../../testing/webgpuNode.ts";
import type { Variant } from "./pipelines.ts";
import { createWebGpuBackend, type WebGpuBackend } from "./webgpu.ts";

const gpu = await gpuForTests();

interface Case {
  readonly kernel: Kernel;
  readonly inputs: readonly { readonly shape: Shape; readonly values: Numbers; readonly dtype: Dtype }[];
  readonly attributes: Attributes;
}

const modules = import.meta.glob<Record<string, unknown>>("../../ops/*.ts", { eager: true });
const isKernel = (value: unknown): value is Kernel => typeof value === "object" && value !== null && "reference" in value;
const kernels = Object.entries(modules)
  .filter(([path]) => !path.endsWith(".test.ts"))
  .flatMap(([, module]) => Object.values(module))
  .filter(isKernel);

/** A fresh seeded stream of numbers between −2 and 2, already rounded to f32. */
function numbers(seed: number, size: number): Float64Array {
  const stream = random(seed);
  return Float64Array.from({ length: size }, () => Math.fround(4 * stream.uniform() - 2));
}

function casesOf(kernel: Kernel): Case[] {
  return kernel.samples.map(({ inputs, attributes, integers }, s) => ({
    kernel,
    attributes: attributes ?? {},
    inputs: inputs.map((shape, i) => {
      const values = numbers(100 * s + i, sizeOf(shape));
      const bound = integers?.[i];
      if (bound === undefined) return { shape, values, dtype: "f32" };
      return { shape, values: Int32Array.from(values, (v) => Math.floor(((v + 2) / 4) * bound)), dtype: "i32" };
    }),
  }));
}

/** What a kernel's reference makes of a case in float64, on outputs that hold `before`. */
function expected({ kernel, inputs, attributes }: Case, before: readonly Float64Array[], accumulate: boolean): Float64Array[] {
  const rules = kernel.outputs(inputs.map((x) => x.shape), attributes);
  const outputs = before.map((values) => values.slice());
  const operand = (shape: Shape, dtype: Dtype, adds: boolean) => ({ shape, size: sizeOf(shape), dtype, accumulate: adds });
  kernel.reference(inputs.map((x) => x.values), outputs, {
    inputs: inputs.map((x) => operand(x.shape, x.dtype, false)),
    outputs: rules.map((rule) => operand(rule.shape, rule.dtype ?? "f32", accumulate)),
    attributes,
  });
  return outputs;
}

async function check(backend: WebGpuBackend, given: Case, accumulate: boolean): Promise<void> {
  const { kernel, inputs, attributes } = given;
  const rules = kernel.outputs(inputs.map((x) => x.shape), attributes);
  // Not negative: second moments are among the outputs updated in place.
  const before = rules.map((rule, i) => numbers(7 + i, sizeOf(rule.shape)).map(Math.abs));
  const targets = rules.map((rule, i) => ({ tensor: tensor(backend, rule.shape, before[i]!), accumulate }));
  const made = launch(kernel, inputs.map((x) => tensor(backend, x.shape, x.values, x.dtype)), attributes, targets);
  const wanted = expected(given, before, accumulate);
  for (const [i, want] of wanted.entries()) expectClose(`${kernel.name} output ${i}`, await read(made[i]!), want);
}

const read = (x: Tensor): Promise<Numbers> => x.backend.read(x.buffer);

function expectClose(what: string, got: Numbers, want: Float64Array): void {
  const largest = want.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const worst = want.reduce((most, v, i) => Math.max(most, Math.abs(got[i]! - v)), 0);
  expect(Number.isFinite(worst) && worst <= 1e-5 * Math.max(1, largest), `${what}: off by ${worst} of ${largest}`).toBe(true);
}

/** Shapes at which edges of tiles, vectors and workgroups lie differently from the samples. */
function attentionGradientCases(): Case[] {
  return attentionKernel.samples.map(({ inputs, attributes }, s) => {
    const qkv = { shape: inputs[0]!, values: numbers(s, sizeOf(inputs[0]!)), dtype: "f32" as const };
    const forward: Case = { kernel: attentionKernel as unknown as Kernel, inputs: [qkv], attributes: attributes! };
    const rules = attentionKernel.outputs([qkv.shape], attributes!);
    const [out, logSumExp] = expected(forward, rules.map((rule) => new Float64Array(sizeOf(rule.shape))), false);
    const shapes = [rules[0]!.shape, rules[1]!.shape, rules[0]!.shape];
    const values = [out!, logSumExp!, numbers(50 + s, out!.length)];
    return {
      kernel: attentionGradientKernel as unknown as Kernel,
      attributes: attributes!,
      inputs: [qkv, ...values.map((v, i) => ({ shape: shapes[i]!, values: v, dtype: "f32" as const }))],
    };
  });
}

function optimizerCases(): Case[] {
  const find = (name: string): Kernel => kernels.find((kernel) => kernel.name === name)!;
  const f32 = (shape: Shape, values: Numbers) => ({ shape, values, dtype: "f32" as const });
  const adamW = [256, 77].map((n): Case => ({
    kernel: find("adamW"),
    attributes: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, decayLength: 64 },
    inputs: [f32([n], numbers(1, n)), f32([4], Float64Array.of(0.5, 2, 0, 0)), f32([4], Float64Array.of(1e-3, 0.1, 0.05, 0))],
  }));
  const targets = { shape: [9], values: Int32Array.of(0, 3, -100, 20, 1, 2, -100, 5, 6), dtype: "i32" as const };
  const p = numbers(3, 9 * 21).map((v) => Math.abs(v) / 2);
  return [
    ...adamW,
    { kernel: find("clipFactor"), attributes: { maxNorm: 1 }, inputs: [f32([30, 2], numbers(2, 60).map((v, i) => (i % 2 ? 0 : Math.abs(v))))] },
    { kernel: find("pickLog"), attributes: {}, inputs: [f32([9, 21], p), targets] },
    { kernel: find("pickLogGradient"), attributes: {}, inputs: [f32([9, 21], p), targets, f32([9], numbers(4, 9))] },
    { kernel: find("crossEntropyGradient"), attributes: {}, inputs: [f32([9, 24], numbers(5, 216)), f32([9], numbers(6, 9)), targets, f32([9], numbers(4, 9))] },
    { kernel: find("meanWhereGradient"), attributes: {}, inputs: [targets, f32([1], Float64Array.of(3))] },
  ];
}

const larger: Readonly<Record<string, readonly { inputs: readonly Shape[]; attributes: Attributes }[]>> = {
  matmul: [
    { inputs: [[100, 70], [70, 130]], attributes: { transposeA: false, transposeB: false } },
    { inputs: [[96, 64], [128, 64]], attributes: { transposeA: false, transposeB: true } },
    { inputs: [[67, 101], [67, 65]], attributes: { transposeA: true, transposeB: false } },
    { inputs: [[64, 64], [64, 64]], attributes: { transposeA: true, transposeB: true } },
  ],
  linear: [{ inputs: [[70, 36], [72, 36], [72], [70, 72]], attributes: { bias: true, residual: true } }],
  linearWeightGradient: [{ inputs: [[70, 72], [70, 132]], attributes: { bias: true } }],
};

describe.skipIf(!gpu).each<Variant>(["flat", "tiled"])("the %s shaders", (variant) => {
  let backend: WebGpuBackend;
  // A device a test: a shader that does not compile ends its device, and should not fail the other kernels.
  beforeEach(async () => {
    backend = await createWebGpuBackend({ gpu: gpu!, variant });
  });
  afterEach(() => {
    expect(backend.uncapturedErrors).toBe(0);
    backend.close();
  });

  const mine = kernels.filter((kernel) => kernel.wgsl?.[variant] || variant === "flat");

  test.each(mine.map((kernel) => ({ name: kernel.name, kernel })))("$name equals its float64 reference", async ({ kernel }) => {
    const added = casesOf({ ...kernel, samples: larger[kernel.name] ?? [] }).map((given) => ({ ...given, kernel }));
    for (const given of [...casesOf(kernel), ...added]) {
      await check(backend, given, false);
      if (kernel.accumulates) await check(backend, given, true);
    }
  });

  test("attention's gradient equals its float64 reference where out and logSumExp belong to qkv", async () => {
    for (const given of attentionGradientCases()) await check(backend, given, false);
  });

  test("kernels whose inputs cannot be random equal their float64 references", async () => {
    for (const given of optimizerCases()) await check(backend, given, false);
  });

  test("a gradient that is not finite is counted by its bits and leaves the parameters alone", async () => {
    const find = (name: string): Kernel => kernels.find((kernel) => kernel.name === name)!;
    const g = tensor(backend, [8], [1, Number.NaN, Infinity, -Infinity, 3.4e38, 0, 1e-45, 2]);
    const partials = launch(find("squaredNorm"), [g], {})[0]!;
    expect((await read(partials))[1]).toBe(3);
    const clip = launch(find("clipFactor"), [partials], { maxNorm: 1 })[0]!;
    expect((await read(clip))[0]).toBe(0);
    expect((await read(clip))[2]).toBe(3);
  });
});
