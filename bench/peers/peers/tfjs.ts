/** TensorFlow.js on its WebAssembly backend, with threads where the page may have them, or on WebGPU. */
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

export { tf };

setWasmPaths("/node_modules/@tensorflow/tfjs-backend-wasm/dist/");
setThreadsCount(navigator.hardwareConcurrency);

/** Makes a backend the current one: TensorFlow.js has one at a time, so every round begins with this. */
export async function useTfjs(kind: "wasm" | "webgpu"): Promise<void> {
  if (tf.getBackend() === kind) return;
  if (kind === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
  if (!(await tf.setBackend(kind))) throw new Error(`tfjs: no backend ${kind}`);
  await tf.ready();
}
