import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { extractExport } from "./extractExport.ts";

const source = `import { a } from "./a.ts";

/** Adds. */
export function add(a: number, b: number): number {
  const sum = a + b;

  return sum;
}

// One line above.
export const two = 2;
export const twice = (x: number): number =>
  x * two;

/** A table. */
export const table = {
  rows: [1],
} as const;
`;

test("an export is cut out whole, with the comment above it", () => {
  expect(extractExport(source, "add")).toBe(source.slice(source.indexOf("/** Adds"), source.indexOf("\n\n// One")));
  expect(extractExport(source, "two")).toBe("// One line above.\nexport const two = 2;");
  expect(extractExport(source, "twice")).toBe("export const twice = (x: number): number =>\n  x * two;");
  expect(extractExport(source, "table")).toContain("} as const;");
});

test("an export that is not there is an error", () => {
  expect(() => extractExport(source, "ad", "a.ts")).toThrow('a.ts exports no "ad"');
});

test("the engine's softmax can be shown", () => {
  const code = extractExport(readFileSync(new URL("../../engine/ops/softmax.ts", import.meta.url), "utf8"), "softmax");
  expect(code.match(/[{]/g)).toHaveLength(code.match(/[}]/g)!.length);
  expect(code).toMatch(/^\/\*\*[^]*export function softmax\(/);
});
