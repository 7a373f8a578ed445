import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Backend, BufferOperand } from "../../backend.ts";
import { defineKernel } from "../../kernel.ts";
import { copyKernel } from "../../ops/copy.ts";
import { matmulKernel } from "../../ops/matmul.ts";
import { empty, launch, scope, type Tensor, tensor } from "../../tensor.ts";
import { gpuForTests } from "../../testing/webgpuNode.ts";
import { perElement } from "../../wgsl.ts";
import { createWebGpuBackend, type WebGpuBackend } from "./webgpu.ts";

const gpu = await gpuForTests();

const increment = defineKernel({
  name: "increment",
  outputs: ([x]) => [{ shape: x! }],
  reference([x], [y]) {
    for (let i = 0; i < y!.length; i++) y![i] = x![i]! + 1;
  },
  wgsl: { flat: ({ outputs: [y] }) => perElement(y!.size, "out0[i] = a0[i] + 1.0f;") },
  examples: [],
  samples: [],
});

const plusOne = (x: Tensor): Tensor => launch(increment, [x], {})[0]!;
const values = async (x: Tensor): Promise<number[]> => Array.from(await x.backend.read(x.buffer));

describe.skipIf(!gpu)("the WebGPU backend", () => {
  let backend: WebGpuBackend;
  const open = async (): Promise<WebGpuBackend> => createWebGpuBackend({ gpu: gpu! });

  beforeAll(async () => {
    backend = await open();
  });

  afterAll(() => {
    expect(backend.uncapturedErrors).toBe(0);
    backend.close();
  });

  test("what was written is what is read, floats and integers", async () => {
    const x = tensor(backend, [3], [1.5, -2, 1e-30]);
    const ids = tensor(backend, [2], [7, -100], "i32");
    expect(await values(x)).toEqual([1.5, -2, Math.fround(1e-30)]);
    expect(await backend.read(ids.buffer)).toEqual(new Int32Array([7, -100]));
  });

  test("launches wait for each other and go out in one submission with the read", async () => {
    const x = tensor(backend, [5], [1, 2, 3, 4, 5]);
    const before = { ...backend.counts };
    const y = plusOne(plusOne(plusOne(x)));
    expect(await values(y)).toEqual([4, 5, 6, 7, 8]);
    expect(backend.counts.launches - before.launches).toBe(3);
    expect(backend.counts.submits - before.submits).toBe(1);
  });

  test("a write after a launch does not reach back before it", async () => {
    const x = tensor(backend, [1], [1]);
    const y = plusOne(x);
    backend.write(x.buffer, [10]);
    const z = plusOne(x);
    expect(await values(y)).toEqual([2]);
    expect(await values(z)).toEqual([11]);
  });

  test("reads asked for at once each get their own numbers", async () => {
    const x = tensor(backend, [1], [0]);
    const first = values(x);
    backend.write(x.buffer, [1]);
    const second = values(x);
    backend.write(x.buffer, [2]);
    const third = values(x);
    expect(await Promise.all([first, second, third])).toEqual([[0], [1], [2]]);
  });

  test("memory freed by a scope is used again, and its bind groups too", async () => {
    const x = tensor(backend, [1000], new Float32Array(1000));
    const step = (): void => void scope(() => void plusOne(plusOne(x)));
    step();
    const before = { ...backend.counts };
    for (let i = 0; i < 10; i++) step();
    await backend.finish();
    const { buffersCreated, bindGroupsCreated, pipelinesCreated, bytesLive, launches } = backend.counts;
    expect({ buffersCreated, bindGroupsCreated, pipelinesCreated, bytesLive }).toEqual({
      buffersCreated: before.buffersCreated,
      bindGroupsCreated: before.bindGroupsCreated,
      pipelinesCreated: before.pipelinesCreated,
      bytesLive: before.bytesLive,
    });
    expect(launches - before.launches).toBe(20);
  });

  test("a replayed plan computes what the eager launches compute, in one submission that creates nothing", async () => {
    const x = tensor(backend, [4], [1, 2, 3, 4]);
    const y = empty(backend, [4]);
    const body = (): void => scope(() => void launch(increment, [plusOne(plusOne(x))], {}, [{ tensor: y, accumulate: false }]));
    body();
    const eager = await values(y);
    const plan = backend.capture(body);
    expect(plan.launches).toBe(3);
    backend.write(y.buffer, [0, 0, 0, 0]);
    const before = { ...backend.counts };
    expect(plan.replay()).toBe(true);
    const after = { ...backend.counts };
    expect(after).toEqual({ ...before, launches: before.launches + 3, submits: before.submits + 1 });
    expect(await values(y)).toEqual(eager);
    backend.write(x.buffer, [5, 6, 7, 8]);
    plan.replay();
    expect(await values(y)).toEqual([8, 9, 10, 11]);
    plan.close();
    expect(() => plan.replay()).toThrow("closed");
  });

  test("a plan reuses the memory of tensors freed inside it and gives all of it back at its end", () => {
    const x = tensor(backend, [50_000], new Float32Array(50_000));
    const start = backend.counts.bytesLive;
    const one = backend.capture(() => scope(() => void plusOne(plusOne(x))));
    const bytes = backend.counts.bytesLive - start;
    const many = backend.capture(() => {
      for (let i = 0; i < 20; i++) scope(() => void plusOne(plusOne(x)));
    });
    expect(backend.counts.bytesLive - start).toBe(2 * bytes);
    one.close();
    many.close();
    expect(backend.counts.bytesLive).toBe(start);
  });

  test("constants written inside a capture outlive its replays", async () => {
    let y: Tensor | undefined;
    const plan = backend.capture(() => {
      scope(() => void plusOne(plusOne(tensor(backend, [2], [100, 200]))));
      y = plusOne(tensor(backend, [2], [1, 2]));
      scope(() => void plusOne(plusOne(y!)));
    });
    for (let i = 0; i < 3; i++) plan.replay();
    expect(await values(y!)).toEqual([2, 3]);
    plan.close();
  });

  test("a constant of a capture that a launch adds to starts anew in every replay", async () => {
    const x = tensor(backend, [2], [1, 2]);
    let sum: Tensor | undefined;
    const plan = backend.capture(() => {
      sum = tensor(backend, [2], [10, 20]);
      launch(copyKernel, [x], {}, [{ tensor: sum, accumulate: true }]);
    });
    for (let i = 0; i < 3; i++) plan.replay();
    expect(await values(sum!)).toEqual([11, 22]);
    plan.close();
  });

  test("a budget cuts the plan at launches, and its cursor finishes it", async () => {
    const x = tensor(backend, [1], [0]);
    let y = x;
    const plan = backend.capture(() => {
      for (let i = 0; i < 30; i++) y = plusOne(y);
    });
    const before = backend.counts.submits;
    let calls = 1;
    while (!plan.replay(1)) {
      calls++;
      await backend.finish();
    }
    expect(calls).toBeGreaterThan(1);
    expect(backend.counts.submits - before).toBe(calls);
    expect(await values(y)).toEqual([30]);
    plan.close();
  });

  test("reading inside a capture is refused, and the backend lives on", async () => {
    const x = tensor(backend, [1], [3]);
    let refused: Promise<unknown> | undefined;
    backend.capture(() => void (refused = backend.read(x.buffer))).close();
    await expect(refused).rejects.toThrow("read inside capture");
    expect(await values(x)).toEqual([3]);
  });

  test("a launch that reads and writes one buffer is refused before the device sees it", () => {
    const flat = backend.allocate(128, "f32");
    const view = (offset: number): BufferOperand => ({
      shape: [64], size: 64, dtype: "f32", accumulate: false, buffer: backend.slice(flat, offset, 64),
    });
    const overlap = (): void => backend.run(copyKernel, [view(0)], [view(64)], {});
    expect(overlap).toThrow("copy reads input 0 from the buffer that it writes output 0 to");
    expect(() => backend.slice(flat, 10, 20)).toThrow("not a multiple of 64");
  });

  test("a grid of more than 65,535 workgroups reaches every element", async () => {
    const size = 65_535 * 64 + 100;
    const x = empty(backend, [size]);
    const source = new Float32Array(size);
    for (let i = 0; i < size; i++) source[i] = i % 1000;
    backend.write(x.buffer, source);
    const y = plusOne(x);
    const result = await backend.read(y.buffer);
    expect(result.length).toBe(size);
    expect(result.findIndex((v, i) => v !== source[i]! + 1)).toBe(-1);
  });

  test("a buffer of another device, or a freed one, is refused", async () => {
    const other = await open();
    const x = tensor(other, [1], [1]);
    expect(() => backend.slice(x.buffer, 0, 1)).toThrow("another device");
    other.free(x.buffer);
    expect(() => other.slice(x.buffer, 0, 1)).toThrow("after it was freed");
    other.close();
  });

  test("a plan compiles in the background without computing, so the replay after it compiles nothing", async () => {
    const fresh = await open();
    const x = tensor(fresh, [1], [1]);
    const plan = fresh.capture(() => void plusOne(plusOne(x)));
    expect(fresh.counts.pipelinesCreated).toBe(0);
    await plan.ready();
    expect(fresh.counts).toMatchObject({ pipelinesCreated: 1, launches: 0 });
    plan.replay();
    expect(fresh.counts).toMatchObject({ pipelinesCreated: 1, launches: 2 });
    plan.close();
    fresh.close();
  });

  test("a plan that did not wait for its shaders compiles them at its first replay", async () => {
    const fresh = await open();
    const plan = fresh.capture(() => void plusOne(tensor(fresh, [1], [1])));
    plan.replay();
    expect(fresh.counts.pipelinesCreated).toBe(1);
    plan.close();
    fresh.close();
  });

  test("launches that differ only in their sizes share a pipeline, and each has its own sizes", async () => {
    const fresh = await open();
    const product = (m: number, n: number, k: number): Promise<number[]> => {
      const a = tensor(fresh, [m, k], Array.from({ length: m * k }, (_, i) => i % 5));
      const b = tensor(fresh, [k, n], Array.from({ length: k * n }, (_, i) => i % 3));
      return values(launch(matmulKernel, [a, b], { transposeA: false, transposeB: false })[0]!);
    };
    for (const [m, n, k] of [[8, 12, 4], [7, 8, 8]] as const) {
      const wanted = Array.from({ length: m * n }, (_, i) =>
        Array.from({ length: k }, (_, j) => ((Math.floor(i / n) * k + j) % 5) * ((j * n + (i % n)) % 3)).reduce((sum, x) => sum + x, 0));
      expect(await product(m, n, k)).toEqual(wanted);
    }
    expect(fresh.counts.pipelinesCreated).toBe(1);
    fresh.close();
  });

  test("a shader with a type error is told by the next read, with the kernel's name, and nothing else fails", async () => {
    const fresh = await open();
    const broken = { ...increment, name: "broken", wgsl: { flat: () => perElement(1, "out0[i] = vec2f(1.0, 2.0);") } };
    const x = tensor(fresh, [1], [1]);
    const y = launch(broken, [x], {})[0]!;
    await expect(fresh.read(y.buffer)).rejects.toThrow("shader of broken does not compile");
    expect(fresh.uncapturedErrors).toBeGreaterThan(0);
    expect(() => launch(broken, [x], {})).toThrow("shader of broken does not compile");
    expect(await values(plusOne(x))).toEqual([2]);
    fresh.close();
  });
});

