import { describe, expect, test, vi } from "vitest";
import { defineKernel } from "../../kernel.ts";
import { trainer } from "../../nn/trainer.ts";
import { defaultAdamW } from "../../optim/adamW.ts";
import { nanoConfig } from "../../tasks/nano.ts";
import { nanoWeights } from "../../tasks/nanoWeights.ts";
import { launch, tensor } from "../../tensor.ts";
import { gpuForTests } from "../../testing/webgpuNode.ts";
import { perElement } from "../../wgsl.ts";
import { createGovernor } from "./governor.ts";
import { createWebGpuBackend, type WebGpuBackend } from "./webgpu.ts";

const gpu = await gpuForTests();

/** Dawn's GPU, with what was asked of it, and whatever a test changes about its device. */
function watched(change: (device: GPUDevice) => void = () => undefined) {
  const asked: { adapters: number; devices: (GPUDeviceDescriptor | undefined)[]; device: GPUDevice | null } = { adapters: 0, devices: [], device: null };
  const fake = {
    async requestAdapter() {
      asked.adapters++;
      const adapter = (await gpu!.requestAdapter())!;
      return {
        info: adapter.info,
        async requestDevice(descriptor?: GPUDeviceDescriptor) {
          asked.devices.push(descriptor);
          asked.device = await adapter.requestDevice(descriptor);
          change(asked.device);
          return asked.device;
        },
      };
    },
  };
  return { gpu: fake as unknown as GPU, asked };
}

const kernel = (name: string, code: string, workgroups = 1) => defineKernel({
  name, outputs: ([x]) => [{ shape: x! }], reference: () => undefined, wgsl: { flat: () => ({ code, workgroups }) }, examples: [], samples: [],
});

/** A small training on a backend. */
const training = (backend: WebGpuBackend) => trainer(backend, {
  config: nanoConfig("gpt2", 64), rows: 2, time: 8, shards: 1, optimizer: defaultAdamW, heads: [], headWeight: () => 0,
  schedule: { peak: 0.003, steps: 10, warmup: 2, decay: "none", final: 1 },
}, { step: 0, parameters: nanoWeights("gpt2", 64, 1), m: null, v: null });
const batch = { ids: new Int32Array(16).fill(3), targets: new Int32Array(16).fill(4) };

