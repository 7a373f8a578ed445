/** Reads what the two test runners report, and adds it up. Nothing counts as passed that a report does not name. */
import { readIfThere } from "./files.mjs";

/** Counts of a Vitest JSON report. A file that could not be loaded is one failure, as is an error outside every test. */
export function vitestCounts(path, status) {
  const report = parsed(path);
  if (!report) return broken();
  const unloaded = report.testResults.filter(
    ({ status: outcome, assertionResults }) => outcome === "failed" && !assertionResults.some((result) => result.status === "failed"),
  ).length;
  return honest({
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  }, status);
}

/** Counts of a Playwright JSON report. A test that passed only on a second try is a failure. */
export function playwrightCounts(path, status) {
  const report = parsed(path);
  if (!report) return broken();
  const { expected, unexpected, flaky, skipped } = report.stats;
  return honest({ passed: expected, failed: unexpected + flaky, skipped }, status);
}

export function addUp(counts) {
  const sum = (key) => counts.reduce((total, part) => total + part[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

const broken = () => ({ passed: 0, failed: 1, skipped: 0 });

function parsed(path) {
  const text = readIfThere(path);
  return text === undefined ? undefined : JSON.parse(text);
}

/** A runner that failed without a failed test (an error outside every test, or no test at all) still counts as one failure. */
function honest(counts, status) {
  const silent = counts.failed === 0 && (status !== 0 || counts.passed + counts.skipped === 0);
  return silent ? { ...counts, failed: 1 } : counts;
}