describe.skipIf(!gpu)("a lost device", () => {
  /** Dawn's GPU with a way to pull its plug. */
  function withPlug(): { gpu: GPU; device: () => GPUDevice; pull: () => void } {
    let device: GPUDevice | undefined;
    const fake = {
      async requestAdapter() {
        const adapter = (await gpu!.requestAdapter())!;
        return { info: adapter.info, requestDevice: async () => (device = await adapter.requestDevice()) };
      },
    };
    return { gpu: fake as unknown as GPU, device: () => device!, pull: () => device!.destroy() };
  }

  test("is told by `lost`, and every later call fails with the reason", async () => {
    const { gpu: plugged, pull } = withPlug();
    const backend: Backend = await createWebGpuBackend({ gpu: plugged });
    const x = tensor(backend, [1], [1]);
    const plan = backend.capture(() => void plusOne(x));
    const pending = backend.read(x.buffer);
    pull();
    await expect(pending).rejects.toThrow();
    expect(await backend.lost).toMatch(/./);
    await expect(backend.read(x.buffer)).rejects.toThrow("the device was lost");
    await expect(backend.finish()).rejects.toThrow("the device was lost");
    expect(() => plusOne(x)).toThrow("the device was lost");
    expect(() => plan.replay()).toThrow("the device was lost");
    expect(() => backend.allocate(1, "f32")).toThrow("the device was lost");
    backend.free(x.buffer);
    plan.close();
    backend.close();
  });

  test("is what a read that never comes back counts as", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { gpu: plugged, device } = withPlug();
    const backend = await createWebGpuBackend({ gpu: plugged });
    const create = device().createBuffer.bind(device());
    device().createBuffer = (descriptor) => Object.assign(create(descriptor), { mapAsync: () => new Promise(() => undefined) });
    const x = tensor(backend, [1], [1]);
    const read = expect(backend.read(x.buffer)).rejects.toThrow(/a read took longer than \d+ ms/);
    await vi.advanceTimersByTimeAsync(60_000);
    await read;
    expect(await backend.lost).toMatch("a read took longer");
    expect(() => plusOne(x)).toThrow("the device was lost");
    backend.close();
    vi.useRealTimers();
  });

  test("does not exist where requestAdapter never answers: the wait ends after 10 s", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const mute = { requestAdapter: () => new Promise(() => undefined) } as unknown as GPU;
    const opening = expect(createWebGpuBackend({ gpu: mute })).rejects.toThrow("webgpu: requestAdapter took longer than 10000 ms");
    await vi.advanceTimersByTimeAsync(10_001);
    await opening;
    vi.useRealTimers();
  });

  test("does not exist where there is no adapter: one sentence instead", async () => {
    const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
    await expect(createWebGpuBackend({ gpu: none })).rejects.toThrow("webgpu: this browser offers no GPU adapter");
  });
});
