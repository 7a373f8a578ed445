import { afterEach, expect, test, vi } from "vitest";
import type { Counts } from "../backend.ts";
import type { Adapter } from "../backends/webgpu/adapter.ts";
import { DeadlineError } from "../backends/webgpu/deadline.ts";
import { createPool } from "../backends/webgpu/memory.ts";
import { frozen } from "../nn/parameters.ts";
import type { Task } from "../tasks/task.ts";
import type { GpuBackend } from "./backends.ts";
import { createHost } from "./host.ts";
import type { FrameMessage, FromWorker, ToWorker } from "./protocol.ts";

const real: Adapter = { description: "acme blazing", software: false, key: "acme|blazing||" };
const twoMinutes = 120_000;
afterEach(() => { vi.useRealTimers(); });

interface Devices {
  adapter?: Adapter | null | Promise<Adapter>;
  /** Milliseconds a step on either backend, by the clock of the test. */
  cpu?: number;
  gpu?: number;
  /** Refuses the device where it throws. */
  open?: (count: number) => void;
}

/** A training whose weights are one number: a sum over its steps, carried by its checkpoints. */
function world({ adapter = real, cpu = 20, gpu = 4, open = () => undefined }: Devices = {}) {
  const state = { clock: 0, opened: 0, surveys: 0, gpuSteps: 0, running: 0, closed: 0 };
  const heard: FromWorker[] = [];
  let wake: () => void = () => undefined;
  let lose: (reason: string) => void = () => undefined;
  const backend = (kind: "cpu" | "webgpu", lost: Promise<string> = new Promise(() => undefined)): GpuBackend =>
    ({ kind, lost, description: real.description, software: false, finish: async () => undefined, close: () => void state.closed++ }) as unknown as GpuBackend;
  const train: Task<Readonly<Record<string, unknown>>, unknown> = async function* (run) {
    const { kind } = await run.backend();
    let [step, sum] = run.resume ? [run.resume[0]!, run.resume[1]!] : [0, 0];
    run.take = async () => Uint8Array.of(step, sum);
    state.running++;
    try {
      for (;;) {
        yield { step, sum, kind, seams: run.seams };
        await run.breathe();
        state.clock += kind === "webgpu" ? gpu : cpu;
        if (kind === "webgpu") state.gpuSteps++;
        step++;
        sum += 2;
      }
    } finally {
      state.running--;
    }
  };
  const say = createHost({
    post: (message) => {
      heard.push(message);
      wake();
    },
    load: async () => train,
    now: () => state.clock,
    factories: {
      cpu: async () => backend("cpu"),
      webgpu: async () => {
        open(++state.opened);
        return backend("webgpu", new Promise((resolve) => { lose = resolve; }));
      },
      survey: async () => {
        state.surveys++;
        return adapter;
      },
    },
  });
  const start = (extra: Partial<Extract<ToWorker, { type: "start" }>> = {}): void =>
    say({ type: "start", figure: "a", run: 1, task: "descend", training: true, params: {}, backend: "auto", site: "https://book.test/", ...extra });
  const next = async (figure = "a"): Promise<FrameMessage> => {
    const answer = new Promise<void>((resolve) => { wake = resolve; });
    say({ type: "next", figure });
    await answer;
    const message = heard.at(-1)!;
    if (message.type !== "frame") throw new Error(JSON.stringify(message));
    // Time for what goes on behind the frame.
    await new Promise((resolve) => { setTimeout(resolve, 2); });
    return message;
  };
  const until = async (what: (message: FrameMessage) => boolean, most = 60): Promise<FrameMessage> => {
    for (let i = 0; i < most; i++) {
      const message = await next();
      if (what(message)) return message;
    }
    throw new Error(`not within ${most} frames: ${JSON.stringify(heard.at(-1))}`);
  };
  return { say, start, next, until, heard, state, lose: (reason: string) => lose(reason) };
}

const isOn = (kind: "cpu" | "webgpu") => (message: FrameMessage): boolean => message.backend === kind;
const frameOf = ({ frame }: FrameMessage) => frame as { step: number; sum: number; seams: unknown[] };

