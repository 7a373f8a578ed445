import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend, BufferOperand } from "../backend.ts";
import { testBackends } from "../backends/testBackends.ts";
import { type Attributes, type Dtype, type Kernel, type Launch, type Numbers, type Shape, sizeOf } from "../kernel.ts";
import { type Case, draw, type OpCases, positive, type Values } from "../testing/opCases.ts";
import { attentionKernel } from "./attention.ts";

const modules = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts"], { eager: true });
const isKernel = (value: unknown): value is Kernel =>
  typeof value === "object" && value !== null && "reference" in value && "examples" in value;
const kernels = Object.values(modules).flatMap((module) => Object.values(module).filter(isKernel));

const further = Object.values(import.meta.glob<{ cases: OpCases }>("./testCases/*.ts", { eager: true })).map((module) => module.cases);

const seedOf = (text: string): number => [...text].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) >>> 0, 7);

/** Kernels whose inputs must fit together: random ones would mean nothing. */
const derived: Readonly<Record<string, () => readonly Case[]>> = {
  attentionGradient: () =>
    attentionKernel.samples.map(({ inputs, attributes }, i) => {
      const qkv = draw(inputs[0]!, 100 + i);
      const rules = attentionKernel.outputs(inputs, attributes!);
      const saved = rules.map(({ shape }) => ({ shape, dtype: "f32" as const, values: new Float64Array(sizeOf(shape)) }));
      const launch = { ...launchOf([qkv], saved, {}, false), attributes: attributes! };
      attentionKernel.reference([qkv.values], saved.map((x) => x.values), launch);
      const rounded = saved.map((x) => ({ ...x, values: x.values.map(Math.fround) }));
      const dOut = draw(saved[0]!.shape, 200 + i);
      const plain = { title: `qkv ${JSON.stringify(inputs[0])}`, inputs: [qkv, ...rounded, dOut], attributes: attributes! };
      const dHead = saved[0]!.shape[2]! / (attributes!.nHeads as number);
      if (dHead % 8 !== 0) return [plain];
      return [plain, { ...plain, title: `${plain.title}, to be turned back`, inputs: [...plain.inputs, draw([inputs[0]![1]!, dHead], 300 + i)] }];
    }).flat(),
  adamW: () => [0, 100, 203].map((decayLength) => {
    const attributes = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, decayLength };
    const hyper = { shape: [4], dtype: "f32" as const, values: Float64Array.of(0.01, 0.19, 0.0199, 0).map(Math.fround) };
    const clip = { shape: [4], dtype: "f32" as const, values: Float64Array.of(0.5, 2, 0, 0) };
    const before = [draw([203], 1).values, draw([203], 2).values, positive(draw([203], 3)).values];
    return { title: `decay of ${decayLength} in 203`, inputs: [draw([203], 4), clip, hyper], attributes, before };
  }),
  clipFactor: () =>
    [0, 1].map((maxNorm) => ({ title: `norm at most ${maxNorm}`, inputs: [positive(draw([7, 2], 5))], attributes: { maxNorm } })),
  pickLog: () => [{ title: "positive", inputs: [positive(draw([6, 9], 6)), draw([6], 7, 9)], attributes: {} }],
  pickLogGradient: () => [{ title: "positive", inputs: [positive(draw([6, 9], 6)), draw([6], 7, 9), draw([6], 8)], attributes: {} }],
  ...Object.assign({}, ...further.map((cases) => cases.derived ?? {})),
};

function casesOf(kernel: Kernel): readonly Case[] {
  const sampled = kernel.samples.map(({ inputs, attributes, integers }, i) => ({
    title: `${JSON.stringify(inputs)} ${JSON.stringify(attributes ?? {})}`,
    inputs: inputs.map((shape, j) => draw(shape, seedOf(kernel.name) + 17 * i + j, integers?.[j])),
    attributes: attributes ?? {},
  }));
  return [...sampled, ...(derived[kernel.name]?.() ?? [])];
}

const operandOf = ({ shape, dtype }: Values, accumulate: boolean): { shape: Shape; size: number; dtype: Dtype; accumulate: boolean } =>
  ({ shape, size: sizeOf(shape), dtype, accumulate });
const launchOf = (inputs: readonly Values[], outputs: readonly Values[], attributes: Attributes, accumulate: boolean): Launch =>
  ({ inputs: inputs.map((x) => operandOf(x, false)), outputs: outputs.map((x) => operandOf(x, accumulate)), attributes });

function outputsOf(kernel: Kernel, { inputs, attributes, before }: Case): readonly Values[] {
  return kernel.outputs(inputs.map((x) => x.shape), attributes).map(({ shape, dtype = "f32" }, i) =>
    before ? { shape, dtype, values: before[i]! } : draw(shape, 900 + i, dtype === "i32" ? 100 : undefined));
}

async function runOn(
  backend: Backend, kernel: Kernel, inputs: readonly Values[], outputs: readonly Values[], attributes: Attributes, accumulate: boolean,
): Promise<Numbers[]> {
  const place = (x: Values, accumulates: boolean): BufferOperand => {
    const buffer = backend.allocate(x.values.length, x.dtype);
    backend.write(buffer, x.values);
    return { ...operandOf(x, accumulates), buffer };
  };
  const ins = inputs.map((x) => place(x, false)), outs = outputs.map((x) => place(x, accumulate));
  backend.run(kernel, ins, outs, attributes);
  const results = await Promise.all(outs.map((x) => backend.read(x.buffer)));
  [...ins, ...outs].forEach((x) => backend.free(x.buffer));
  return results;
}

