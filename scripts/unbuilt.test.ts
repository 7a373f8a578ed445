import { expect, test } from "vitest";
import { built, firstRelease } from "./unbuilt.mjs";

test("the plan's first release is read from its lists, each figure once", () => {
  const plan = "- `descent-1d` (P0; training) — a\n- `loss-curve-lab` (**P0, first-class**; model) — b\n- `later` (P1; op)\nsee `descent-1d` (P0; training)";
  expect(firstRelease(plan)).toEqual(["descent-1d", "loss-curve-lab"]);
});

test("what is built is what the catalogue lists", () => {
  expect(built('export const widgets = {\n  "descent-1d": async () => x,\n  softmax: async () => y,\n};')).toEqual(["descent-1d", "softmax"]);
});
