import { expect, test } from "vitest";
import type { Kernel, Program } from "../../kernel.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import { gpuForTests } from "../../testing/webgpuNode.ts";
import { launch, tensor } from "../../tensor.ts";
import { perElement } from "../../wgsl.ts";
import { type Choices, knownChoices, rememberChoices, tune } from "./autotune.ts";
import type { Variant } from "./shader.ts";
import { tuneTrials } from "./tuneTrials.ts";
import { createWebGpuBackend } from "./webgpu.ts";

const gpu = await gpuForTests();
const size = 32;

/** A product, one invocation an element, that is off by `error`. */
const product = (error: number): Program =>
  perElement(size * size, `var sum = ${error}.0f;
  for (var k = 0u; k < ${size}u; k++) { sum += a0[i / ${size}u * ${size}u + k] * a1[k * ${size}u + i % ${size}u]; }
  out0[i] = sum;`);

interface Given {
  readonly program: Program;
  /** Milliseconds that the clock moves on while the backend finishes. */
  readonly takes: number;
}

test.skipIf(!gpu).each<[string, Choices, Given, Given]>([
  ["the faster one when both are right", { matmul: "tiled" }, { program: product(0), takes: 8 }, { program: product(0), takes: 4 }],
  ["flat when tiled is hardly faster", { matmul: "flat" }, { program: product(0), takes: 8 }, { program: product(0), takes: 7.6 }],
  ["flat when tiled is faster but wrong", { matmul: "flat" }, { program: product(0), takes: 8 }, { program: product(1), takes: 1 }],
  ["flat when tiled does not compile", { matmul: "flat" }, { program: product(0), takes: 8 }, { program: { code: "fn main() { nonsense }", workgroups: 1 }, takes: 1 }],
])("chooses %s", async (_, wanted, flat, tiled) => {
  const backend = await createWebGpuBackend({ gpu: gpu! });
  const given = { flat, tiled };
  let used: Choices = {};
  let clock = 0;
  const variant = (): Variant => used.matmul ?? "flat";
  // The backend itself stays flat: whatever is to be used stands in for the kernel.
  const kernels = { flat: { ...matmulKernel, wgsl: { flat: () => flat.program } }, tiled: { ...matmulKernel, wgsl: { flat: () => tiled.program } } };
  const { run, finish } = backend;
  backend.run = (_kernel, inputs, outputs, attributes) => run(kernels[variant()] as never, inputs, outputs, attributes);
  backend.finish = () => {
    clock += given[variant()].takes;
    return finish();
  };
  const square = { shape: [size, size] };
  const trial = { kernel: matmulKernel as unknown as Kernel<never>, inputs: [square, square], attributes: { transposeA: false, transposeB: false } };
  expect(await tune(backend, (choices) => { used = choices; }, [trial], () => clock)).toEqual(wanted);
  expect(backend.counts.bytesLive).toBe(0);
  backend.close();
});

test.skipIf(!gpu)("a software adapter stays flat without measuring", async () => {
  const backend = await createWebGpuBackend({ gpu: gpu! });
  if (backend.software) expect([backend.choices, backend.counts.launches]).toEqual([{}, 0]);
  backend.close();
});

test("every trial fits its kernel and compares it with another variant", () => {
  for (const { kernel, inputs, attributes } of tuneTrials) {
    expect(Object.keys(kernel.wgsl!), kernel.name).toContain("tiled");
    expect(kernel.outputs(inputs.map(({ shape }) => shape), attributes as never).length, kernel.name).toBeGreaterThan(0);
  }
});

/** Dawn's adapter in Node, as one that says it is a graphics card. */
const named = (architecture: string): GPU => ({
  async requestAdapter() {
    const adapter = (await gpu!.requestAdapter())!;
    return { info: { vendor: "acme", architecture }, requestDevice: () => adapter.requestDevice() };
  },
}) as unknown as GPU;

test.skipIf(!gpu)("an adapter is measured once: the next device on it takes what was chosen, and so does one that is told by text", async () => {
  const told: string[] = [];
  const text = rememberChoices("acme|one||", { matmul: "tiled" }, null);
  const first = await createWebGpuBackend({ gpu: named("one"), trials: tuneTrials.slice(0, 1), onTuned: (all) => told.push(all) });
  expect([first.software, first.choices, first.counts.launches, told]).toEqual([false, { matmul: "tiled" }, 0, []]);
  first.close();
  const other = await createWebGpuBackend({ gpu: named("two"), trials: tuneTrials.slice(0, 1), tuned: text.replace("acme|one||", "acme|two||"), onTuned: (all) => told.push(all) });
  expect([other.choices, other.counts.launches, told]).toEqual([{ matmul: "tiled" }, 0, []]);
  other.close();
});

test.skipIf(!gpu)("a backend measures what it was used for, and nothing twice", async () => {
  const told: string[] = [];
  const backend = await createWebGpuBackend({ gpu: named("three"), onTuned: (all) => told.push(all) });
  const x = tensor(backend, [8, 4], Array.from({ length: 32 }, (_, i) => i % 3));
  launch(matmulKernel, [x, x], { transposeA: true, transposeB: false });
  expect(backend.choices).toEqual({});
  await backend.tune();
  expect(Object.keys(backend.choices)).toEqual(["matmul"]);
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0]!)).toMatchObject({ "acme|three||": backend.choices });
  const { launches } = backend.counts;
  expect(await backend.tune()).toBe(false);
  expect([backend.counts.launches, told.length]).toEqual([launches, 1]);
  backend.close();
});

test("what is stored otherwise than choices are counts as nothing stored", () => {
  for (const text of [null, "", "{", "null", "[]", "7", '{"k":null}', '{"k":{"matmul":"fast"}}', '{"k":["x"]}']) expect(knownChoices("k", text), String(text)).toEqual({});
  expect(knownChoices("k", '{"k":{"matmul":"tiled","linear":"flat"}}')).toEqual({ matmul: "tiled", linear: "flat" });
  const text = rememberChoices("mine", { linear: "tiled" }, '{"theirs":{"matmul":"tiled"}}');
  expect(knownChoices("theirs", text)).toEqual({ matmul: "tiled" });
  expect(knownChoices("mine", null)).toEqual({ linear: "tiled" });
});
