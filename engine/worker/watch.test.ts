import { describe, expect, test } from "vitest";
import type { Profile } from "../profile.ts";
import { byKernel } from "../profile.ts";
import { matmul } from "../ops/matmul.ts";
import { read, scope, tensor } from "../tensor.ts";
import { backends } from "../testing/backends.ts";
import { createHost } from "./host.ts";
import type { FromWorker } from "./protocol.ts";
import { watch } from "./watch.ts";

const names = ["cpu", "webgpu"];

describe.each(names)("what is launched on %s", (name) => {
  test("is noted frame by frame, eager launches and replays of plans alike, and the numbers are the same", async () => {
    const backend = await backends[name]!();
    if (!backend) return;
    const watched = watch(backend);
    const a = tensor(watched.backend, [2, 2], [1, 2, 3, 4]);
    const kernels = (): string[] => watched.launches().map(({ kernel }) => kernel.name);
    watched.frame();
    const product = matmul(a, a);
    expect([...await read(product)]).toEqual([7, 10, 15, 22]);
    expect(kernels()).toEqual(["matmul"]);
    watched.frame();
    expect(kernels(), "a frame without launches leaves the last one").toEqual(["matmul"]);
    const plan = watched.backend.capture(() => scope(() => void matmul(matmul(a, a), a)));
    watched.frame();
    while (!plan.replay(1e-9));
    plan.replay();
    expect(kernels()).toEqual(["matmul", "matmul", "matmul", "matmul"]);
    plan.close();
    watched.backend.free(product.buffer);
    expect(await watched.contents(product.buffer)).toBeNull();
    expect([...(await watched.contents(a.buffer))!]).toEqual([1, 2, 3, 4]);
    backend.close();
  });
});

/** Runs two frames of a task and asks for its profile in between. */
async function profileOfTask(name: string, task: string, params: object, looks = true): Promise<{ profile: Profile | null; frames: unknown[] }> {
  let hear: (message: FromWorker) => void = () => undefined;
  const next = (type: string): Promise<FromWorker> => new Promise((resolve, reject) => {
    hear = (message) => {
      if (message.type === "error") reject(new Error(message.message));
      if (message.type === type) resolve(message);
    };
  });
  const open = async () => (await backends[name]!())!;
  const say = createHost({ post: (message) => hear(message), factories: { cpu: open, webgpu: open, survey: async () => null } });
  const frames: unknown[] = [];
  say({ type: "start", figure: "a", run: 1, task: task as "descend", training: false, params: { ...params }, backend: name as "cpu", site: "https://book.test/" });
  for (let i = 0; i < 2; i++) {
    const frame = next("frame");
    say({ type: "next", figure: "a" });
    frames.push(((await frame) as { frame: unknown }).frame);
    if (i > 0 || !looks) continue;
    const taken = next("taken");
    say({ type: "take", figure: "a", kind: "profile" });
    const { bytes } = (await taken) as { bytes: Uint8Array | null };
    if (bytes) frames.push(...JSON.parse(new TextDecoder().decode(bytes)) as Profile[]);
    if (bytes) say({ type: "params", figure: "a", params: {} });
  }
  say({ type: "stop", figure: "a" });
  return { profile: frames.length === 3 ? frames[1] as Profile : null, frames };
}

const plane = { points: "moons", depth: 2, width: 6, bend: "tanh", noise: 0.1, learningRate: 0.02, steps: 40, headStart: 0, seed: 1 };

describe.each(names)("a figure's profile on %s", (name) => {
  test("is made for any task with tensors: its kernels with shapes, launches, bytes, milliseconds and WGSL", async () => {
    const present = await backends[name]!();
    if (!present) return;
    present.close();
    const { profile } = await profileOfTask(name, "splitHeads", { dModel: "8", heads: "2", rule: "split", seed: 1 });
    const rows = byKernel(profile!);
    // Q, K and V of 4 tokens by 8 numbers, and the product with W_O: 4 launches of one shape, told once.
    expect(profile!.launches.filter(({ kernel }) => kernel === "matmul")).toMatchObject([{ times: 4, inputs: [[4, 8], [8, 8]], outputs: [[4, 8]], operations: 2 * 4 * 8 * 8 }]);
    expect(rows.find(({ kernel }) => kernel === "matmul")).toMatchObject({ launches: 4, bytes: 4 * 4 * (32 + 64 + 32), operations: 4 * 512 });
    expect(profile!.milliseconds).toBeCloseTo(rows.reduce((sum, row) => sum + row.milliseconds, 0), 9);
    for (const { kernel, shader } of profile!.launches) expect(profile!.shaders[kernel]![shader], kernel).toContain("fn main(");
  });

  test("of a training leaves its numbers as they are", async () => {
    const present = await backends[name]!();
    if (!present) return;
    present.close();
    const { profile, frames } = await profileOfTask(name, "classifyPlane", plane);
    expect(profile!.launches.length).toBeGreaterThan(5);
    const unseen = await profileOfTask(name, "classifyPlane", plane, false);
    expect([frames[0], frames[2]]).toEqual(unseen.frames);
    const plain = await profileOfTask(name, "descend", { landscape: "bowl", learningRate: 0.1, start: 5, headStart: 0, steps: 30 });
    expect(plain.profile, "a task without tensors").toBeNull();
  });
});

test("a task that compares backends has a profile of each of them, of the same launches", async () => {
  const there = await backends.webgpu!();
  there?.close();
  let hear: (message: FromWorker) => void = () => undefined;
  const open = (name: string) => async () => {
    const backend = await backends[name]!();
    if (!backend) throw new Error("no adapter here");
    return backend;
  };
  const say = createHost({ post: (message) => hear(message), factories: { cpu: open("cpu"), webgpu: open("webgpu"), survey: async () => null } });
  const heard = (): Promise<FromWorker> => new Promise((resolve) => { hear = resolve; });
  say({ type: "start", figure: "a", run: 1, task: "raceBackends", training: false, params: { preset: "nano", seed: 1 }, backend: "auto", site: "https://book.test/" });
  for (let i = 0; i < 3; i++) {
    const frame = heard();
    say({ type: "next", figure: "a" });
    expect((await frame).type).toBe("frame");
  }
  const taken = heard();
  say({ type: "take", figure: "a", kind: "profile" });
  const { bytes } = (await taken) as { bytes: Uint8Array };
  const found = JSON.parse(new TextDecoder().decode(bytes)) as Profile[];
  expect(found.map(({ backend }) => backend)).toEqual(there ? ["cpu", "webgpu"] : ["cpu"]);
  for (const profile of found) {
    // A step of a model of two layers: every one of them launches its attention once forward and at least once backward.
    const rows = byKernel(profile);
    expect(rows.reduce((sum, { launches }) => sum + launches, 0)).toBeGreaterThan(20);
    expect(profile.milliseconds).toBeGreaterThan(0);
  }
  say({ type: "stop", figure: "a" });
}, 120_000);
