import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";
import { loadWasm } from "./backends/cpu/loadNode.ts";

const engine = dirname(fileURLToPath(import.meta.url));
const entry = "virtual:entry";

/** Bytes of a program of these modules, bundled, minified and compressed as a page would load it. */
async function scriptBytes(modules: readonly string[]): Promise<number> {
  const lines = modules.map((path, i) => `export * as part${i} from ${JSON.stringify(join(engine, path))};`);
  const made = await build({
    root: engine, configFile: false, publicDir: false, logLevel: "silent",
    plugins: [{ name: "entry", resolveId: (id) => (id === entry ? `\0${entry}` : null), load: (id) => (id === `\0${entry}` ? lines.join("\n") : null) }],
    build: {
      write: false, minify: true, target: "es2023",
      rolldownOptions: { input: entry, preserveEntrySignatures: "strict", output: { codeSplitting: false } },
    },
  });
  const { output } = made as Rolldown.RolldownOutput;
  return output.reduce((sum, chunk) => sum + (chunk.type === "chunk" ? gzipSync(chunk.code, { level: 9 }).length : 0), 0);
}

test("what trains and runs a transformer on either backend is at most 60 KB compressed, WebAssembly included", async () => {
  const wasm = gzipSync(await loadWasm(), { level: 9 }).length;
  const cpu = await scriptBytes(["nn/trainer.ts", "nn/generate.ts", "tensor.ts", "backends/cpu/cpuBackend.ts"]);
  const both = await scriptBytes(["nn/trainer.ts", "nn/generate.ts", "tensor.ts", "backends/cpu/cpuBackend.ts", "backends/webgpu/webgpu.ts"]);
  const all = await scriptBytes(["index.ts"]);
  const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);
  console.log(`engine, gzip: CPU ${kilobytes(cpu + wasm)} KB, both backends ${kilobytes(both + wasm)} KB, the whole library ${kilobytes(all + wasm)} KB, ` +
    `of which WebAssembly ${kilobytes(wasm)} KB`);
  // A bundle that lost its contents would pass any upper limit.
  expect(cpu).toBeGreaterThan(15_000);
  expect(wasm).toBeGreaterThan(5_000);
  expect(both + wasm).toBeLessThanOrEqual(60_000);
});
