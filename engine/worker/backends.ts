import type { Backend } from "../backend.ts";
import type { Adapter } from "../backends/webgpu/adapter.ts";

/** A backend on the GPU, and what it says of itself. */
export interface GpuBackend extends Backend {
  readonly description?: string;
  readonly software?: boolean;
  readonly uncapturedErrors?: number;
  /** Measures the variants of the kernels used so far; true where others are taken from now on. */
  tune?(): Promise<boolean>;
}

/** Makes a backend of each kind. Tests pass their own. */
export interface BackendFactories {
  cpu(): Promise<Backend>;
  /** `tuned`: what was measured on adapters another time; what is measured now is told. */
  webgpu(tuned: string | null, onTuned: (text: string) => void): Promise<GpuBackend>;
  /** What adapter there would be, without taking it; null where there is none. */
  survey(): Promise<Adapter | null>;
}

/** The real ones; each is loaded when a task first asks for tensors. */
export const backendFactories: BackendFactories = {
  async cpu() {
    const [{ createCpuBackend }, wasm] = await Promise.all([import("../backends/cpu/cpuBackend.ts"), compileKernels()]);
    return createCpuBackend(wasm ? { wasm } : {});
  },
  async webgpu(tuned, onTuned) {
    const { gpu } = navigator;
    if (!gpu) throw new Error("this browser offers no WebGPU here");
    const { createWebGpuBackend } = await import("../backends/webgpu/webgpu.ts");
    return createWebGpuBackend({ gpu, tuned, onTuned, onUncapturedError: (message) => console.error(message) });
  },
  async survey() {
    const { gpu } = navigator;
    return gpu ? (await import("../backends/webgpu/adapter.ts")).surveyAdapter(gpu) : null;
  },
};

/** The compiled WASM kernels, an asset of the bundle; without them the CPU backend runs its references, slowly but rightly. */
async function compileKernels(): Promise<WebAssembly.Module | null> {
  try {
    const response = await fetch(new URL("../../node_modules/.cache/glassbox/kernels.wasm", import.meta.url));
    return response.ok ? await WebAssembly.compile(await response.arrayBuffer()) : null;
  } catch {
    return null;
  }
}
