// @vitest-environment happy-dom
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { engineClient, type RunHandle, type RunListener } from "../../engine/worker/client.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { walk } from "../../engine/tasks/descend.ts";
import { defineWidget } from "./defineWidget.ts";
import { FigureFrame } from "./FigureFrame.tsx";
import { type Catalogue, hydrateFigures } from "./figure.ts";
import { renderPosters } from "./poster.ts";
import { ask, figureStore, forget } from "./store.ts";

/** What React was given: timers of a figure would outlive the window of its test. */
const roots = vi.hoisted(() => [] as { unmount(): void }[]);
vi.mock("react-dom/client", async (load) => {
  const { hydrateRoot, createRoot } = await load<typeof import("react-dom/client")>();
  const kept = <R extends { unmount(): void }>(root: R): R => (roots.push(root), root);
  return {
    hydrateRoot: (...given: Parameters<typeof hydrateRoot>) => kept(hydrateRoot(...given)),
    createRoot: (...given: Parameters<typeof createRoot>) => kept(createRoot(...given)),
  };
});

const params = {
  learningRate: { kind: "number", default: 0.1, min: 0, max: 1.2, step: 0.01, label: "learning rate", live: true },
  start: { kind: "number", default: 5, min: -1, max: 7, step: 0.1, label: "start", live: true },
  landscape: { kind: "choice", default: "bowl", options: { bowl: "bowl", ripples: "ripples" }, label: "function", live: true },
  steps: { kind: "number", default: 6, min: 1, max: 60, step: 1, label: "steps", live: true },
  headStart: { kind: "number", default: 4, min: 0, max: 60, step: 1, label: "head start" },
} as const;

const widget = defineWidget({
  id: "walk",
  title: "A walk",
  params,
  scenes: { jump: { title: "jump", params: { learningRate: 0.5 }, watch: "It lands at once." } },
  task: tasks.descend,
  size: { wide: [100, 50], narrow: [50, 50] },
  draw(stage) {
    const text = stage.svg.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "text");
    stage.svg.append(text);
    return (frame) => { text.textContent = `${frame.step}: ${frame.w.toFixed(4)}`; };
  },
  describe: (frame) => ({ sentence: `Step ${frame.step}.`, table: { columns: ["step", "w"], rows: frame.path.map((w, step) => [step, w]) } }),
  start: "auto",
});
const pressed = defineWidget({ ...widget, id: "pressed", params, task: tasks.descend, scenes: {}, readouts: {}, draw: widget.draw as never, describe: widget.describe as never, start: "press", uses: ["models/none"] });

/** Slow enough to be met on its way. */
const walking = { ...widget, pace: 200 };

/** A new id for each test: listeners of the window outlive the figures they were made for. */
let id = "walk";
let count = 0;
let seen: ((entries: { isIntersecting: boolean; target: Element }[]) => void)[] = [];
const catalogue: Catalogue = { walk: async () => widget, pressed: async () => pressed };
const inThread = () => engineClient({ site: "https://book.test/", backend: "auto", spawn: () => { throw new Error("no worker"); } });

beforeEach(() => {
  id = `walk-${++count}`;
  seen = [];
  vi.stubGlobal("IntersectionObserver", class {
    readonly report: (entries: { isIntersecting: boolean; target: Element }[]) => void;
    constructor(report: (entries: { isIntersecting: boolean; target: Element }[]) => void) { this.report = report; }
    observe(target: Element): void {
      seen.push(this.report);
      this.report([{ isIntersecting: true, target }]);
    }
    unobserve(): void { /* nothing is kept */ }
  });
  location.hash = "";
});
afterEach(async () => {
  // React finishes what it began before the next test, or the end, takes its window away.
  await until(() => document.querySelector("[data-controls=loading]") === null);
  for (const root of roots.splice(0)) root.unmount();
  await new Promise((resolve) => { setTimeout(resolve, 20); });
  vi.unstubAllGlobals();
  document.body.replaceChildren();
  forget(id);
});

async function page(shown = widget, given: { learningRate?: number } = {}, name = id): Promise<HTMLElement> {
  const poster = await renderPosters(shown, given, { id: name });
  document.body.insertAdjacentHTML("beforeend", renderToStaticMarkup(<FigureFrame id={name} widget={shown} params={given} poster={poster}>What it is.</FigureFrame>));
  return document.getElementById(name)!;
}

