import { expect, test } from "vitest";
import { arcPaths } from "./arcs.ts";
import { colourClass } from "./heatmap.ts";

const values = [1, 0.9, 0.9, 0.01, 0.99, 0.5, 0.25, 0.25, 0.5];
const matrix = { rows: 3, columns: 3, values, masked: (row: number, column: number) => column > row };

test("every visible weight is a curve in the colour of its class, and hairlines are left out", () => {
  const paths = arcPaths(matrix, 10, 100, [0, 1, 2]);
  expect(paths.map(([index]) => index)).toEqual([0.25, 0.5, 0.99, 1].map((weight) => colourClass(weight, 1, "sqrt"))
    .filter((index, i, all) => all.indexOf(index) === i));
  const curves = paths.flatMap(([, d]) => d.split("M").slice(1));
  expect(curves.length).toBe(5);
  expect(paths[0]![1]).toBe("M0,25C45,25 55,5 100,5M0,25C45,25 55,15 100,15");
});

test("a lit query has its own curves alone", () => {
  expect(arcPaths(matrix, 10, 100, [1]).map(([, d]) => d)).toEqual(["M0,15C45,15 55,15 100,15"]);
});