test("a training starts on the CPU and goes over to a GPU that is 1.3 times as fast, with all that it has learnt", async () => {
  const { start, until, next, heard, state } = world({ cpu: 20, gpu: 4 });
  start();
  const moved = await until(isOn("webgpu"));
  expect(heard[0]).toMatchObject({ backend: "cpu", frame: { step: 0 } });
  expect(moved.gpu).toEqual({ speedup: 5, description: "acme blazing" });
  const { step, sum, seams } = frameOf(moved);
  expect(sum).toBe(2 * step);
  expect(seams).toEqual([{ step, to: "webgpu", why: "faster" }]);
  expect(frameOf(await next())).toMatchObject({ step: step + 1, sum: 2 * step + 2 });
  // The rival is gone: one run, one device.
  expect(state).toMatchObject({ running: 1, opened: 1 });
});

test("a GPU that is only 1.2 times as fast is measured once and left alone, and the frames say how it did", async () => {
  const { start, until, next, state } = world({ cpu: 12, gpu: 10 });
  start();
  const measured = await until(({ gpu }) => gpu !== undefined);
  expect(measured).toMatchObject({ backend: "cpu", gpu: { speedup: 1.2, description: "acme blazing" } });
  const tried = state.gpuSteps;
  for (let i = 0; i < 20; i++) expect((await next()).backend).toBe("cpu");
  expect(state).toMatchObject({ running: 1, opened: 1, gpuSteps: tried });
});

test.each([
  ["a software adapter", { ...real, software: true, description: "google swiftshader" }, "software adapter (google swiftshader), not tried"],
  ["no adapter", null, "none offered here"],
])("%s is not tried: the training stays on the CPU and says why", async (_, adapter, description) => {
  const { start, until, next, state } = world({ adapter });
  start();
  const told = await until(({ gpu }) => gpu !== undefined);
  expect(told).toMatchObject({ backend: "cpu", gpu: { speedup: null, description } });
  for (let i = 0; i < 10; i++) await next();
  expect(state).toMatchObject({ opened: 0, surveys: 1, gpuSteps: 0 });
});

test("where nothing is to be trained no adapter is asked for", async () => {
  const { start, next, state } = world();
  start({ training: false });
  for (let i = 0; i < 10; i++) await next();
  expect(state.surveys + state.opened).toBe(0);
});

test("a page that asks for no frames gets no work on its GPU: the rival waits for the next one", async () => {
  let tell: (adapter: Adapter) => void = () => undefined;
  const { start, next, state, until } = world({ adapter: new Promise((resolve) => { tell = resolve; }) });
  start();
  for (let i = 0; i < 3; i++) await next();
  expect(state.surveys).toBe(1);
  state.clock += 10_000;
  tell(real);
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  expect(state.gpuSteps).toBe(0);
  await until(({ gpu }) => gpu !== undefined);
  expect(state.gpuSteps).toBeGreaterThan(0);
});

test("a device that is lost costs at most a second of training, and the run is back on the GPU once it can be", async () => {
  const { start, next, until, state, lose } = world({ gpu: 100 });
  start({ backend: "webgpu" });
  for (let i = 0; i < 25; i++) await next();
  const before = frameOf(await next()).step;
  lose("the driver was reset");
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  const after = await next();
  expect(after).toMatchObject({ backend: "cpu", note: "The GPU was lost, so this goes on on the CPU (the driver was reset)." });
  expect(before - frameOf(after).step).toBeLessThanOrEqual(10);
  expect(frameOf(after).sum).toBe(2 * frameOf(after).step);
  const back = await until(isOn("webgpu"));
  expect(back.note).toBe("The GPU is there again, and this goes on on it.");
  expect(frameOf(back).seams).toMatchObject([{ to: "cpu", why: "lost" }, { to: "webgpu", why: "chosen" }]);
  expect(state).toMatchObject({ opened: 2, running: 2 - 1 });
});

test("after a second crash within two minutes the GPU is tried again at 120 s, not before", async () => {
  const { start, next, until, state, lose } = world({ gpu: 1, cpu: 1 });
  start({ backend: "webgpu" });
  await next();
  lose("crash");
  await until(isOn("webgpu"));
  lose("crash again");
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  expect(await next()).toMatchObject({ backend: "cpu", note: expect.stringContaining("It is tried again in two minutes") });
  for (let i = 0; i < 20; i++) await next();
  expect(state.opened).toBe(2);
  state.clock += twoMinutes;
  await until(isOn("webgpu"));
  expect(state.opened).toBe(3);
});

