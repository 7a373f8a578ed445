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

const settings = { bundle: true, format: "esm", target: "es2023", minify: true, logLevel: "error", absWorkingDir: here, define: { "process.env.NODE_ENV": '"production"' } };

/** The folder that holds the built page. */
export async function buildPage() {
  const { build } = await esbuild();
  const out = join(modules, ".cache", "page");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  await build({ ...settings, entryPoints: [join(here, "page.ts")], splitting: true, outdir: out, external: ["fs", "path", "worker_threads", "perf_hooks", "os", "util", "crypto"] });
  writeFileSync(join(out, "index.html"), '<!doctype html><meta charset="utf-8"><title>Peers</title><script type="module" src="page.js"></script>');
  return out;
}

const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** Kilobytes of script and of WebAssembly, compressed, that training or running a model needs. */
export async function bundleSizes() {
  const { build } = await esbuild();
  const script = async (contents) => {
    const { outputFiles } = await build({ ...settings, stdin: { contents, resolveDir: here }, write: false, external: ["fs", "path", "worker_threads", "perf_hooks", "os", "util", "crypto"] });
    return gzip(outputFiles[0].contents);
  };
  const wasm = (path) => gzip(readFileSync(path));
  const all = (name) => `import * as all from ${JSON.stringify(name)}; globalThis.all = all;`;
  const weigh = async (name, contents, binary) => ({ name, script: await script(contents), wasm: binary ? wasm(binary) : 0 });
  return [
    await weigh("ours", all("../../engine/index.ts"), wasmPath),
    await weigh("jax-js", all("@jax-js/jax")),
    await weigh("tfjs", `${all("@tensorflow/tfjs")} import "@tensorflow/tfjs-backend-wasm";`, join(modules, "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm")),
    await weigh("ORT", all("./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs"), join(modules, "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm")),
  ];
}
