/**
 * Makes engine/data/cars.ts: fuel use and weight of the cars of the Auto MPG data set, those rows that have both.
 * Run by hand when this file changes: `npm install --prefix scripts/data`, then `node scripts/data/cars.mjs`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./manifest.mjs";

const rows = JSON.parse(readFileSync(join(root, "scripts/data/node_modules/vega-datasets/data/cars.json"), "utf8"))
  .flatMap(({ Miles_per_Gallon: milesPerGallon, Weight_in_lbs: pounds }) => (milesPerGallon === null || pounds === null ? [] : [`[${milesPerGallon}, ${pounds}]`]));
const perLine = 9;
const lines = Array.from({ length: Math.ceil(rows.length / perLine) }, (_, i) => `  ${rows.slice(i * perLine, (i + 1) * perLine).join(", ")},`);

writeFileSync(join(root, "engine/data/cars.ts"), `/**
 * ${rows.length} cars of 1970 to 1982: miles per gallon and weight in pounds. Made by scripts/data/cars.mjs; change it there.
 *
 * Source: Auto MPG, R. Quinlan, UCI Machine Learning Repository, doi:10.24432/C5859H (CC BY 4.0); from vega-datasets 3.2.1.
 */
export const cars: readonly (readonly [milesPerGallon: number, pounds: number])[] = [
${lines.join("\n")}
];
`);
console.log(`engine/data/cars.ts: ${rows.length} cars`);
