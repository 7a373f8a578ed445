/** Builds the page, and weighs what a reader would download of each library, minified and compressed. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { wasmPath } from "../../scripts/buildWasm.mjs";
import { root } from "../../scripts/paths.mjs";

const here = join(root, "bench", "peers");
const modules = join(here, "node_modules");

/** From the folder's own packages, which are there only once it is installed. */
const esbuild = () => import("esbuild");

const settings = {
  bundle: true, format: "esm", target: "es2023", minify: true, logLevel: "error", absWorkingDir: here, define: { "process.env.NODE_ENV": '"production"' },
  // Some peers ask for these where they find themselves in Node.
  external: ["fs", "path", "worker_threads", "perf_hooks", "os", "util", "crypto"],
};

/** The folder that holds the built page. */
export async function buildPage() {
  const { build } = await esbuild();
  const out = join(modules, ".cache", "page");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({ ...settings, entryPoints: [join(here, "page.ts")], splitting: true, outdir: out });
  writeFileSync(join(out, "index.html"), '<!doctype html><meta charset="utf-8"><title>Peers</title><script type="module" src="page.js"></script>');
  return out;
}

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

/**
 * Bytes of script and of WebAssembly, compressed: of the program that trains the GPT of 4 layers (what a page with such a figure loads),
 * and of the whole library. The seeded weights, which come from this engine, are left out of both.
 */
export async function bundleSizes() {
  const { build } = await esbuild();
  const script = async (contents) => {
    const { outputFiles } = await build({ ...settings, stdin: { contents, resolveDir: here, loader: "ts" }, write: false, external: [...settings.external, "*/gpt.ts"] });
    return gzip(outputFiles[0].contents);
  };
  const wasm = (path) => gzip(readFileSync(path));
  const all = (name) => `import * as all from ${JSON.stringify(name)}; globalThis.all = all;`;
  const trains = (...paths) => paths.map((path, i) => `export * as part${i} from "./peers/${path}.ts";`).join("");
  const tfjsWasm = wasm(join(modules, "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm")), ourWasm = wasm(wasmPath);
  return {
    training: [
      { name: "ours", script: await script(trains("ours", "gptOurs")), wasm: ourWasm },
      { name: "jax-js", script: await script(trains("gptJax")), wasm: 0 },
      { name: "tfjs", script: await script(trains("gptTfjs")), wasm: tfjsWasm },
    ],
    whole: [
      { name: "ours", script: await script(all("../../engine/index.ts")), wasm: ourWasm },
      { name: "jax-js", script: await script(all("@jax-js/jax")), wasm: 0 },
      { name: "tfjs", script: await script(`${all("@tensorflow/tfjs")} import "@tensorflow/tfjs-backend-wasm"; import "@tensorflow/tfjs-backend-webgpu";`), wasm: tfjsWasm },
      { name: "ORT", script: await script(all("./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs")), wasm: wasm(join(modules, "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm")) },
    ],
  };
}