test("a browser that gives no adapter after a crash is asked again at 120 s", async () => {
  let denied = true;
  const { start, next, until, state, lose } = world({ cpu: 1, open: (count) => { if (count > 1 && denied) throw new Error("no adapter"); } });
  start({ backend: "webgpu" });
  await next();
  lose("crash");
  await until(isOn("cpu"));
  for (let i = 0; i < 20; i++) await next();
  expect(state.opened).toBe(2);
  denied = false;
  state.clock += twoMinutes;
  await until(isOn("webgpu"));
});

test("the step after a lost device's checkpoint follows without being asked for: a page that gets no repaint meanwhile loses nothing", async () => {
  const { start, next, heard, lose } = world({ cpu: 1, gpu: 1 });
  start({ backend: "webgpu" });
  for (let i = 0; i < 5; i++) await next();
  lose("crash");
  await new Promise((resolve) => { setTimeout(resolve, 5); });
  const asked = heard.length;
  await next();
  await vi.waitFor(() => expect(heard).toHaveLength(asked + 2));
  const [first, second] = heard.slice(asked) as FrameMessage[];
  expect([first!.backend, second!.backend]).toEqual(["cpu", "cpu"]);
  expect(frameOf(second!).step).toBe(frameOf(first!).step + 1);
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  expect(heard).toHaveLength(asked + 2);
});

test("a GPU that was too slow to answer is asked again after 5 s, then after 10: a short run need not end without it", async () => {
  let slow = true;
  const { start, next, until, state } = world({ cpu: 1, open: () => { if (slow) throw new DeadlineError("webgpu: requestDevice took longer than 10000 ms"); } });
  start({ backend: "webgpu" });
  const settled = async (): Promise<number> => {
    for (let i = 0; i < 5; i++) await next();
    return state.opened;
  };
  expect(await settled()).toBe(1);
  state.clock += 5_000;
  expect(await settled()).toBe(2);
  state.clock += 5_000;
  expect(await settled()).toBe(2);
  slow = false;
  state.clock += 5_000;
  await until(isOn("webgpu"));
  expect(state.opened).toBe(3);
});

test("where a GPU is asked for, the CPU is made ready beside it", async () => {
  const order: string[] = [];
  const backend = (kind: "cpu" | "webgpu") => ({ kind, lost: new Promise(() => undefined), close: () => undefined }) as unknown as GpuBackend;
  const heard: FromWorker[] = [];
  const say = createHost({
    post: (message) => void heard.push(message),
    load: async () => async function* (run) {
      yield { kind: (await run.backend()).kind };
    },
    factories: {
      cpu: async () => { order.push("cpu asked"); return backend("cpu"); },
      webgpu: async () => {
        await new Promise((resolve) => { setTimeout(resolve, 5); });
        order.push("gpu there");
        return backend("webgpu");
      },
      survey: async () => real,
    },
  });
  say({ type: "start", figure: "a", run: 1, task: "descend", training: true, params: {}, backend: "webgpu", site: "https://book.test/" });
  say({ type: "next", figure: "a" });
  await vi.waitFor(() => expect(heard[0]).toMatchObject({ frame: { kind: "webgpu" } }));
  expect(order).toEqual(["cpu asked", "gpu there"]);
});

test("recovery is single-flight: figures that lose one device share the next one", async () => {
  const { say, start, next, state, lose } = world({ gpu: 1, cpu: 1 });
  start({ backend: "webgpu" });
  start({ backend: "webgpu", figure: "b" });
  await next();
  await next("b");
  expect(state.opened).toBe(1);
  lose("crash");
  let on: string[] = [];
  for (let i = 0; i < 60 && on.join() !== "webgpu,webgpu"; i++) on = [(await next()).backend, (await next("b")).backend];
  expect(on).toEqual(["webgpu", "webgpu"]);
  expect(state).toMatchObject({ opened: 2, closed: 1 });
  say({ type: "stop", figure: "b" });
});

