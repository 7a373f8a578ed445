import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { addUp, playwrightCounts, vitestCounts } from "./results.mjs";

const folder = mkdtempSync(join(tmpdir(), "glassbox-results-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function report(content: object): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const vitest = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, numTodoTests: 0, testResults: [] as object[] };
const playwright = { expected: 4, unexpected: 0, flaky: 0, skipped: 0 };

test("tests that passed, failed and were skipped are counted as the runners report them", () => {
  expect(vitestCounts(report({ ...vitest, numFailedTests: 2 }), 1)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  expect(playwrightCounts(report({ stats: { ...playwright, unexpected: 1, skipped: 2 } }), 1)).toEqual({ passed: 4, failed: 1, skipped: 2 });
});

test("a test file that cannot be loaded is a failure", () => {
  const broken = { status: "failed", assertionResults: [] };
  expect(vitestCounts(report({ ...vitest, testResults: [broken] }), 1).failed).toBe(1);
});

test("a test that needed a second try is a failure", () => {
  expect(playwrightCounts(report({ stats: { ...playwright, flaky: 1 } }), 0).failed).toBe(1);
});

test("a runner that fails without a failed test is a failure", () => {
  expect(vitestCounts(report(vitest), 1).failed).toBe(1);
  expect(playwrightCounts(report({ stats: playwright }), 1).failed).toBe(1);
});

test("a run without any test is a failure", () => {
  expect(vitestCounts(report({ ...vitest, numPassedTests: 0, numPendingTests: 0 }), 0).failed).toBe(1);
  expect(playwrightCounts(report({ stats: { ...playwright, expected: 0 } }), 0).failed).toBe(1);
});

test("a runner that leaves no report is a failure", () => {
  expect(vitestCounts(join(folder, "missing.json"), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("the sums are those of the parts", () => {
  expect(addUp([{ passed: 1, failed: 0, skipped: 2 }, { passed: 3, failed: 1, skipped: 0 }])).toEqual({ passed: 4, failed: 1, skipped: 2 });
});
