/** ONNX Runtime on WebAssembly, with threads where the page may have them. Loaded from its own files: it starts workers from them. */
import type * as Ort from "onnxruntime-web";

const folder = "/node_modules/onnxruntime-web/dist/";
let loaded: Promise<typeof Ort> | undefined;

export function ortWasm(): Promise<typeof Ort> {
  const entry = `${folder}ort.wasm.min.mjs`;
  loaded ??= import(entry).then((ort: typeof Ort) => {
    ort.env.wasm.wasmPaths = folder;
    ort.env.wasm.numThreads = navigator.hardwareConcurrency;
    return ort;
  });
  return loaded;
}
