/** This engine, in this page, on the same numbers as the others. */
import type { Backend } from "../../../engine/backend.ts";
import { createCpuBackend } from "../../../engine/backends/cpu/cpuBackend.ts";
import { createWebGpuBackend } from "../../../engine/backends/webgpu/webgpu.ts";

let kernels: Promise<WebAssembly.Module> | undefined;

/** A fresh backend; the CPU's is one thread, whatever the page would allow. */
export async function openOurs(kind: "cpu" | "webgpu"): Promise<Backend> {
  if (kind === "webgpu") return createWebGpuBackend({ gpu: navigator.gpu });
  kernels ??= WebAssembly.compileStreaming(fetch("/kernels.wasm"));
  return createCpuBackend({ wasm: await kernels });
}
