import { describe, expect, it } from "vitest";
import type { Backend } from "../backend.ts";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { createWebGpuBackend } from "../backends/webgpu/webgpu.ts";
import { packMatrix, uploadPacked } from "../quantize/packedMatrix.ts";
import { random } from "../random.ts";
import { tensor } from "../tensor.ts";
import { gpuForTests } from "../testing/webgpuNode.ts";
import { packedLinear } from "./packedLinear.ts";

const gpu = await gpuForTests();
const draw = random(8);
const normal = (count: number): Float32Array => Float32Array.from({ length: count }, () => draw.normal());

type Sizes = readonly [rows: number, n: number, k: number];

/** y = x Wᵀ on packed weights. */
async function product(backend: Backend, x: Float32Array, weights: Float32Array, size: Sizes, bits: 4 | 8): Promise<Float64Array> {
  const [rows, n, k] = size;
  const matrix = uploadPacked(backend, packMatrix(weights, [n, k], { bits, group: 32 }));
  return Float64Array.from(await backend.read(packedLinear(tensor(backend, [rows, k], x), matrix).buffer));
}

describe.each([4, 8] as const)("products on %i-bit weights", (bits) => {
  const sizes = [[1, 70, 344], [3, 9, 1024]] as const;

  it.skipIf(!gpu)("are the same with a workgroup a row, as real GPUs run them", async () => {
    const backend = await createWebGpuBackend({ gpu: gpu!, variant: "tiled" });
    for (const size of sizes) {
      const x = normal(size[0] * size[2]), weights = normal(size[1] * size[2]);
      const expected = await product(createReferenceBackend(), x, weights, size, bits);
      (await product(backend, x, weights, size, bits)).forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-3));
    }
    backend.close();
  });

  it("round any x to 16 bits in WebAssembly: off by less than 2⁻¹⁵ of its largest times the weights of a row", async () => {
    const backend = await createCpuBackend({ wasm: await loadWasm() });
    for (const size of sizes) {
      for (const scale of [1, 1e-20, 1e20, 0]) {
        const x = normal(size[0] * size[2]).map((value) => value * scale), weights = normal(size[1] * size[2]);
        const most = Math.max(...x.map(Math.abs));
        const expected = await product(createReferenceBackend(), x, weights, size, bits);
        (await product(backend, x, weights, size, bits)).forEach((value, i) => {
          expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(most * 2 ** -15 * size[2]);
        });
      }
    }
    const [rows, , k] = sizes[0];
    const broken = await product(backend, new Float32Array(rows * k).fill(NaN), normal(70 * 344), sizes[0], bits);
    expect(broken.every(Number.isNaN)).toBe(true);
    backend.close();
  });
});
