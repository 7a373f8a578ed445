/** jax-js on WebAssembly, with threads where the page may have them, or on WebGPU. */
import * as jax from "@jax-js/jax";

export { jax };
export const { numpy: np, nn } = jax;

let started: Promise<unknown> | undefined;

/** Makes a device the one that new arrays and compiled functions go to. */
export async function useJax(device: "wasm" | "webgpu"): Promise<void> {
  started ??= jax.init();
  await started;
  jax.defaultDevice(device);
}