/** Kernels that are sums of products, and how many each of them adds up. */
const products: Readonly<Record<string, (inputs: readonly Values[], attributes: Attributes) => number>> = {
  matmul: ([a], { transposeA }) => a!.shape[transposeA ? 0 : 1]!,
  linear: ([x]) => x!.shape.at(-1)! + 2,
  linearWeightGradient: ([x]) => x!.shape[0]!,
  attentionMix: ([pattern]) => pattern!.shape[3]!,
  ...Object.assign({}, ...further.map((cases) => cases.products ?? {})),
};

/** Kernels that are several sums in a row, each with its own rounding. */
const slack: Readonly<Record<string, number>> = { attentionGradient: 4 };

/**
 * How far each element may be off. Sums of k products: 2 γ_k Σ|a||b| with γ_k = k u / (1 − k u), u = 2⁻²⁴ (Higham 2002, section 3.5).
 * All others: `ulps` (times slack) · u · (|r| + what was there before + the root mean square of the output), for sums within
 * a row cancel.
 */
function tolerance(
  kernel: Kernel, { inputs, attributes }: Case, outputs: readonly Values[], expected: readonly Numbers[], accumulate: boolean, ulps: number,
): Float64Array[] {
  const u = 2 ** -24;
  const terms = products[kernel.name]?.(inputs, attributes);
  const bounds = outputs.map((output, i) => {
    const r = expected[i]!;
    const typical = Math.sqrt(Array.from(r, (value) => value * value).reduce((sum, square) => sum + square, 0) / r.length);
    const before = (j: number): number => (accumulate ? Math.abs(output.values[j]!) : 0);
    return Float64Array.from(r, (value, j) => ulps * (slack[kernel.name] ?? 1) * u * (Math.abs(value) + before(j) + typical));
  });
  if (terms === undefined || ulps === 0) return bounds;
  const sizes = inputs.map((x) => ({ ...x, values: (x.values as Float64Array).map(Math.abs) }));
  const sums = outputs.map((x) => ({ ...x, values: (x.values as Float64Array).map(Math.abs) }));
  kernel.reference(sizes.map((x) => x.values), sums.map((x) => x.values), launchOf(sizes, sums, attributes, accumulate));
  const gamma = ((terms + 1) * u) / (1 - (terms + 1) * u);
  return sums.map(({ values }) => values.map((sum) => 2 * gamma * sum));
}

for (const { name, ulps, create } of testBackends) {
  describe(`on the ${name} backend`, () => {
    let backend: Backend;
    beforeAll(async () => { backend = await create(); });
    afterAll(() => backend.close());

    for (const kernel of kernels) {
      kernel.examples.forEach((example, i) => {
        test(`${kernel.name} gives the numbers of its worked example ${i + 1}`, async () => {
          const inputs = example.inputs.map(({ shape, values, dtype = "f32" }) => ({ shape, dtype, values: Float64Array.from(values) }));
          const attributes = example.attributes ?? {};
          const outputs = outputsOf(kernel, { title: "", inputs, attributes });
          const results = await runOn(backend, kernel, inputs, outputs, attributes, false);
          expect(results.length).toBe(example.outputs.length);
          results.forEach((result, j) => {
            expect(result.length).toBe(example.outputs[j]!.length);
            // Float64 must meet integers exactly, and everybody zeros; the rest holds to float32's precision.
            example.outputs[j]!.forEach((value, k) => {
              const exact = Number.isInteger(value) && name === "reference";
              expect(Math.abs(result[k]! - value)).toBeLessThanOrEqual(exact ? 0 : 4e-7 * Math.abs(value));
            });
          });
        });
      });

      for (const sample of casesOf(kernel)) {
        for (const accumulate of kernel.accumulates ? [false, true] : [false]) {
          test(`${kernel.name} ${accumulate ? "adds" : "leaves"} what the float64 reference does: ${sample.title}`, async () => {
            const outputs = outputsOf(kernel, sample);
            const expected = outputs.map((x) => x.values.slice());
            kernel.reference(sample.inputs.map((x) => x.values), expected, launchOf(sample.inputs, outputs, sample.attributes, accumulate));
            const bounds = tolerance(kernel, sample, outputs, expected, accumulate, ulps);
            const results = await runOn(backend, kernel, sample.inputs, outputs, sample.attributes, accumulate);
            results.forEach((result, i) => {
              // Written so that NaN counts as wrong.
              const at = result.findIndex((value, j) => !(Math.abs(value - expected[i]![j]!) <= bounds[i]![j]!));
              expect(at, `output ${i}[${at}] is ${result[at]}, the reference says ${expected[i]![at]}, allowed ${bounds[i]![at]}`).toBe(-1);
            });
          });
        }
      }
    }
  });
}

test("every kernel has an example or a random case", () => {
  const untested = kernels.filter((kernel) => kernel.examples.length === 0 && casesOf(kernel).length === 0).map((kernel) => kernel.name);
  expect(kernels.length).toBeGreaterThan(20);
  expect(untested).toEqual([]);
});
