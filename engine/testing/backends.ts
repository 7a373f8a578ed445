import type { Backend } from "../backend.ts";
import { createCpuBackend } from "../backends/cpu/cpuBackend.ts";
import { loadWasm } from "../backends/cpu/loadNode.ts";
import { createReferenceBackend } from "../backends/reference/referenceBackend.ts";
import { createWebGpuBackend } from "../backends/webgpu/webgpu.ts";
import { gpuForTests } from "./webgpuNode.ts";

/** The backends that tests of whole models run on, by name. A factory resolves to null where the machine lacks what it needs. */
export const backends: Readonly<Record<string, () => Promise<Backend | null>>> = {
  reference: () => Promise.resolve(createReferenceBackend()),
  cpu: async () => createCpuBackend({ wasm: await loadWasm() }),
  webgpu: async () => {
    const gpu = await gpuForTests();
    return gpu && createWebGpuBackend({ gpu });
  },
};
