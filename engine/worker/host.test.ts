import { expect, test } from "vitest";
import type { Backend } from "../backend.ts";
import type { Task } from "../tasks/task.ts";
import { createHost } from "./host.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { createTurns } from "./turns.ts";

type AnyTask = Task<Readonly<Record<string, unknown>>, unknown>;

/** A backend that does nothing but be lost when told. */
function breakable(kind: "cpu" | "webgpu") {
  let lose: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => { lose = resolve; });
  return { backend: { kind, lost, close() {} } as unknown as Backend, lose };
}

function host(tasks: Record<string, AnyTask>, gpu = breakable("webgpu")) {
  const heard: FromWorker[] = [];
  const waiting: (() => void)[] = [];
  const say = createHost({
    post: (message) => {
      heard.push(message);
      for (const resume of waiting.splice(0)) resume();
    },
    load: async (name) => tasks[name]!,
    factories: { cpu: async () => breakable("cpu").backend, webgpu: async () => gpu.backend, survey: async () => null },
  });
  const until = async (count: number): Promise<FromWorker[]> => {
    while (heard.length < count) await new Promise<void>((resolve) => { waiting.push(resolve); });
    return heard;
  };
  const start = (figure: string, task: string, extra: Partial<Extract<ToWorker, { type: "start" }>> = {}): void =>
    say({ type: "start", figure, run: 1, task: task as "descend", training: false, params: {}, backend: "auto", site: "https://book.test/", ...extra });
  return { say, heard, until, start, gpu };
}

const settle = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 30); });
const count: AnyTask = async function* () {
  for (let step = 0; step < 3; step++) yield { step };
};

test("a frame comes for each next, none before, and done after the last", async () => {
  const { say, heard, until, start } = host({ count });
  start("a", "count");
  await settle();
  expect(heard).toEqual([]);
  for (let i = 1; i <= 4; i++) {
    say({ type: "next", figure: "a" });
    await until(i);
  }
  expect(heard.map((message) => (message.type === "frame" ? message.frame : message.type))).toEqual([{ step: 0 }, { step: 1 }, { step: 2 }, "done"]);
});

test("a next that comes during a frame is answered once", async () => {
  const { say, heard, until, start } = host({ count });
  start("a", "count");
  for (let i = 0; i < 3; i++) say({ type: "next", figure: "a" });
  await until(2);
  await settle();
  expect(heard).toHaveLength(2);
});

test("params reach the running task, and wake one that waits for them", async () => {
  const mirror: AnyTask = async function* (run) {
    for (;;) {
      yield run.params.x;
      await run.changed();
    }
  };
  const { say, until, start } = host({ mirror });
  start("a", "mirror", { params: { x: 1 } });
  say({ type: "next", figure: "a" });
  await until(1);
  say({ type: "next", figure: "a" });
  await settle();
  say({ type: "params", figure: "a", params: { x: 2 } });
  expect((await until(2)).map((message) => message.type === "frame" && message.frame)).toEqual([1, 2]);
});

test("stop ends a waiting task through its finally, and nothing is said after", async () => {
  let ended = false;
  const waits: AnyTask = async function* (run) {
    try {
      yield 1;
      await run.changed();
    } finally {
      ended = true;
    }
  };
  const { say, heard, until, start } = host({ waits });
  start("a", "waits");
  say({ type: "next", figure: "a" });
  await until(1);
  say({ type: "next", figure: "a" });
  await settle();
  say({ type: "stop", figure: "a" });
  await settle();
  expect(ended).toBe(true);
  expect(heard).toHaveLength(1);
});

test("an error of one figure is a sentence, and leaves the others alone", async () => {
  const fails: AnyTask = async function* () {
    yield 1;
    throw new RangeError("the corpus is empty");
  };
  const { say, until, start } = host({ fails, count });
  start("a", "fails");
  start("b", "count");
  say({ type: "next", figure: "a" });
  await until(1);
  say({ type: "next", figure: "a" });
  await until(2);
  say({ type: "next", figure: "b" });
  expect((await until(3)).slice(1)).toMatchObject([{ type: "error", figure: "a", message: "the corpus is empty" }, { type: "frame", figure: "b" }]);
});

const usesDevice: AnyTask = async function* (run) {
  const backend = await run.backend();
  for (let step = 0; ; step++) {
    // On a dead device promises never settle.
    if (backend.kind === "webgpu" && step === 2) await new Promise(() => undefined);
    yield { step, kind: backend.kind, resumed: run.resume !== undefined };
  }
};

