import type { Backend } from "../backend.ts";
import type { BackendChoice, BackendKind } from "./protocol.ts";

export interface ChosenBackend {
  readonly backend: Backend;
  readonly kind: BackendKind;
  /** Why it is not the one that was asked for. */
  readonly note?: string;
}

/** Makes a backend of each kind. Tests pass their own. */
export interface BackendFactories {
  cpu(): Promise<Backend>;
  webgpu(): Promise<Backend>;
}

/** The real ones; each is loaded when a task first asks for tensors. */
export const backendFactories: BackendFactories = {
  async cpu() {
    const [{ createCpuBackend }, wasm] = await Promise.all([import("../backends/cpu/cpuBackend.ts"), compileKernels()]);
    return createCpuBackend(wasm ? { wasm } : {});
  },
  async webgpu() {
    const { gpu } = navigator;
    if (!gpu) throw new Error("this browser offers no WebGPU here");
    const { createWebGpuBackend } = await import("../backends/webgpu/webgpu.ts");
    return createWebGpuBackend({ gpu });
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

/**
 * Opens the backend that a run asked for. `auto` is the CPU: it starts at once, and it beats a software adapter by far.
 * A GPU that cannot be had becomes the CPU with a note, never an error.
 */
export async function openBackend(choice: BackendChoice, factories: BackendFactories): Promise<ChosenBackend> {
  if (choice !== "webgpu") return { backend: await factories.cpu(), kind: "cpu" };
  try {
    return { backend: await factories.webgpu(), kind: "webgpu" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { backend: await factories.cpu(), kind: "cpu", note: `There is no WebGPU to be had, so this runs on the CPU (${reason}).` };
  }
}
