import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { alwaysThere, drawnSigns } from "./fonts.ts";

/** The reader's own text and that of the corpora is in any script: the system's fonts draw it. */
const anyScript = /bpeTrainer\/corpora|attentionHeatmap\.ts|tokenizerCompare\.ts/;
/** Digits below the line: no face of the book has them, every system has. */
const lent = "₀₁₂₃";

/** The characters of the code, comments left out. */
const code = (path: string): string => readFileSync(path, "utf8").replace(/\/\*[^]*?\*\//g, "").replace(/(^|\s)\/\/.*/g, "");

test("whatever scripts draw is in the fonts that every page has", () => {
  const paths = ["charts", "widget", "widgets"]
    .flatMap((area) => readdirSync(`src/${area}`, { recursive: true, encoding: "utf8" }).map((file) => `src/${area}/${file}`))
    .filter((path) => /\.tsx?$/.test(path) && !path.includes(".test.") && !anyScript.test(path));
  expect(paths.length).toBeGreaterThan(100);
  const there = new Set(alwaysThere + drawnSigns + lent);
  const missing = paths.flatMap((path) => [...new Set(code(path))].filter((sign) => sign > "~" && !there.has(sign)).map((sign) => `${path}: ${sign}`));
  expect(missing).toEqual([]);
});
