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

/** Where the compiled WASM kernels lie: an asset of the bundle. */
const kernelsAddress = (): URL => new URL("../backends/cpu/kernels.wasm", import.meta.url);

export const backendFactories: BackendFactories = {
  async cpu() {
    throw new Error(`no CPU backend for ${kernelsAddress().pathname}`);
  },
  async webgpu() {
    throw new Error("no WebGPU backend");
  },
};

/**
 * Opens the backend that a run asked for. `auto` is the CPU: it starts at once and is as fast as a software adapter is slow.
 * A GPU that cannot be had becomes the CPU with a note, never an error.
 */
export async function openBackend(choice: BackendChoice, factories: BackendFactories): Promise<ChosenBackend> {
  if (choice !== "webgpu") return { backend: await factories.cpu(), kind: "cpu" };
  try {
    return { backend: await factories.webgpu(), kind: "webgpu" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { backend: await factories.cpu(), kind: "cpu", note: `WebGPU is not available here (${reason}), so this runs on the CPU` };
  }
}
