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

/** A product, one invocation an element, that is off by `error`. */
const product = (error: number): Program =>
  perElement(size * size, `var sum = ${error}.0f;
  for (var k = 0u; k < ${size}u; k++) { sum += a0[i / ${size}u * ${size}u + k] * a1[k * ${size}u + i % ${size}u]; }
  out0[i] = sum;`);

interface Given {
  readonly program: Program;
  /** Milliseconds that the clock moves on while the backend finishes. */
  readonly takes: number;
}

test.skipIf(!gpu).each<[string, Variant, Given, Given]>([
  ["the faster one when both are right", "tiled", { program: product(0), takes: 8 }, { program: product(0), takes: 4 }],
  ["flat when tiled is hardly faster", "flat", { program: product(0), takes: 8 }, { program: product(0), takes: 7.6 }],
  ["flat when tiled is faster but wrong", "flat", { program: product(0), takes: 8 }, { program: product(1), takes: 1 }],
  ["flat when tiled does not compile", "flat", { program: product(0), takes: 8 }, { program: { code: "fn main() { nonsense }", workgroups: 1 }, takes: 1 }],
])("chooses %s", async (_, wanted, flat, tiled) => {
  const backend = await createWebGpuBackend({ gpu: gpu! });
  const given = { flat, tiled };
  const used: Variant[] = [];
  let clock = 0;
  // The backend itself stays flat: whatever is to be used stands in for the kernel.
  const kernels = { flat: { ...matmulKernel, wgsl: { flat: () => flat.program } }, tiled: { ...matmulKernel, wgsl: { flat: () => tiled.program } } };
  const { run, finish } = backend;
  backend.run = (_kernel, inputs, outputs, attributes) => run(kernels[used.at(-1)!] as never, inputs, outputs, attributes);
  backend.finish = () => {
    clock += given[used.at(-1)!].takes;
    return finish();
  };
  expect(await fasterVariant(backend, (variant) => void used.push(variant), matmulKernel, size, () => clock)).toBe(wanted);
  expect(used).toEqual(["flat", "tiled", wanted]);
  expect(backend.counts.bytesLive).toBe(0);
  backend.close();
});

test.skipIf(!gpu)("a software adapter stays flat without measuring", async () => {
  const backend = await createWebGpuBackend({ gpu: gpu! });
  if (backend.software) expect([backend.variant, backend.counts.launches]).toEqual(["flat", 0]);
  backend.close();
});
