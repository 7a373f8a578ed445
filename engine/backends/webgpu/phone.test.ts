import { describe, expect, test } from "vitest";
import { defineKernel } from "../../kernel.ts";
import { trainer } from "../../nn/trainer.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import { defaultAdamW } from "../../optim/adamW.ts";
import { nanoConfig } from "../../tasks/nano.ts";
import { nanoWeights } from "../../tasks/nanoWeights.ts";
import { launch, tensor } from "../../tensor.ts";
import { phoneGpu } from "../../testing/phoneGpu.ts";
import { gpuForTests } from "../../testing/webgpuNode.ts";
import { createWebGpuBackend, type WebGpuBackend } from "./webgpu.ts";

const gpu = await gpuForTests();

const training = (backend: WebGpuBackend) => trainer(backend, {
  config: nanoConfig("llama", 64), rows: 2, time: 8, shards: 1, optimizer: defaultAdamW, heads: [], headWeight: () => 0,
  schedule: { peak: 0.003, steps: 10, warmup: 2, decay: "none", final: 1 },
}, { step: 0, parameters: nanoWeights("llama", 64, 1), m: null, v: null });

async function losses(backend: WebGpuBackend): Promise<number[]> {
  const run = training(backend);
  for (let step = 0; step < 4; step++) {
    run.begin({ ids: Int32Array.from({ length: 16 }, (_, i) => (7 * i + step) % 64), targets: new Int32Array(16).fill(4) });
    run.advance();
  }
  const reports = await run.reports();
  run.close();
  return reports.map(({ loss }) => loss);
}

describe.skipIf(!gpu)("a GPU with a phone's limits", () => {
  test("trains to the same losses as one with the default limits, and the device has nothing to object to", async () => {
    const phone = await createWebGpuBackend({ gpu: phoneGpu(gpu!) }), usual = await createWebGpuBackend({ gpu: gpu! });
    const found = await losses(phone);
    expect(found).toHaveLength(4);
    expect(found).toEqual(await losses(usual));
    expect([phone.uncapturedErrors, usual.uncapturedErrors]).toEqual([0, 0]);
    for (const backend of [phone, usual]) backend.close();
  });

  test("has no workgroups of 256, as the test above relies on: a kernel that wants them is refused by name", async () => {
    const backend = await createWebGpuBackend({ gpu: phoneGpu(gpu!) });
    const wide = defineKernel({
      name: "wide", outputs: ([x]) => [{ shape: x! }], reference: () => undefined, examples: [], samples: [],
      wgsl: { flat: () => ({ code: "@compute @workgroup_size(256) fn main(@builtin(local_invocation_index) i: u32) { out0[i % 4u] = a0[0]; }", workgroups: 1 }) },
    });
    const [y] = launch(wide, [tensor(backend, [4], [1, 2, 3, 4])], {});
    await expect(backend.read(y!.buffer)).rejects.toThrow(/no pipeline for wide/);
    backend.close();
  });

  test("keeps to the variant without workgroup memory where the other one does not fit", async () => {
    const told: string[] = [];
    const named = { vendor: "acme", architecture: "phone" };
    const trials = [{ kernel: matmulKernel as never, inputs: [{ shape: [64, 64] }, { shape: [64, 64] }], attributes: { transposeA: false, transposeB: false } }];
    const backend = await createWebGpuBackend({ gpu: phoneGpu(gpu!, undefined, named), trials, onTuned: (text) => told.push(text) });
    expect([backend.software, backend.choices, told.length]).toEqual([false, { matmul: "flat" }, 1]);
    const one = tensor(backend, [64, 64], new Float32Array(4096).fill(1));
    expect((await backend.read(launch(matmulKernel, [one, one], trials[0]!.attributes)[0]!.buffer)).every((x) => x === 64)).toBe(true);
    backend.close();
  });

  test.each([
    // The buffer's limit lies between two size classes; the smaller one is what fits.
    ["binding", { maxStorageBufferBindingSize: 2 ** 16, maxBufferSize: 2 ** 20 }, 65_536],
    ["buffer", { maxStorageBufferBindingSize: 2 ** 20, maxBufferSize: 100_000 }, 98_304],
  ])("refuses a tensor above its own limit of a %s in one sentence before the device sees it", async (_, limits, most) => {
    const backend = await createWebGpuBackend({ gpu: phoneGpu(gpu!, limits) });
    const message = `webgpu: a tensor of ${most + 4} bytes is larger than the ${most} that one binding may hold`;
    expect(() => backend.allocate(most / 4 + 1, "f32")).toThrow(message);
    expect(() => backend.allocate(most / 4 + 1, "f32")).toThrow(expect.objectContaining({ name: "DoesNotFit" }));
    const full = tensor(backend, [most / 4], new Float32Array(most / 4).fill(2));
    expect((await backend.read(full.buffer)).every((x) => x === 2)).toBe(true);
    backend.close();
  });

  test("refuses a training whose flat buffers do not fit, which sends it to the CPU, and lives on", async () => {
    const backend = await createWebGpuBackend({ gpu: phoneGpu(gpu!, { maxStorageBufferBindingSize: 2 ** 12, maxBufferSize: 2 ** 20 }) });
    expect(() => training(backend)).toThrow(expect.objectContaining({ name: "DoesNotFit" }));
    expect(Array.from(await backend.read(tensor(backend, [2], [1, 2]).buffer))).toEqual([1, 2]);
    expect(backend.uncapturedErrors).toBe(0);
    backend.close();
  });
});
