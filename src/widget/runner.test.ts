import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EngineClient, RunListener, RunRequest } from "../../engine/worker/client.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget, type Widget } from "./defineWidget.ts";
import { type AnyValues, defaults } from "./params.ts";
import { createRunner } from "./runner.ts";
import { figureStore, forget } from "./store.ts";

const widget = defineWidget({
  id: "counter",
  title: "A counter",
  params: {
    learningRate: { kind: "number", default: 0.1, min: 0, max: 1, step: 0.1, label: "rate", live: true },
    start: { kind: "number", default: 5, min: 0, max: 9, step: 1, label: "start" },
    seed: { kind: "number", default: 1, min: 0, max: 1e6, step: 1, label: "seed" },
  },
  scenes: { fast: { title: "fast", params: { learningRate: 0.9 }, watch: "It goes fast." } },
  task: tasks.descend as never,
  size: { wide: [10, 10], narrow: [10, 10] },
  draw: () => () => undefined,
  describe: () => ({ sentence: "", table: { columns: [], rows: [] } }),
  readouts: { step: (frame: { step: number }) => `step ${frame.step}` },
  start: "auto",
  pace: 100,
});

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => {
  vi.useRealTimers();
  forget("f");
});

function setUp(playing = true, shown: Widget = widget, repaint: (draw: () => void) => void = (draw) => draw()) {
  const said: string[] = [];
  const starts: RunRequest[] = [];
  let listener: RunListener;
  const client: EngineClient = {
    start(request, heard) {
      starts.push(request);
      said.push("start");
      listener = heard;
      return {
        next: () => said.push("next"), params: (patch) => said.push(`params ${JSON.stringify(patch)}`), seek: (step) => said.push(`seek ${step}`),
        choose: (choice) => said.push(`choose ${choice}`), rest: (resting) => resting && said.push("rest"), take: async () => null, stop: () => said.push("stop"),
      };
    },
  };
  const store = figureStore("f");
  const base = defaults(shown.params) as AnyValues;
  store.setState({ params: base, playing });
  const drawn: unknown[] = [];
  const runner = createRunner({ widget: shown, figure: "f", store, client, base, draw: (frame) => drawn.push(frame), repaint });
  const answer = (step: number, extra: object = {}): void => listener.frame({ type: "frame", figure: "f", run: 1, frame: { step, loss: 1 / step, ...extra }, ms: 1, backend: "cpu" });
  const clear = (): string[] => said.splice(0);
  return { runner, store, said: clear, starts, answer, drawn, error: (message: string) => listener.error(message) };
}

