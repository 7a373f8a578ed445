import { expect, test } from "vitest";
import type { Program } from "../../kernel.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import { gpuForTests } from "../../testing/webgpuNode.ts";
import { perElement } from "../../wgsl.ts";
import { fasterVariant } from "./autotune.ts";
import type { Variant } from "./pipelines.ts";
import { createWebGpuBackend } from "./webgpu.ts";

const gpu = await gpuForTests();
const size = 32;

/** A product, one invocation an element, that does its work `times` times and is off by `error`. */
const product = (times: number, error: number): Program =>
  perElement(size * size, `var sum = 0.0f;
  for (var again = 0u; again < ${times}u; again++) {
    sum = ${error}.0f;
    for (var k = 0u; k < ${size}u; k++) { sum += a0[i / ${size}u * ${size}u + k] * a1[k * ${size}u + i % ${size}u]; }
    if (sum > 1e30f) { break; }
  }
  out0[i] = sum;`);

test.skipIf(!gpu).each<[string, Variant, Program, Program]>([
  ["the faster one when both are right", "tiled", product(10, 0), product(1, 0)],
  ["flat when tiled is not faster", "flat", product(1, 0), product(10, 0)],
  ["flat when tiled is faster but wrong", "flat", product(10, 0), product(1, 1)],
  ["flat when tiled does not compile", "flat", product(10, 0), { code: "fn main() { nonsense }", workgroups: 1 }],
])("chooses %s", async (_, wanted, flat, tiled) => {
  const backend = await createWebGpuBackend({ gpu: gpu! });
  const used: Variant[] = [];
  let current: Variant = "flat";
  const use = (variant: Variant): void => {
    current = variant;
    used.push(variant);
  };
  // The backend itself stays flat: whatever is to be used stands in for the kernel.
  const kernels = { flat: { ...matmulKernel, wgsl: { flat: () => flat } }, tiled: { ...matmulKernel, wgsl: { flat: () => tiled } } };
  const run = backend.run;
  backend.run = (_kernel, inputs, outputs, attributes) => run(kernels[current] as never, inputs, outputs, attributes);
  expect(await fasterVariant(backend, use, matmulKernel, size)).toBe(wanted);
  expect(used).toEqual(["flat", "tiled", wanted]);
  expect(backend.counts.bytesLive).toBe(0);
  backend.close();
});

test.skipIf(!gpu)("a software adapter stays flat without measuring", async () => {
  const backend = await createWebGpuBackend({ gpu: gpu! });
  if (backend.software) expect([backend.variant, backend.counts.launches]).toEqual(["flat", 0]);
  backend.close();
});
