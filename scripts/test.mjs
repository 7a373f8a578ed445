/** `npm test`: every check in turn, going on after a failure so that one run shows everything, and one last line with the sums. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { browserOptions, cache, root, useSoftwareVulkan } from "./paths.mjs";
import { addUp, playwrightCounts, vitestCounts } from "./results.mjs";
import { setUp } from "./setup.mjs";
import { unbuiltNote } from "./unbuilt.mjs";

const strict = process.env.CI === "true";
const minutes = 60_000;

const stages = {
  types: () => check("typescript", "bin/tsc", ["-p", "."]),
  lint: () => check("oxlint", "bin/oxlint", ["--max-warnings=0"]),
  knip: () => check("knip", "bin/knip.js", []),
  unit: () => vitest(["--project", "unit"]),
  engine: () => vitest(["--project", "engine"]),
  build: async () => ((await import("./build.mjs")).buildIfChanged() ? one("passed") : one("failed")),
  e2e: () => playwright([]),
  matrix: () => playwright([], { GLASSBOX_MATRIX: "1" }),
};
const everything = ["types", "lint", "knip", "unit", "engine", "build", "e2e"];

/** Runs what the words name (stages, or files of tests; nothing means everything). Resolves to the exit status. */
export async function runTests(words) {
  const plan = planOf(words);
  setUp({ browser: plan.some(({ opensPages }) => opensPages) });
  useSoftwareVulkan();
  const rows = [];
  for (const { name, run } of plan) {
    console.log(`\n── ${name}`);
    const start = performance.now();
    rows.push({ name, counts: await run(), seconds: (performance.now() - start) / 1000 });
  }
  console.log("");
  for (const { name, counts, seconds } of rows) {
    console.log(`${counts.failed ? "✗" : "✓"} ${name.padEnd(8)} ${inWords(counts).padEnd(36)} ${seconds.toFixed(1).padStart(6)} s`);
  }
  const sum = addUp(rows.map(({ counts }) => counts));
  if (words.length === 0) console.log(unbuiltNote());
  console.log(inWords(sum));
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

const inWords = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;

function planOf(words) {
  const isStage = (word) => Object.hasOwn(stages, word);
  const files = words.filter((word) => !isStage(word)).map((word) => relative(root, resolve(root, word)).replaceAll("\\", "/"));
  const unknown = files.find((file) => !existsSync(join(root, file)));
  if (unknown) throw new Error(`test: ${unknown} is neither a stage (${Object.keys(stages).join(", ")}) nor a file`);
  const inBrowser = files.filter((file) => file.startsWith("e2e/"));
  const inNode = files.filter((file) => !file.startsWith("e2e/"));
  const chosen = new Set(words.length === 0 ? everything : words.filter(isStage));
  const opensPages = inBrowser.length > 0 || chosen.has("e2e") || chosen.has("matrix");
  if (opensPages) chosen.add("build");
  const plan = Object.keys(stages).filter((name) => chosen.has(name)).map((name) => ({ name, run: stages[name], opensPages }));
  if (inNode.length) plan.push({ name: "files", run: () => vitest(inNode) });
  if (inBrowser.length) plan.push({ name: "pages", run: () => playwright(inBrowser), opensPages });
  return plan;
}

const one = (outcome) => ({ passed: 0, failed: 0, skipped: 0, [outcome]: 1 });

/** A tool that either agrees or does not counts as one check. */
function check(packageName, program, args) {
  return one(node(packageName, program, args) === 0 ? "passed" : "failed");
}

function node(packageName, program, args, environment = {}) {
  const run = spawnSync(process.execPath, [join(root, "node_modules", packageName, program), ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...environment },
    timeout: 14 * minutes,
  });
  if (run.signal) console.log(`${packageName}: ended by ${run.signal}`);
  return run.status ?? 1;
}

function reportFile(name) {
  mkdirSync(cache, { recursive: true });
  const path = join(cache, `${name}.${process.pid}.report.json`);
  rmSync(path, { force: true });
  return path;
}

function vitest(args) {
  const report = reportFile("vitest");
  const status = node("vitest", "vitest.mjs", ["run", ...args, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`]);
  return taken(vitestCounts, report, status);
}

async function playwright(args, environment = {}) {
  const missing = await missingBrowser();
  if (missing) {
    console.log(`${strict ? "failed" : "skipped"}: no browser: ${missing}`);
    return one(strict ? "failed" : "skipped");
  }
  const report = reportFile("playwright");
  const status = node("@playwright/test", "cli.js", ["test", ...args], { ...environment, PLAYWRIGHT_JSON_OUTPUT_FILE: report });
  return taken(playwrightCounts, report, status);
}

function taken(countsOf, report, status) {
  const counts = countsOf(report, status);
  rmSync(report, { force: true });
  return counts;
}

/** Why no browser can be started, or undefined when one can. */
async function missingBrowser() {
  const options = browserOptions();
  if (!options) return "npm run setup has not unpacked one";
  const { chromium } = await import("playwright-core");
  try {
    await (await chromium.launch(options)).close();
  } catch (error) {
    return String(error.message).split("\n", 1)[0];
  }
}
