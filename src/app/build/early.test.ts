import { expect, test } from "vitest";
import type { Rollup } from "vite";
import { earlyFiles } from "./early.ts";

const bundleOf = (files: Readonly<Record<string, string>>): Rollup.OutputBundle =>
  Object.fromEntries(Object.entries(files).map(([name, source]) => [`assets/${name}`, { type: "asset", fileName: `assets/${name}`, source }])) as unknown as Rollup.OutputBundle;

const files = {
  "worker-Aa_1.js": "import{a as b}from\"./host-1.js\";",
  "host-1.js": "let l={descend:async()=>(await import(`./descend-De.js`)).descend,inspect:async()=>(await import(`./inspect-In.js`)).inspect},c=()=>import(`./cpuBackend-Cp.js`),p=()=>import(`./packs-Pa.js`)",
  "descend-De.js": "export{d as descend}",
  "inspect-In.js": "import{t}from\"./tensor-Te.js\";import\"./ops-Op.js\";async function*f(e){await e.backend();await import(`./readersModel-Re.js`)}",
  "tensor-Te.js": "import\"./ops-Op.js\";", "ops-Op.js": "", "readersModel-Re.js": "", "packs-Pa.js": "", "cpuBackend-Cp.js": "import\"./launch-La.js\";", "launch-La.js": "", "kernels-Ke.wasm": "",
};
const asset = (name: string): string => `assets/${name}`;

test("the worker's script, the task and all that it imports, the backend that it opens, and its packs, the weights first", () => {
  const starts = { task: "inspect", packs: ["models/story/config.json", "models/story/model.safetensors.gz"] };
  expect(earlyFiles(bundleOf(files), starts)).toEqual([
    "models/story/model.safetensors.gz",
    ...["worker-Aa_1.js", "host-1.js", "inspect-In.js", "tensor-Te.js", "ops-Op.js", "packs-Pa.js", "cpuBackend-Cp.js", "launch-La.js", "kernels-Ke.wasm"].map(asset),
    "models/manifest.json", "models/story/config.json",
  ]);
});

test("a task without tensors brings no backend, and a figure that waits for its press brings nothing", () => {
  expect(earlyFiles(bundleOf(files), { task: "descend", packs: [] })).toEqual(["worker-Aa_1.js", "host-1.js", "descend-De.js"].map(asset));
  expect(earlyFiles(bundleOf(files), null)).toEqual([]);
});

test("a task that the worker does not load stops the build", () => {
  expect(() => earlyFiles(bundleOf(files), { task: "fly", packs: [] })).toThrow('the engine\'s worker does not load "fly"');
});