test("when the device is lost in the middle of a frame the run goes on on the CPU and says why", async () => {
  const { say, until, start, gpu } = host({ usesDevice });
  start("a", "usesDevice", { backend: "webgpu" });
  for (let i = 1; i <= 2; i++) {
    say({ type: "next", figure: "a" });
    await until(i);
  }
  say({ type: "next", figure: "a" });
  await settle();
  gpu.lose("the driver was reset");
  const heard = await until(3);
  expect(heard.map((message) => message.type === "frame" && message.backend)).toEqual(["webgpu", "webgpu", "cpu"]);
  expect(heard[2]).toMatchObject({ note: expect.stringContaining("the driver was reset"), frame: { kind: "cpu" } });
});

test("a training run that is lost with its device is handed its last checkpoint", async () => {
  const trains: AnyTask = async function* (run) {
    const backend = await run.backend();
    run.take = async () => new Uint8Array([7]);
    for (let step = run.resume ? run.resume[0]! : 0; ; step++) {
      yield { step };
      if (backend.kind === "webgpu" && step === 0) throw new Error("the device is gone");
    }
  };
  const { say, until, start } = host({ trains });
  start("a", "trains", { backend: "webgpu", training: true });
  say({ type: "next", figure: "a" });
  await until(1);
  await settle();
  say({ type: "next", figure: "a" });
  expect((await until(2))[1]).toMatchObject({ backend: "cpu", frame: { step: 7 } });
});

test("a GPU that cannot be had becomes the CPU with a note", async () => {
  const heard: FromWorker[] = [];
  const say = createHost({
    post: (message) => heard.push(message),
    load: async () => usesDevice,
    factories: { cpu: async () => breakable("cpu").backend, webgpu: () => Promise.reject(new Error("no adapter")), survey: async () => null },
  });
  say({ type: "start", figure: "a", run: 1, task: "descend", training: false, params: {}, backend: "webgpu", site: "https://book.test/" });
  say({ type: "next", figure: "a" });
  await settle();
  expect(heard).toMatchObject([{ type: "frame", backend: "cpu", note: expect.stringContaining("no adapter") }]);
});

test("take hands out bytes, and null where a task has none", async () => {
  const gives: AnyTask = async function* (run) {
    run.take = async (kind) => new TextEncoder().encode(kind);
    yield 1;
  };
  const { say, until, start } = host({ gives, count });
  start("a", "gives");
  start("b", "count");
  say({ type: "next", figure: "a" });
  await until(1);
  say({ type: "take", figure: "a", kind: "model" });
  await until(2);
  say({ type: "take", figure: "b", kind: "profile" });
  expect((await until(3)).slice(1)).toMatchObject([{ type: "taken", bytes: new TextEncoder().encode("model") }, { type: "taken", bytes: null }]);
});

test("interactive work is done before the next slice of a training that is under way", async () => {
  const order: string[] = [];
  const train: AnyTask = async function* (run) {
    for (let piece = 0; piece < 4; piece++) {
      const begun = performance.now();
      while (performance.now() - begun < 15);
      order.push("training");
      if (piece === 0) {
        start("b", "quick");
        say({ type: "next", figure: "b" });
      }
      await run.breathe();
    }
    yield "trained";
  };
  const quick: AnyTask = async function* () {
    order.push("interactive");
    yield "quick";
  };
  const { say, until, start } = host({ train, quick });
  start("a", "train", { training: true });
  say({ type: "next", figure: "a" });
  await until(2);
  expect(order).toEqual(["training", "interactive", "training", "training", "training"]);
});

test("turns are handed to interactive work first", async () => {
  const turns = createTurns();
  const order: string[] = [];
  await Promise.all([turns.take(true).then(() => order.push("training")), turns.take(false).then(() => order.push("interactive"))]);
  expect(order).toEqual(["interactive", "training"]);
});

/** Counts up, adding its rate at each step; its checkpoints hold step and sum. */
const adder: AnyTask = async function* (run) {
  let [step, sum] = run.resume ? [run.resume[0]!, run.resume[1]!] : [0, 0];
  run.take = async () => Uint8Array.of(step, sum);
  for (;;) {
    yield { step, sum, resumed: run.resume?.[0] ?? null, single: run.single };
    await run.breathe();
    if (step === 100) await run.changed();
    step++;
    sum += run.params.rate as number;
  }
};
const frameOf = (message: FromWorker | undefined): unknown => (message?.type === "frame" ? message.frame : message);

