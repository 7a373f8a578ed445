import { expect, test } from "vitest";
import { tasks } from "../../engine/tasks/index.ts";
import { defineWidget } from "./defineWidget.ts";
import { decode, encode } from "./permalink.ts";

const common = {
  id: "walk", title: "A walk", task: tasks.descend as never, size: { wide: [10, 10], narrow: [10, 10] }, start: "auto",
  draw: () => () => undefined, describe: () => ({ sentence: "", table: { columns: [], rows: [] } }),
} as const;

const released = defineWidget({
  ...common,
  params: {
    rate: { kind: "number", default: 0.1, min: 0, max: 1, step: 0.1, label: "rate" },
    ground: { kind: "choice", default: "bowl", options: { bowl: "a bowl", wavy: "waves" }, label: "ground" },
  },
  scenes: { wild: { title: "wild", params: { rate: 0.9, ground: "wavy" }, watch: "It jumps." } },
});

/** The same widget after every public name of it was changed. */
const renamed = defineWidget({
  ...common,
  params: {
    learningRate: { kind: "number", default: 0.1, min: 0, max: 1, step: 0.1, label: "learning rate", aliases: ["rate", "lr"] },
    landscape: { kind: "choice", default: "bowl", options: { bowl: "a bowl", ripples: "ripples" }, formerly: { wavy: "ripples" }, label: "landscape", aliases: ["ground"] },
  },
  scenes: { diverge: { title: "diverge", params: { learningRate: 0.9, landscape: "ripples" }, watch: "It jumps.", aliases: ["wild"] } },
});

const now = (text: string) => decode(renamed.params, text, undefined, renamed.scenes).params;

test("links of a release lead to the same state after every param, value and scene was renamed", () => {
  const was = decode(released.params, "rate=0.4&ground=wavy").params;
  const link = encode(released.params, was).query;
  expect(link).toBe("ground=wavy&rate=0.4");
  expect(now(link)).toEqual({ learningRate: was.rate, landscape: "ripples" });
  expect(now("scene=wild")).toEqual({ learningRate: 0.9, landscape: "ripples" });
  expect(now("scene=wild&rate=0.2")).toEqual({ learningRate: 0.2, landscape: "ripples" });
  expect(encode(renamed.params, now(link)).query, "what is written has the new names").toBe("landscape=ripples&learningRate=0.4");
});

test("a name of today goes before a former one, and no name of a prototype is a former one", () => {
  expect(now("rate=0.4&learningRate=0.7").learningRate).toBe(0.7);
  for (const bad of ["constructor", "__proto__", "toString"]) expect(now(`scene=${bad}&landscape=${bad}`)).toEqual({ learningRate: 0.1, landscape: "bowl" });
});