test("a GPU that does not answer within 2 s leaves the figure on the CPU with a note, and gets it when it comes", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  let come: () => void = () => undefined;
  const slow = world();
  const heard: FromWorker[] = [];
  const task: Task<Readonly<Record<string, unknown>>, unknown> = async function* (run) {
    const { kind } = await run.backend();
    for (;;) {
      yield kind;
      await run.changed();
    }
  };
  const backend = { kind: "webgpu", lost: new Promise(() => undefined), close() {} } as unknown as GpuBackend;
  const say = createHost({
    post: (message) => heard.push(message), load: async () => task,
    factories: {
      cpu: async () => ({ ...backend, kind: "cpu" }) as GpuBackend, survey: async () => real,
      webgpu: () => new Promise((resolve) => { come = () => resolve(backend); }),
    },
  });
  say({ type: "start", figure: "a", run: 1, task: "descend", training: false, params: {}, backend: "webgpu", site: "https://book.test/" });
  say({ type: "next", figure: "a" });
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  await vi.advanceTimersByTimeAsync(2_001);
  await vi.waitFor(() => expect(heard).toMatchObject([{ backend: "cpu", note: expect.stringContaining("took longer than 2000 ms") }]));
  say({ type: "next", figure: "a" });
  come();
  await vi.waitFor(() => expect(heard.at(-1)).toMatchObject({ backend: "webgpu", frame: "webgpu" }));
  expect(slow.state.opened).toBe(0);
});

test("the reader's switch takes a training to the other backend and back, and it goes on where it was", async () => {
  const { say, start, next, until } = world({ adapter: null, cpu: 1, gpu: 1 });
  start();
  for (let i = 0; i < 5; i++) await next();
  say({ type: "backend", figure: "a", choice: "webgpu" });
  const there = await until(isOn("webgpu"));
  expect(frameOf(there).sum).toBe(2 * frameOf(there).step);
  expect(frameOf(there).step).toBeGreaterThanOrEqual(4);
  say({ type: "backend", figure: "a", choice: "cpu" });
  const back = await until(isOn("cpu"));
  expect(frameOf(back).step).toBeGreaterThanOrEqual(frameOf(there).step);
  expect(frameOf(back)).toMatchObject({ sum: 2 * frameOf(back).step, seams: [{ to: "webgpu", why: "chosen" }, { to: "cpu", why: "chosen" }] });
  for (let i = 0; i < 10; i++) expect((await next()).backend).toBe("cpu");
});

test("a run that is stopped while its rival prepares takes the rival with it", async () => {
  const { say, start, next, state } = world();
  start();
  for (let i = 0; i < 3; i++) await next();
  say({ type: "stop", figure: "a" });
  await vi.waitFor(() => expect(state.running).toBe(0));
});

test("a model that no GPU binding can hold runs on the CPU from the start, says so, and the GPU is not asked again", async () => {
  let opened = 0, lost = 0;
  const pool = createPool({ buffersCreated: 0 } as Counts, () => ({ destroy: () => undefined }) as unknown as GPUBuffer, 0);
  const made = (kind: "cpu" | "webgpu"): GpuBackend => ({
    kind, lost: new Promise(() => undefined), finish: async () => undefined, close: () => void lost++, free: () => undefined, write: () => undefined,
    allocate: (length: number) => (kind === "webgpu" ? pool.acquire(4 * length) : { length }),
  }) as unknown as GpuBackend;
  const heard: FromWorker[] = [];
  const say = createHost({
    post: (message) => void heard.push(message),
    load: async () => async function* (run) {
      // The embedding of GPT-2 small; its numbers are not needed to see that it does not fit.
      const backend = await run.backend();
      const shapes = new Map([["embedding.weight", [50_257, 768]]]);
      frozen(backend, shapes, { get: () => ({ length: 50_257 * 768 }) } as unknown as ReadonlyMap<string, Float32Array>);
      for (;;) yield { kind: backend.kind };
    },
    factories: { cpu: async () => made("cpu"), webgpu: async () => { opened++; return made("webgpu"); }, survey: async () => real },
  });
  say({ type: "start", figure: "a", run: 1, task: "descend", training: true, params: {}, backend: "webgpu", site: "https://book.test/" });
  for (let i = 0; i < 3; i++) {
    const before = heard.length;
    say({ type: "next", figure: "a" });
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(before));
  }
  expect(heard.at(-1)).toMatchObject({
    backend: "cpu", frame: { kind: "cpu" },
    note: "This is too large for one tensor of a GPU, so it runs on the CPU (webgpu: a tensor of 154389504 bytes is larger than the 134217728 that one binding may hold).",
  });
  expect([opened, lost]).toEqual([1, 0]);
});