const until = async (condition: () => boolean): Promise<void> => vi.waitFor(() => { if (!condition()) throw new Error("not yet"); }, { timeout: 15_000, interval: 5 });

test("as static HTML a figure has both posters, controls with the params' names, a caption, a sentence and a table with row headers", async () => {
  const figure = await page();
  expect([...figure.querySelectorAll("[data-stage] svg")].map((svg) => svg.getAttribute("class"))).toEqual(["gb-svg gb-wide", "gb-svg gb-narrow"]);
  expect([...figure.querySelectorAll("[name]")].map((input) => input.getAttribute("name"))).toEqual(["learningRate", "start", "landscape", "landscape", "steps", "headStart"]);
  expect(figure.dataset).toMatchObject({ widget: "walk", status: "static", backend: "cpu" });
  expect(figure.querySelector("figcaption")!.textContent).toBe("What it is.");
  expect(figure.querySelectorAll("table th[scope=row]")).toHaveLength(walk({ ...defaultsOf(), headStart: 4 }, 4).path.length);
});

test("at most three controls are seen at once, the rest lie under More", async () => {
  const figure = await page();
  const more = figure.querySelector("details.gb-more")!;
  expect([...more.querySelectorAll("[name]")].map((input) => input.getAttribute("name"))).toEqual(["steps", "headStart"]);
});

test("a figure comes to life in its own box, walks on, and says so", async () => {
  const figure = await page();
  hydrateFigures(catalogue, { client: inThread() });
  await until(() => figure.dataset.step === "6");
  expect(figure.querySelectorAll("[data-stage] svg")).toHaveLength(1);
  expect(figure.querySelector("[data-stage] svg")!.textContent).toBe("6: 3.5243");
  expect(figure.dataset).toMatchObject({ status: "live", backend: "cpu", ready: expect.stringMatching(/^\d+$/) });
  expect(Number(figure.dataset.loss)).toBeCloseTo(0.2749, 3);
  expect(figure.querySelector("[data-word]")!.textContent).toBe("live · CPU");
  await until(() => figure.querySelector("[data-announce]")!.textContent !== "");
});

test("of several changes of sight that are told at once the last one holds", async () => {
  const figure = await page(walking);
  hydrateFigures({ ...catalogue, walk: async () => walking }, { client: inThread() });
  await until(() => figure.dataset.status === "live");
  const report = (...sights: boolean[]): void => { for (const tell of seen) tell(sights.map((isIntersecting) => ({ isIntersecting, target: figure }))); };
  report(true, false);
  await until(() => figure.dataset.status === "paused");
  report(false, true);
  await until(() => figure.dataset.status === "live");
});

test("React takes over the controls after the first live frame, and a moved slider moves the figure", async () => {
  const figure = await page();
  hydrateFigures(catalogue, { client: inThread() });
  await until(() => figure.dataset.controls === "live" && figure.dataset.step === "6");
  const input = figure.querySelector<HTMLInputElement>("input[name=learningRate]")!;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")!.set!.call(input, "0.5");
  input.dispatchEvent(new Event("input", { bubbles: true }));
  await until(() => figure.querySelector("[data-stage] svg")!.textContent === "6: 3.0000");
  expect(figureStore(id).getState().params.learningRate).toBe(0.5);
});

test("the figure's own params and then the link's hold from the first frame on", async () => {
  location.hash = `#${id}?start=99&junk=1`;
  const figure = await page(widget, { learningRate: 0.5 });
  expect(figure.dataset.params).toBe("learningRate=0.5");
  hydrateFigures(catalogue, { client: inThread() });
  await until(() => figure.dataset.status === "live");
  expect(figureStore(id).getState().params).toMatchObject({ learningRate: 0.5, start: 7 });
});

test("a changed param comes into the address, counted from the figure's own params", async () => {
  const figure = await page();
  hydrateFigures(catalogue, { client: inThread() });
  await until(() => figure.dataset.status === "live");
  ask(id, { type: "set", params: { start: 2 } });
  await until(() => location.hash === `#${id}?start=2`);
  ask(id, { type: "scene", scene: "jump" });
  await until(() => location.hash === `#${id}?learningRate=0.5`);
});

test("what prose asks of a sleeping figure is done when it wakes", async () => {
  const figure = await page();
  ask(id, { type: "scene", scene: "jump" });
  hydrateFigures(catalogue, { client: inThread() });
  await until(() => figure.dataset.step === "6");
  expect(figureStore(id).getState()).toMatchObject({ scene: "jump", params: { learningRate: 0.5 } });
});

