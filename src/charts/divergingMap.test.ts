import { expect, test } from "vitest";
import { SIDES, signedClass } from "./divergingMap.ts";
import { barsPath } from "./histogram.ts";

test("nothing has no colour, the smallest error has one, and the fullest is not passed", () => {
  expect([0, 1e-6, -1e-6, 1, -1, 7].map((value) => signedClass(value, 1))).toEqual([0, 1, -1, SIDES, -SIDES, SIDES]);
  expect(signedClass(0.25, 1)).toBe(SIDES / 2);
  expect(signedClass(-0.3, 1)).toBe(-signedClass(0.3, 1));
});

test("a bar for each count that is not nought, one weight among thousands still to be seen", () => {
  const path = barsPath([0, 1, 10_000], { width: 30, height: 40 });
  expect(path.match(/M/g)).toHaveLength(2);
  expect(path).toContain("M10,40v-1.5");
  expect(path).toContain("M20,40v-40");
});
