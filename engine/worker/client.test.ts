import { expect, test } from "vitest";
import { tasks } from "../tasks/index.ts";
import { engineClient, type FrameMessage, type RunListener } from "./client.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";

const worked = { landscape: "bowl", learningRate: 0.1, start: 5, headStart: 4, steps: 30 };

function listen() {
  const frames: FrameMessage[] = [];
  let arrived: () => void = () => undefined;
  const next = new Promise<void>((resolve) => { arrived = resolve; });
  const listener: RunListener = {
    frame: (message) => {
      frames.push(message);
      arrived();
    },
    done: () => undefined,
    error: (message) => { throw new Error(message); },
  };
  return { frames, next, listener };
}

/** A worker that only records what it is told. */
function silentWorker() {
  const told: ToWorker[] = [];
  const worker = { postMessage: (message: ToWorker) => told.push(message), terminate: () => told.push({ type: "stop", figure: "terminated" }), onmessage: null, onerror: null };
  return { told, worker: worker as unknown as Worker };
}

test("where a worker is denied the engine runs on this thread", async () => {
  const client = engineClient({ site: "https://book.test/", backend: "auto", spawn: () => { throw new Error("SecurityError"); } });
  const { frames, next, listener } = listen();
  client.start({ figure: "a", task: tasks.descend, params: worked }, listener).next();
  await next;
  expect(frames[0]).toMatchObject({ backend: "cpu", frame: { step: 4 } });
});

test("what a worker that fails to load was told is said again to this thread", async () => {
  const { told, worker } = silentWorker();
  const client = engineClient({ site: "https://book.test/", backend: "auto", spawn: () => worker });
  const { frames, next, listener } = listen();
  client.start({ figure: "a", task: tasks.descend, params: worked }, listener).next();
  expect(told.map(({ type }) => type)).toEqual(["start", "next"]);
  worker.onerror!({ message: "404" } as ErrorEvent);
  await next;
  expect(frames[0]).toMatchObject({ frame: { step: 4 } });
  expect(told.at(-1)).toEqual({ type: "stop", figure: "terminated" });
});

test("answers to an earlier start of a figure are dropped", () => {
  const { worker } = silentWorker();
  const client = engineClient({ site: "https://book.test/", backend: "auto", spawn: () => worker });
  const first = listen();
  const second = listen();
  client.start({ figure: "a", task: tasks.descend, params: worked }, first.listener);
  client.start({ figure: "a", task: tasks.descend, params: worked }, second.listener);
  const say = (run: number): void => worker.onmessage!({ data: { type: "frame", figure: "a", run, frame: run, ms: 0, backend: "cpu" } satisfies FromWorker } as MessageEvent);
  say(1);
  say(2);
  expect([first.frames.length, second.frames.length]).toEqual([0, 1]);
});

test("one worker serves all figures of a page", () => {
  let spawned = 0;
  const client = engineClient({ site: "https://book.test/", backend: "auto", spawn: () => { spawned++; return silentWorker().worker; } });
  for (const figure of ["a", "b", "c"]) client.start({ figure, task: tasks.descend, params: worked }, listen().listener);
  expect(spawned).toBe(1);
});