test("a figure that waits for its press shows its poster until then", async () => {
  const figure = await page(pressed);
  hydrateFigures(catalogue, { client: inThread() });
  await until(() => figure.dataset.controls === "live");
  expect(figure.dataset.status).toBe("static");
  const run = figure.querySelector<HTMLButtonElement>("[data-ask=run]")!;
  expect(run.textContent).toBe("Run");
  run.click();
  await until(() => figure.dataset.status === "live");
});

test("a press on a control that is still plain HTML counts once the figure is there", async () => {
  const figure = await page(pressed);
  hydrateFigures(catalogue, { client: inThread() });
  figure.querySelector<HTMLButtonElement>("[data-ask=run]")!.click();
  expect(figure.dataset.controls).toBeUndefined();
  await until(() => figure.dataset.status === "live");
});

/** Puts a figure on the page whose engine gives these frames: the first at once, each other one when it is asked for and `give` is called. */
async function scripted(frames: readonly object[]): Promise<{ figure: HTMLElement; button: HTMLButtonElement; begun: () => number; give: () => Promise<void> }> {
  const stepped = { ...walking, pace: 1 };
  const figure = await page(stepped);
  let begun = 0, waiting: (() => void) | null = null;
  const start = (_request: unknown, { frame }: RunListener): RunHandle => {
    let at = 0;
    begun++;
    const send = (): void => { if (at < frames.length) frame({ type: "frame", figure: id, run: begun, frame: frames[at++], ms: 0, backend: "cpu" }); };
    return { next: () => { if (at === 0) send(); else waiting = send; }, params() {}, seek() {}, rest() {}, choose() {}, take: async () => null, stop() {} };
  };
  hydrateFigures({ ...catalogue, walk: async () => stepped }, { client: { start } });
  await until(() => figure.dataset.controls === "live");
  const give = async (): Promise<void> => {
    await until(() => waiting !== null);
    const send = waiting!;
    waiting = null;
    send();
  };
  return { figure, button: figure.querySelector<HTMLButtonElement>("[data-ask=run]")!, begun: () => begun, give };
}
const stepsTo = (last: number) => Array.from({ length: last + 1 }, (_, step) => {
  const frame = walk({ ...defaultsOf(), steps: last }, step);
  return { ...frame, step };
});

test("a press of Pause that comes just after the walk has ended does not begin it again; one that is meant does", async () => {
  const { button, begun, give } = await scripted(stepsTo(1));
  await until(() => button.textContent === "Pause");
  await give();
  await until(() => button.textContent === "Run again");
  button.click();
  await new Promise((resolve) => { setTimeout(resolve, 450); });
  expect([begun(), button.textContent]).toEqual([1, "Run again"]);
  button.click();
  expect(begun()).toBe(2);
});

test("a double press on Pause pauses", async () => {
  const { figure, button } = await scripted(stepsTo(6));
  await until(() => button.textContent === "Pause");
  for (const detail of [1, 2]) {
    button.dispatchEvent(new MouseEvent("click", { bubbles: true, detail }));
    await until(() => button.textContent === "Run");
  }
  expect(figure.dataset.status).toBe("paused");
});

test("where a training has diverged nothing can be paused: it can be run again", async () => {
  const { figure, button, begun } = await scripted([{ ...stepsTo(6)[1], finished: false, diverged: { step: 1 } }]);
  await until(() => button.textContent === "Run again");
  expect(figure.querySelector<HTMLButtonElement>("[data-ask=step]")!.disabled).toBe(true);
  button.click();
  expect(begun()).toBe(2);
});

test("a widget that cannot be loaded leaves one sentence and a way to try again, and the others live", async () => {
  const broken = await page(widget, {}, "second");
  const figure = await page();
  let tries = 0;
  broken.dataset.widget = "broken";
  hydrateFigures({ ...catalogue, broken: async () => { if (tries++ === 0) throw new Error("no connection"); return widget; } }, { client: inThread() });
  await until(() => figure.dataset.status === "live" && broken.dataset.status === "error");
  const box = broken.querySelector("[data-error]")!;
  expect(box.textContent).toBe("This figure stopped: no connection. Try again");
  box.querySelector("button")!.click();
  await until(() => broken.dataset.status === "live");
  expect(broken.querySelector("[data-error]")).toBeNull();
});

const defaultsOf = () => ({ learningRate: 0.1, start: 5, landscape: "bowl" as const, steps: 6, headStart: 4 });
