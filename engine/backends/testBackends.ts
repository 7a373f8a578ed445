import type { Backend } from "../backend.ts";
import { createCpuBackend } from "./cpu/cpuBackend.ts";
import { loadWasm } from "./cpu/loadNode.ts";
import { phoneGpu } from "../testing/phoneGpu.ts";
import { gpuForTests } from "../testing/webgpuNode.ts";
import { createReferenceBackend } from "./reference/referenceBackend.ts";
import { createWebGpuBackend } from "./webgpu/webgpu.ts";

/** A backend that the generic tests of ops hold to the float64 reference. */
export interface TestBackend {
  readonly name: string;
  /** How many units in the last place (2⁻²⁴ relative) an element may be off; see `tolerance` in ops.test.ts. */
  readonly ulps: number;
  create(): Promise<Backend>;
}

const gpu = await gpuForTests();

export const testBackends: readonly TestBackend[] = [
  { name: "reference", ulps: 0, create: () => Promise.resolve(createReferenceBackend()) },
  { name: "cpu", ulps: 16, create: async () => createCpuBackend({ wasm: await loadWasm() }) },
  { name: "cpu without WebAssembly", ulps: 16, create: () => createCpuBackend() },
  // A shader's exp may be off by 3 + 2|x| units, and its sums run in another order. With a phone's limits: no op may need more.
  ...(gpu ? [{ name: "webgpu", ulps: 32, create: () => createWebGpuBackend({ gpu: phoneGpu(gpu) }) }] : []),
];
