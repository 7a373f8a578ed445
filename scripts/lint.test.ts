import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "./paths.mjs";

/** [row of the table, file, what it says, whether the lint run must refuse it]. Each file stands alone, so that one complaint has one cause. */
const cases: [string, string, string, boolean][] = [
  ["engine may import itself", "engine/ops/a.ts", 'import { x } from "../tensor.ts"; export { x };', true],
  ["engine may not import src", "engine/b.ts", 'import { x } from "../src/widget/x.ts"; export { x };', false],
  ["engine may not import chapters", "engine/c.ts", 'export { x } from "../chapters/01-a/x.ts";', false],
  ["engine may not import a package", "engine/d.ts", 'import { x } from "d3-array"; export { x };', false],
  ["engine may not import Node", "engine/e.ts", 'import { x } from "node:fs"; export { x };', false],
  ["engine may not load a package later", "engine/f.ts", 'export const x = () => import("zustand");', false],
  ["engine may not take a type from a package", "engine/g.ts", 'export type X = import("react").ReactNode;', false],
  ["the command line may use packages", "engine/cli/h.ts", 'import { x } from "node:fs"; export { x };', true],
  ["the command line may not import src", "engine/cli/i.ts", 'import { x } from "../../src/widget/x.ts"; export { x };', false],
  ["tests of the engine may use packages", "engine/j.test.ts", 'import { x } from "fast-check"; export { x };', true],
  ["tests of the engine may not import src", "engine/k.test.ts", 'import { x } from "../src/widget/x.ts"; export { x };', false],
  ["the Node side may use Node", "engine/backends/cpu/loadNode.ts", 'import { x } from "node:fs"; export { x };', true],
  ["charts may import d3", "src/charts/a.ts", 'import { x } from "d3-scale"; export { x };', true],
  ["charts may import types of the engine", "src/charts/b.ts", 'import type { X } from "../../engine/index.ts"; export type { X };', true],
  ["charts may not import values of the engine", "src/charts/c.ts", 'import { x } from "../../engine/index.ts"; export { x };', false],
  ["charts may not import react", "src/charts/d.ts", 'import { x } from "react"; export { x };', false],
  ["charts may not import widgets", "src/charts/e.ts", 'import { x } from "../widgets/index.ts"; export { x };', false],
  ["the widget machinery may import the engine", "src/widget/a.ts", 'import { x } from "../../engine/index.ts"; export { x };', true],
  ["the widget machinery may start the engine's worker", "src/widget/b.ts", 'export const x = new URL("../../engine/w.ts", import.meta.url);', true],
  ["the widget machinery may not start a widget by address", "src/widget/c.ts", 'export const x = new URL("../widgets/w.ts", import.meta.url);', false],
  ["the widget machinery may not import charts", "src/widget/d.ts", 'import { x } from "../charts/x.ts"; export { x };', false],
  ["the widget machinery may not import widgets", "src/widget/e.ts", 'export const x = () => import("../widgets/x.ts");', false],
  ["the widget machinery may not import prose", "src/widget/f.ts", 'import { x } from "../prose/x.ts"; export { x };', false],
  ["the widget machinery may not import the app", "src/widget/g.ts", 'import { x } from "../app/x.ts"; export { x };', false],
  ["prose may import the widget machinery", "src/prose/a.ts", 'import { x } from "../widget/x.ts"; export { x };', true],
  ["prose may import katex", "src/prose/b.ts", 'import { x } from "katex"; export { x };', true],
  ["prose may not import the engine", "src/prose/c.ts", 'import { x } from "../../engine/index.ts"; export { x };', false],
  ["prose may not import widgets", "src/prose/d.ts", 'import { x } from "../widgets/index.ts"; export { x };', false],
  ["prose may not import chapters", "src/prose/e.ts", 'import { x } from "../../chapters/01-a/index.tsx"; export { x };', false],
  ["a widget may import charts", "src/widgets/a.ts", 'import { x } from "../charts/x.ts"; export { x };', true],
  ["a widget may have a folder of its own", "src/widgets/b.ts", 'import { x } from "./b/part.ts"; export { x };', true],
  ["a widget may not import another", "src/widgets/c.ts", 'import { x } from "./a.ts"; export { x };', false],
  ["a widget may not import the app", "src/widgets/d.ts", 'import { x } from "../app/x.ts"; export { x };', false],
  ["a widget may not import a chapter", "src/widgets/e.ts", 'import { x } from "../../chapters/01-a/x.ts"; export { x };', false],
  ["the catalogue may list widgets", "src/widgets/index.ts", 'export { x } from "./a.ts";', true],
  ["a chapter may import widgets", "chapters/01-a/a.ts", 'import { x } from "../../src/widgets/index.ts"; export { x };', true],
  ["a chapter may not import the engine", "chapters/01-a/b.ts", 'import { x } from "../../engine/index.ts"; export { x };', false],
  ["worked numbers may import the engine", "chapters/01-a/worked.ts", 'import { x } from "../../engine/index.ts"; export { x };', true],
  ["a chapter may not import another", "chapters/01-a/c.ts", 'import { x } from "../02-b/index.tsx"; export { x };', false],
  ["a chapter may not import the app", "chapters/01-a/d.ts", 'import { x } from "../../src/app/x.ts"; export { x };', false],
  ["the app may import the catalogue of widgets", "src/app/a.ts", 'import { x } from "../widgets/index.ts"; export { x };', true],
  ["the app may not import a widget by name", "src/app/b.ts", 'import { x } from "../widgets/a.ts"; export { x };', false],
  ["the app may not import a chapter by name", "src/app/c.ts", 'import { x } from "../../chapters/01-a/index.tsx"; export { x };', false],
  ["an embed may not import a widget by name", "src/embed/a.ts", 'import { x } from "../widgets/a.ts"; export { x };', false],
  ["files may not import in a circle", "engine/circle1.ts", 'import { y } from "./circle2.ts"; export const x = () => y;', false],
  ["only chapters export a default", "engine/default.ts", "export default 1;", false],
  ["a chapter exports a default", "chapters/01-a/index.tsx", "export default 1;", true],
  ["any is refused", "engine/any.ts", "export const x = (y: any) => y;", false],
];

interface Complaint {
  message: string;
  code: string;
  filename: string;
}

let folder = "";
let complaints: Complaint[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "glassbox-lint-"));
  for (const [, file, text] of cases) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${text}\n`);
  }
  writeFileSync(join(folder, "engine/circle2.ts"), 'import { x } from "./circle1.ts"; export const y = () => x;\n');
  // The real configuration and the real rule, so that the test fails when either stops biting.
  cpSync(join(root, "scripts/lint"), join(folder, "scripts/lint"), { recursive: true });
  writeFileSync(join(folder, ".oxlintrc.json"), readFileSync(join(root, ".oxlintrc.json")));
  const oxlint = spawnSync(process.execPath, [join(root, "node_modules/oxlint/bin/oxlint"), "--format=json"], { cwd: folder, encoding: "utf8" });
  complaints = (JSON.parse(oxlint.stdout) as { diagnostics: Complaint[] }).diagnostics;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the lint run", () => {
  test.each(cases)("%s", (_title, file, _text, allowed) => {
    const found = complaints.filter(({ filename }) => filename === file).map(({ message }) => message);
    if (allowed) expect(found).toEqual([]);
    else expect(found).toHaveLength(1);
  });
});