test("seek gives the frame of exactly that step: forward without the frames between, back from the nearest checkpoint", async () => {
  const { say, until, start } = host({ adder });
  start("a", "adder", { training: true, params: { rate: 2 } });
  say({ type: "seek", figure: "a", step: 70 });
  say({ type: "next", figure: "a" });
  expect(frameOf((await until(1)).at(-1))).toEqual({ step: 70, sum: 140, resumed: null, single: true });
  say({ type: "seek", figure: "a", step: 45 });
  say({ type: "next", figure: "a" });
  expect(frameOf((await until(2)).at(-1))).toEqual({ step: 45, sum: 90, resumed: 40, single: true });
  say({ type: "seek", figure: "a", step: 0 });
  say({ type: "next", figure: "a" });
  expect(frameOf((await until(3)).at(-1))).toEqual({ step: 0, sum: 0, resumed: null, single: true });
  say({ type: "next", figure: "a" });
  expect(frameOf((await until(4)).at(-1))).toMatchObject({ step: 1 });
});

test("a live param moved after a seek gives the run another future from there on", async () => {
  const { say, until, start } = host({ adder });
  start("a", "adder", { training: true, params: { rate: 1 } });
  say({ type: "seek", figure: "a", step: 90 });
  say({ type: "next", figure: "a" });
  await until(1);
  say({ type: "seek", figure: "a", step: 30 });
  say({ type: "next", figure: "a" });
  await until(2);
  say({ type: "params", figure: "a", params: { rate: 2 } });
  say({ type: "seek", figure: "a", step: 90 });
  say({ type: "next", figure: "a" });
  expect(frameOf((await until(3)).at(-1))).toMatchObject({ step: 90, sum: 150 });
});

test("seek wakes a task that waits, and a step that it never reaches ends at the last it has", async () => {
  const { say, until, start } = host({ adder });
  start("a", "adder", { training: true, params: { rate: 1 } });
  say({ type: "seek", figure: "a", step: 1e9 });
  say({ type: "next", figure: "a" });
  expect(frameOf((await until(1)).at(-1))).toMatchObject({ step: 100 });
  say({ type: "next", figure: "a" });
  await settle();
  say({ type: "seek", figure: "a", step: 10 });
  expect(frameOf((await until(2)).at(-1))).toMatchObject({ step: 10, sum: 10 });
});

/** A training of small pieces of work, some of them under way whenever nobody looks. */
const pieces: AnyTask = async function* (run) {
  try {
    for (let step = 0; ; step++) {
      yield { step };
      for (let i = 0; i < 5; i++) {
        done++;
        await new Promise((resolve) => { setTimeout(resolve, 1); });
        await run.breathe();
      }
    }
  } finally {
    done = -1;
  }
};
let done = 0;

test("a figure that nobody sees stands still within its frame, and goes on where it was at the next word", async () => {
  const { say, heard, until, start } = host({ pieces });
  done = 0;
  start("a", "pieces", { training: true });
  say({ type: "next", figure: "a" });
  await until(1);
  say({ type: "next", figure: "a" });
  say({ type: "rest", figure: "a" });
  await settle();
  const stood = done;
  expect(stood).toBeLessThanOrEqual(1);
  await settle();
  expect([done, heard.length]).toEqual([stood, 1]);
  say({ type: "rouse", figure: "a" });
  expect((await until(2))[1]).toMatchObject({ frame: { step: 1 } });
  expect(done).toBe(5);
});

test("a figure that is stopped while it rests ends through its finally", async () => {
  const { say, until, start } = host({ pieces });
  start("a", "pieces", { training: true });
  say({ type: "next", figure: "a" });
  await until(1);
  say({ type: "next", figure: "a" });
  say({ type: "rest", figure: "a" });
  await settle();
  say({ type: "stop", figure: "a" });
  await settle();
  expect(done).toBe(-1);
});

test("twenty trainings whose frames are asked for as they come advance alike, however many steps a frame has", async () => {
  const breathing: AnyTask = async function* (run) {
    for (let step = 0; ; step++) {
      yield { step };
      for (let i = 0; i < Number(run.params.pieces); i++) await run.breathe();
    }
  };
  const { say, heard, until, start } = host({ breathing });
  const figures = Array.from({ length: 20 }, (_, i) => `figure ${i}`);
  for (const [i, figure] of figures.entries()) start(figure, "breathing", { training: true, params: { pieces: 1 + 7 * i } });
  for (const figure of figures) say({ type: "next", figure });
  for (let seen = 0; seen < 400; seen++) {
    const message = (await until(seen + 1))[seen]!;
    if (message.type === "frame") say({ type: "next", figure: message.figure });
  }
  const frames = figures.map((figure) => heard.slice(0, 400).filter((message) => message.type === "frame" && message.figure === figure).length);
  expect(Math.max(...frames) - Math.min(...frames)).toBeLessThanOrEqual(2);
});