test("a figure starts when it is seen, and asks for the next frame once the last is drawn and its pace is over", () => {
  const { runner, said, answer, drawn, store } = setUp();
  expect(said()).toEqual([]);
  runner.see(true);
  expect(said()).toEqual(["start", "next"]);
  expect(store.getState().status).toBe("loading");
  answer(1);
  expect(drawn).toEqual([{ step: 1, loss: 1 }]);
  expect(store.getState()).toMatchObject({ status: "live", step: 1, loss: 1, readouts: { step: "step 1" } });
  vi.advanceTimersByTime(99);
  expect(said()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(said()).toEqual(["next"]);
});

test("off-screen it pauses by not asking, and goes on when seen again", () => {
  const { runner, said, answer, store } = setUp();
  runner.see(true);
  answer(1);
  runner.see(false);
  vi.advanceTimersByTime(100);
  answer(2);
  said();
  vi.advanceTimersByTime(1000);
  expect(said()).toEqual([]);
  expect(store.getState().status).toBe("paused");
  runner.see(true);
  vi.advanceTimersByTime(1000);
  expect(said()).toEqual(["next"]);
  expect(store.getState().status).toBe("live");
});

test("what is being computed when a figure leaves the screen rests, but for a run that the reader started", () => {
  const { runner, said } = setUp();
  runner.see(true);
  said();
  runner.see(false);
  expect(said()).toEqual(["rest"]);
  runner.see(true);
  runner.fulfil({ type: "run" });
  said();
  runner.see(false);
  expect(said()).toEqual([]);
});

test("a run that the reader started goes on off-screen", () => {
  const { runner, said, answer } = setUp(false);
  runner.see(true);
  expect(said()).toEqual([]);
  runner.fulfil({ type: "run" });
  runner.see(false);
  answer(1);
  said();
  vi.advanceTimersByTime(100);
  expect(said()).toEqual(["next"]);
});

test("a live param reaches the running task, another restarts it, and values are made valid first", () => {
  const { runner, said, answer, starts, store } = setUp();
  runner.see(true);
  answer(1);
  said();
  runner.fulfil({ type: "set", params: { learningRate: 7, junk: 1 } });
  expect(said()).toEqual(['params {"learningRate":1}', "next"]);
  answer(2);
  runner.fulfil({ type: "set", params: { start: 3 } });
  expect(said()).toEqual(["stop", "start", "next"]);
  expect(starts.at(-1)!.params).toEqual({ learningRate: 1, start: 3, seed: 1 });
  runner.fulfil({ type: "set", params: { start: 3 } });
  expect(said()).toEqual([]);
  expect(store.getState().params).not.toHaveProperty("junk");
});

test("a paused training takes a new learning rate without taking a step", () => {
  const { runner, said, answer } = setUp(true, { ...widget, task: { ...widget.task, training: true } });
  runner.see(true);
  answer(1);
  runner.fulfil({ type: "pause" });
  said();
  runner.fulfil({ type: "set", params: { learningRate: 0.5 } });
  expect(said()).toEqual(['params {"learningRate":0.5}']);
});

test("step takes one frame and stays paused; reset starts again with the same seed, new seed with another", () => {
  const { runner, said, answer, starts, store } = setUp();
  runner.see(true);
  answer(1);
  runner.fulfil({ type: "pause" });
  said();
  runner.fulfil({ type: "step" });
  answer(2);
  vi.advanceTimersByTime(1000);
  expect(said()).toEqual(["next"]);
  expect(store.getState().status).toBe("paused");
  runner.fulfil({ type: "reset" });
  expect(starts.at(-1)!.params.seed).toBe(1);
  runner.fulfil({ type: "newSeed" });
  expect(starts.at(-1)!.params.seed).toBe(2);
});

test("a scene sets its params on top of the figure's own", () => {
  const { runner, store } = setUp();
  runner.see(true);
  runner.fulfil({ type: "set", params: { start: 2 } });
  runner.fulfil({ type: "scene", scene: "fast" });
  expect(store.getState()).toMatchObject({ params: { learningRate: 0.9, start: 5 }, scene: "fast" });
  runner.fulfil({ type: "scene", scene: "constructor" });
  runner.fulfil({ type: "set", params: { start: 1 } });
  expect(store.getState().scene).toBeNull();
});

test("an error stops asking, and retry starts again", () => {
  const { runner, said, answer, error, store } = setUp();
  runner.see(true);
  answer(1);
  error("the model could not be loaded");
  expect(store.getState()).toMatchObject({ status: "error", error: "the model could not be loaded" });
  vi.advanceTimersByTime(1000);
  said();
  runner.fulfil({ type: "retry" });
  expect(said()).toEqual(["start", "next"]);
  answer(1);
  expect(store.getState()).toMatchObject({ status: "live", error: null });
});

test("frames of a run that was replaced are not drawn", () => {
  const { runner, answer, drawn } = setUp();
  runner.see(true);
  const late = answer;
  late(1);
  runner.stop();
  late(2);
  expect(drawn).toHaveLength(1);
});

test("seek pauses, asks for that step, and says where it is when it is there", () => {
  const { runner, said, answer, store } = setUp();
  runner.see(true);
  answer(1);
  said();
  runner.fulfil({ type: "seek", step: 40 });
  expect(said()).toEqual(["seek 40", "next"]);
  expect(store.getState()).toMatchObject({ playing: false, target: 40 });
  answer(40);
  expect(store.getState()).toMatchObject({ step: 40, furthest: 40, target: null, status: "paused" });
  runner.fulfil({ type: "seek", step: 3 });
  answer(3);
  expect(store.getState()).toMatchObject({ step: 3, furthest: 40 });
  runner.fulfil({ type: "run" });
  expect(said().at(-1)).toBe("next");
  expect(store.getState().playing).toBe(true);
});

test("a link's step is gone to before anything else, and other params forget it", () => {
  const { runner, said, store } = setUp();
  store.setState({ target: 12, expected: "3fa9c1d2" });
  runner.see(true);
  expect(said()).toEqual(["start", "seek 12", "next"]);
  expect(store.getState().playing).toBe(false);
  runner.fulfil({ type: "set", params: { start: 2 } });
  expect(said().slice(0, 3)).toEqual(["stop", "start", "next"]);
  expect(store.getState()).toMatchObject({ target: null, expected: null });
});

test("at a speed of its reader a figure takes single steps, so many a second", () => {
  const { runner, said, answer } = setUp();
  runner.fulfil({ type: "speed", perSecond: 5 });
  runner.see(true);
  answer(1);
  said();
  vi.advanceTimersByTime(199);
  expect(said()).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(said()).toEqual(["next"]);
});

test("what is locked is changed by the host alone", () => {
  const { runner, store } = setUp();
  runner.see(true);
  store.setState({ locked: true });
  runner.fulfil({ type: "set", params: { start: 2 } });
  runner.fulfil({ type: "scene", scene: "fast" });
  runner.fulfil({ type: "newSeed" });
  expect(store.getState().params).toMatchObject({ start: 5, learningRate: 0.1, seed: 1 });
  runner.fulfil({ type: "set", params: { start: 2 }, host: true });
  expect(store.getState().params.start).toBe(2);
});

test("a scene starts what trains or waits for its press, and the reader's run goes on out of sight; a paused walk stays paused", () => {
  const trained = { ...widget, task: { ...widget.task, training: true } } as unknown as Widget;
  const training = setUp(false, trained);
  training.runner.see(false);
  training.runner.fulfil({ type: "scene", scene: "fast" });
  expect(training.store.getState()).toMatchObject({ playing: true, pressed: true, scene: "fast" });
  expect(training.starts.map(({ params }) => params)).toMatchObject([{ learningRate: 0.9 }]);
  forget("f");
  const waits = setUp(false, { ...widget, start: "press", uses: ["data/none"] } as unknown as Widget);
  waits.runner.fulfil({ type: "scene", scene: "fast" });
  expect(waits.store.getState()).toMatchObject({ playing: true, pressed: false });
  expect(waits.starts).toHaveLength(1);
  forget("f");
  const walk = setUp(false);
  walk.runner.fulfil({ type: "scene", scene: "fast" });
  expect(walk.store.getState()).toMatchObject({ playing: false, pressed: false });
});

test("a param of the picture alone reaches no running training and leaves no mark on it", () => {
  const shown = { ...widget, task: { ...widget.task, training: true }, params: { ...widget.params, scale: { kind: "number", default: 0, min: 0, max: 1, step: 1, label: "scale", live: true, picture: true } } } as unknown as Widget;
  const { runner, said, answer, store } = setUp(true, shown);
  runner.see(true);
  answer(1);
  said();
  runner.fulfil({ type: "set", params: { scale: 1 } });
  expect(said()).toEqual([]);
  expect(store.getState()).toMatchObject({ steered: false, params: { scale: 1 } });
  runner.fulfil({ type: "set", params: { learningRate: 0.5 } });
  expect(store.getState().steered).toBe(true);
});

test("pinned frames are held in their order, three at most, and let go together", () => {
  const { runner, answer, store } = setUp(true, { ...widget, pins: true });
  runner.see(true);
  for (const step of [1, 2, 3, 4]) {
    answer(step);
    for (let times = 0; times < 2; times++) runner.fulfil({ type: "pin" });
  }
  const { pinned } = store.getState();
  expect([...pinned!.earlier!, pinned!].map(({ frame }) => (frame as { step: number }).step)).toEqual([2, 3, 4]);
  expect(pinned!.earlier!.every(({ earlier }) => earlier === undefined)).toBe(true);
  runner.fulfil({ type: "unpin" });
  expect(store.getState().pinned).toBeNull();
});

test("of frames that come before a repaint the last is drawn, once, and a run begun anew meanwhile loses none of its own", () => {
  const waiting: (() => void)[] = [];
  const { runner, answer, drawn, said } = setUp(true, widget, (draw) => waiting.push(draw));
  const repaint = (): void => { for (const draw of waiting.splice(0)) draw(); };
  runner.see(true);
  answer(8);
  answer(9);
  repaint();
  expect(drawn.splice(0)).toEqual([{ step: 9, loss: 1 / 9 }]);
  vi.advanceTimersByTime(100);
  said();
  answer(10);
  runner.fulfil({ type: "reset" });
  answer(0);
  repaint();
  expect(drawn).toEqual([{ step: 0, loss: Infinity }]);
  vi.advanceTimersByTime(100);
  expect(said()).toEqual(["stop", "start", "next", "next"]);
});
