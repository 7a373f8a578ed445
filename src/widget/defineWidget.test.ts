import { expect, test } from "vitest";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget, hasSteps } from "./defineWidget.ts";

const params = {
  learningRate: { kind: "number", default: 0.1, min: 0, max: 1.2, step: 0.01, label: "rate" },
  start: { kind: "number", default: 5, min: -1, max: 7, step: 0.1, label: "start" },
  landscape: { kind: "choice", default: "bowl", options: { bowl: "bowl", ripples: "ripples" }, label: "function" },
  steps: { kind: "number", default: 6, min: 1, max: 60, step: 1, label: "steps" },
  headStart: { kind: "number", default: 4, min: 0, max: 60, step: 1, label: "head start" },
} as const;
const rest = {
  title: "A walk",
  size: { wide: [10, 10], narrow: [10, 10] },
  draw: () => () => undefined,
  describe: () => ({ sentence: "", table: { columns: [], rows: [] } }),
  start: "auto",
} as const;

test("a widget gets what it left out: no scenes, no readouts, no pace", () => {
  const widget = defineWidget({ id: "a-walk", params, task: tasks.descend, ...rest });
  expect(widget).toMatchObject({ id: "a-walk", scenes: {}, readouts: {}, pace: 0, uses: [] });
  expect(hasSteps(widget)).toBe(false);
  expect(hasSteps({ ...widget, pace: 100 })).toBe(true);
  expect(hasSteps({ ...widget, start: "press" })).toBe(true);
  const answers = Object.fromEntries(Object.entries(widget.params).map(([name, param]) => [name, { ...param, live: true }]));
  expect(hasSteps({ ...widget, params: answers, start: "press" })).toBe(false);
});

test("names that links could not carry are refused", () => {
  for (const id of ["A", "a_b", "", "1a", "a b"]) expect(() => defineWidget({ id, params, task: tasks.descend, ...rest })).toThrow("kebab-case");
  for (const name of ["v", "scene", "constructor", "a-b", "Upper", "hasOwnProperty-"]) {
    expect(() => defineWidget({ id: "a", params: { ...params, [name]: params.start } as never, task: tasks.descend as never, ...rest })).toThrow(`a: a param cannot be called "${name}"`);
  }
});

test("defaults and scenes that their own schema does not allow are refused, with both values", () => {
  expect(() => defineWidget({ id: "a", params: { ...params, start: { ...params.start, default: 99 } }, task: tasks.descend, ...rest })).toThrow("a: start is 99, and its schema allows 7");
  const scenes = { wild: { title: "wild", params: { learningRate: 7 }, watch: "It is wild." } };
  expect(() => defineWidget({ id: "a", params, scenes, task: tasks.descend, ...rest })).toThrow("a, scene wild: learningRate is 7, and its schema allows 1.2");
});

test("the compiler refuses params that are not the task's, and values that are not the schema's", () => {
  const { steps: _steps, ...fewer } = params;
  // @ts-expect-error: the task needs `steps`
  const missing = () => defineWidget({ id: "a", params: fewer, task: tasks.descend, ...rest });
  // @ts-expect-error: "cliff" is no option
  const wrong = () => defineWidget({ id: "a", params, scenes: { s: { title: "s", params: { landscape: "cliff" }, watch: "It." } }, task: tasks.descend, ...rest });
  expect(missing).not.toThrow();
  expect(wrong).toThrow("cliff");
});