describe.skipIf(!gpu)("faults of a GPU", () => {
  test("each device has an adapter of its own, and a training asks for no feature and for no limit above the default ones", async () => {
    const { gpu: fake, asked } = watched();
    for (let i = 1; i <= 2; i++) {
      const backend = await createWebGpuBackend({ gpu: fake });
      const run = training(backend);
      run.begin(batch);
      run.advance();
      expect((await run.reports())[0]!.loss).toBeGreaterThan(0);
      // What a phone has: the limits that every WebGPU adapter must have.
      const { maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage, maxComputeInvocationsPerWorkgroup } = asked.device!.limits;
      expect([maxStorageBufferBindingSize, maxBufferSize, maxStorageBuffersPerShaderStage, maxComputeInvocationsPerWorkgroup])
        .toEqual([2 ** 27, 2 ** 28, 8, 256]);
      expect(backend.uncapturedErrors).toBe(0);
      run.close();
      backend.close();
      expect(asked.adapters).toBe(i);
    }
    for (const descriptor of asked.devices) {
      expect([...(descriptor?.requiredFeatures ?? [])]).toEqual([]);
      expect(descriptor?.requiredLimits ?? {}).toEqual({});
    }
  });

  test("an adapter whose device never comes is given up after the time for compiling", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const mute = { requestAdapter: async () => ({ info: { vendor: "acme" }, requestDevice: () => new Promise(() => undefined) }) } as unknown as GPU;
    const opening = expect(createWebGpuBackend({ gpu: mute })).rejects.toThrow("webgpu: requestDevice took longer than 10000 ms");
    await vi.advanceTimersByTimeAsync(10_001);
    await opening;
    vi.useRealTimers();
  });

  test("work that never ends counts as a lost device once its time is over", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { gpu: fake } = watched((device) => { device.queue.onSubmittedWorkDone = () => new Promise(() => undefined); });
    const backend = await createWebGpuBackend({ gpu: fake });
    const finish = expect(backend.finish()).rejects.toThrow(/took longer than \d+ ms/);
    await vi.advanceTimersByTimeAsync(200_000);
    await finish;
    expect(await backend.lost).toMatch("took longer");
    backend.close();
    vi.useRealTimers();
  });

  test("a result that comes back after its device was lost is dropped", async () => {
    let release: () => void = () => undefined;
    const { gpu: fake, asked } = watched((device) => {
      const create = device.createBuffer.bind(device);
      device.createBuffer = (descriptor) => Object.assign(create(descriptor), {
        mapAsync: () => new Promise<void>((resolve) => { release = resolve; }),
      });
    });
    const backend = await createWebGpuBackend({ gpu: fake });
    const x = tensor(backend, [1], [1]);
    const read = expect(backend.read(x.buffer)).rejects.toThrow("the device was lost");
    asked.device!.destroy();
    await backend.lost;
    release();
    await read;
    backend.close();
  });

  test("a workgroup of 1024 is refused by name, and other kernels go on", async () => {
    const backend = await createWebGpuBackend({ gpu: gpu! });
    const x = tensor(backend, [4], [1, 2, 3, 4]);
    const wide = kernel("wide", "@compute @workgroup_size(1024) fn main(@builtin(local_invocation_index) i: u32) { if (i < 4u) { out0[i] = a0[i]; } }");
    const [y] = launch(wide, [x], {});
    await expect(backend.read(y!.buffer)).rejects.toThrow(/wide/);
    const fine = { ...kernel("fine", ""), wgsl: { flat: () => perElement(4, "out0[i] = a0[i] + 1.0f;") } };
    expect(Array.from(await backend.read(launch(fine, [x], {})[0]!.buffer))).toEqual([2, 3, 4, 5]);
    backend.close();
  });

  test("1 GiB is refused before the device sees it; a buffer that the device refuses is told by the next read", async () => {
    const { gpu: fake } = watched((device) => {
      const create = device.createBuffer.bind(device);
      // Larger than any buffer may be: what a device without memory answers to less.
      device.createBuffer = (descriptor) => create(descriptor.size >= 2 ** 20 ? { ...descriptor, size: 2 ** 40 } : descriptor);
    });
    const backend = await createWebGpuBackend({ gpu: fake });
    expect(() => backend.allocate(2 ** 28, "f32")).toThrow("1073741824 bytes is larger than the 134217728 that one binding may hold");
    const small = tensor(backend, [2], [1, 2]);
    backend.allocate(2 ** 18, "f32");
    await expect(backend.read(small.buffer)).rejects.toThrow("no buffer of 1048576 bytes");
    expect(Array.from(await backend.read(small.buffer))).toEqual([1, 2]);
    backend.close();
  });

  test("after its first step a training creates no buffer, no bind group and no pipeline", async () => {
    const backend = await createWebGpuBackend({ gpu: gpu! });
    const run = training(backend);
    const step = async (): Promise<void> => {
      run.begin(batch);
      run.advance();
      await run.reports();
    };
    await step();
    const { buffersCreated, bindGroupsCreated, pipelinesCreated, bytesLive } = backend.counts;
    for (let i = 0; i < 5; i++) await step();
    expect(backend.counts).toMatchObject({ buffersCreated, bindGroupsCreated, pipelinesCreated, bytesLive });
    run.close();
    backend.close();
  });

  test("the ledger: fifty trainings started and stopped leave no byte and no buffer behind", async () => {
    const { gpu: fake } = watched();
    const backend = await createWebGpuBackend({ gpu: fake });
    const startAndStop = async (steps: number): Promise<void> => {
      const run = training(backend);
      for (let i = 0; i < steps; i++) {
        run.begin(batch);
        run.advance();
      }
      if (steps > 1) await run.reports();
      run.close();
    };
    await startAndStop(2);
    const { bytesLive, buffersCreated } = backend.counts;
    expect(bytesLive).toBe(0);
    // Stopped before, in the middle of, and after a step.
    for (let i = 0; i < 50; i++) await startAndStop(i % 3);
    await backend.finish();
    expect(backend.counts).toMatchObject({ bytesLive: 0, buffersCreated });
    expect(backend.uncapturedErrors).toBe(0);
    backend.close();
  }, 60_000);
});

test("99 of 100 submissions stay under 250 ms, whatever a step costs, once the first replays have shown it", () => {
  // Costs of launches as seen on the software adapter: most are small, a few matrix products are a hundred times as long.
  const cost = Array.from({ length: 96 }, (_, i) => (i % 12 === 5 ? 90 : i % 5 === 0 ? 9 : 0.8));
  const governor = createGovernor(cost.length);
  const times: number[] = [];
  for (let replay = 0; replay < 40; replay++) {
    for (let from = 0; from < cost.length; ) {
      const to = governor.cut(from, 10_000);
      const time = cost.slice(from, to).reduce((sum, each) => sum + each, 0);
      governor.measured(from, to, time);
      if (replay > 0) times.push(time);
      from = to;
    }
  }
  times.sort((a, b) => a - b);
  expect(times[Math.floor(0.99 * times.length)]).toBeLessThanOrEqual(250);
});
