import { expect, test, vi } from "vitest";
import type { EngineClient, RunRequest } from "../../engine/worker/client.ts";
import { tasks } from "../../engine/tasks/index.ts";
import { freshIndexedDb } from "../keep/fixtures/freshIndexedDb.ts";
import { shelf } from "../keep/shelf.ts";
import { defineWidget, type Widget } from "./defineWidget.ts";
import { findOwn, withoutOwn } from "./findOwn.ts";
import { type AnyValues, defaults } from "./params.ts";
import { createRunner, type FindOwn } from "./runner.ts";
import { figureStore, forget } from "./store.ts";

const widget = defineWidget({
  id: "own", title: "Own", task: tasks.inspect, size: { wide: [2, 1], narrow: [1, 1] }, start: "auto", uses: ["models/story/model.safetensors"],
  params: {
    text: { kind: "text", default: "", label: "text", live: true },
    layer: { kind: "number", default: 0, min: 0, max: 3, step: 1, label: "layer", live: true },
    head: { kind: "number", default: 0, min: 0, max: 3, step: 1, label: "head", live: true },
    model: { kind: "model", default: "shipped", label: "model" },
  },
  scenes: { second: { title: "second", params: { layer: 1 }, watch: "Where does it look?" } },
  draw: () => () => undefined,
  describe: () => ({ sentence: "", table: { columns: [], rows: [] } }),
}) as Widget;
const base = defaults(widget.params) as AnyValues;
const somebodys = "mine:0123456789abcdef";

/** A runner whose engine only writes down what it is asked for. */
function setUp(params: AnyValues, find: FindOwn) {
  forget("own");
  const store = figureStore("own");
  store.setState({ params: { ...base, ...params }, playing: true });
  const starts: RunRequest[] = [];
  const client: EngineClient = {
    start(request) {
      starts.push(request);
      return { next: () => undefined, params: () => undefined, seek: () => undefined, choose: () => undefined, rest: () => undefined, take: async () => null, stop: () => undefined };
    },
  };
  return { store, starts, runner: createRunner({ widget, figure: "own", store, client, base, findOwn: find, draw: () => undefined, repaint: (now) => now() }) };
}

test("a kept model reaches the task as files under its name, with a card, and no shipped pack is fetched beside it", async () => {
  freshIndexedDb();
  const about = { name: "n", where: "w", read: "two stories", shape: { vocabSize: 259 } };
  const { shelved } = await shelf().keep("model", about, new Map([["config.json", new Blob(["{}"])]]));
  const model = `mine:${shelved.id}`;
  const { starts, runner } = setUp({ model }, findOwn);
  runner.see(true);
  await vi.waitFor(() => expect(starts).toHaveLength(1));
  const [{ artefacts, params, uses }] = starts as [RunRequest];
  expect(Object.keys(artefacts!)).toEqual([`${model}/config.json`, `${model}/card.json`]);
  expect(await (artefacts![`${model}/card.json`] as Blob).text()).toBe('{"read":"two stories","counts":[],"taught":[]}');
  expect([params.model, uses]).toEqual([model, undefined]);
});

test.each([["that is not kept here", findOwn, "which is not kept in this browser"], ["in an embed", withoutOwn, "and embeds have no storage"]] as const)(
  "a model %s is replaced by the book's, and the figure says so", async (_, find, why) => {
    freshIndexedDb();
    const { store, starts, runner } = setUp({ model: somebodys, layer: 2 }, find);
    runner.see(true);
    await vi.waitFor(() => expect(starts).toHaveLength(1));
    expect(starts[0]!.params).toMatchObject({ model: "shipped", layer: 2 });
    expect(starts[0]!.uses).toEqual(widget.uses);
    expect(store.getState().notices).toEqual([`This link names a reader’s own model, ${why}: the figure shows the book’s instead.`]);
  });

test("what is moved while the files are looked for stays moved, and only the last choice is started", async () => {
  const answers: (() => void)[] = [];
  const slowly: FindOwn = (_, params) => new Promise((resolve) => { answers.push(() => resolve({ artefacts: {}, params, notices: [] })); });
  const { starts, runner } = setUp({ model: somebodys }, slowly);
  runner.see(true);
  runner.fulfil({ type: "set", params: { text: "new", layer: 3 } });
  runner.fulfil({ type: "set", params: { model: "mine:fedcba9876543210" } });
  for (const answer of answers.reverse()) answer();
  await vi.waitFor(() => expect(starts).toHaveLength(1));
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  expect(starts.map(({ params }) => params)).toEqual([{ ...base, text: "new", layer: 3, model: "mine:fedcba9876543210" }]);
});

test("back to the book's model while the files are looked for starts that, once", async () => {
  let answer = (): void => undefined;
  const slowly: FindOwn = (_, params) => new Promise((resolve) => { answer = () => resolve({ artefacts: {}, params, notices: [] }); });
  const { starts, runner } = setUp({ model: somebodys }, slowly);
  runner.see(true);
  runner.fulfil({ type: "set", params: { model: "shipped" } });
  answer();
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  expect(starts.map(({ params }) => params.model)).toEqual(["shipped"]);
});

test("a scene sets everything back but the reader's own model", async () => {
  freshIndexedDb();
  const { shelved } = await shelf().keep("model", { name: "n", where: "w", read: "r", shape: { vocabSize: 259 } }, new Map([["config.json", new Blob(["{}"])]]));
  const { store, runner } = setUp({ model: `mine:${shelved.id}`, head: 2, text: "mine: a text" }, findOwn);
  runner.fulfil({ type: "scene", scene: "second" });
  expect(store.getState()).toMatchObject({ scene: "second", params: { model: `mine:${shelved.id}`, layer: 1, head: 0, text: "" } });
});
