/**
 * `npm run bench:peers -- [--readme] [--only ID,ID] [--rounds N]`: this engine beside other libraries, in pages of one browser.
 * Writes results.json here; with --readme also the table in README.md. The peers' packages are installed here on first use.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { wasmPath } from "../../scripts/buildWasm.mjs";
import { root } from "../../scripts/paths.mjs";
import { chooseAdapter, open } from "./browser.mjs";
import { buildPage, bundleSizes } from "./bundles.mjs";
import { serve } from "./serve.mjs";
import { toMarkdown, writeReadme } from "./table.mjs";

const here = join(root, "bench", "peers");
const results = join(here, "results.json");

export async function benchPeers(args) {
  const { values } = parseArgs({
    args,
    options: {
      readme: { type: "boolean", default: false }, only: { type: "string" },
      rounds: { type: "string", default: "7" }, milliseconds: { type: "string", default: "400" },
    },
  });
  installPeers();
  const site = await serve({
    "/": await buildPage(), "/node_modules/": join(here, "node_modules"), "/kernels.wasm": wasmPath,
    "/english.txt": writeText(),
    "/cl100k_base.tiktoken": join(here, "node_modules", "gpt-tokenizer", "data", "cl100k_base.tiktoken"),
  });
  try {
    const effort = { rounds: Number(values.rounds), roundTime: Number(values.milliseconds) };
    const report = await compare(site.url, effort, (id) => !values.only || values.only.split(",").includes(id));
    const whole = values.only ? merged(report) : report;
    writeFileSync(results, `${JSON.stringify(whole, null, 1)}\n`);
    console.log(toMarkdown(whole));
    if (values.readme) writeReadme(join(root, "README.md"), toMarkdown(whole));
  } finally {
    await site.close();
  }
}

async function compare(url, effort, isWanted) {
  const { start, adapter } = await chooseAdapter(url);
  const first = await open(url, start);
  const machine = { date: new Date().toISOString().slice(0, 10), processor: cpus()[0].model.trim(), cores: cpus().length, adapter, ...(await first.page.evaluate(() => glassboxPeers.machine())) };
  const { ids, firstStepNames } = await first.page.evaluate(() => ({ ids: glassboxPeers.ids, firstStepNames: glassboxPeers.firstStepNames }));
  await first.close();
  const report = { machine, order: ids, rows: [] };
  for (const id of ids.filter(isWanted)) {
    if (id.endsWith("-gpu") && !adapter) continue;
    const { page, close } = await open(url, start);
    const [load] = loadavg(), begun = performance.now();
    const row = await page.evaluate(([id, effort]) => glassboxPeers.run(id, effort), [id, effort]).finally(close);
    const medians = row.entries.map(({ name, median }) => `${name} ${median.toFixed(1)}`).join(", ");
    console.error(`${id}: ${medians} ${row.unit}; ${row.agreement} (${((performance.now() - begun) / 1000).toFixed(0)} s)`);
    report.rows.push({ ...row, load });
  }
  if (adapter && isWanted("first-step-gpu")) report.firstSteps = await firstSteps(url, start, firstStepNames);
  if (isWanted("bundles")) report.bundles = await bundleSizes();
  return report;
}

/** Each in a browser that has never seen its shaders, three times in turn; who takes over half a minute, once. */
async function firstSteps(url, start, names) {
  const runs = new Map(names.map((name) => [name, []]));
  for (let round = 0; round < 3; round++) {
    for (const name of names) {
      const before = runs.get(name);
      if (before[0]?.seconds > 30) continue;
      const { page, close } = await open(url, start);
      before.push(await page.evaluate((name) => glassboxPeers.firstStep(name), name).finally(close));
    }
  }
  const losses = [...runs.values()].flat().map(({ loss }) => loss);
  if (!(Math.max(...losses) - Math.min(...losses) <= 1e-4 * Math.max(...losses))) throw new Error(`first step: losses differ, ${losses.join(", ")}`);
  return names.map((name) => {
    const seconds = runs.get(name).map((run) => run.seconds).sort((a, b) => a - b);
    console.error(`first step, ${name}: ${seconds.map((each) => each.toFixed(2)).join(", ")} s`);
    return { name, median: seconds[seconds.length >> 1], fastest: seconds[0], slowest: seconds.at(-1), rounds: seconds.length, counts: runs.get(name)[0].counts };
  });
}

/** A megabyte of English: the chapters of Moby-Dick from a package of the house, one after another. */
function writeText() {
  const chapters = join(root, "node_modules", "@stdlib", "datasets-moby-dick", "data");
  const text = Array.from({ length: 135 }, (_, i) => readFileSync(join(chapters, `chapter_${i + 1}.txt`))).join("\n");
  const file = join(here, "node_modules", ".cache", "english.txt");
  writeFileSync(file, Buffer.from(text).subarray(0, 1e6));
  return file;
}

/** A part measured again takes the place of what the last run found; rows stand in the order of the page. */
function merged({ rows, ...rest }) {
  const before = existsSync(results) ? JSON.parse(readFileSync(results, "utf8")) : { rows: [] };
  const all = new Map([...before.rows, ...rows].map((row) => [row.id, row]));
  return { ...before, ...rest, rows: rest.order.flatMap((id) => all.get(id) ?? []) };
}

function installPeers() {
  const wanted = JSON.parse(readFileSync(join(here, "package-lock.json"), "utf8")).packages;
  const record = join(here, "node_modules", ".package-lock.json");
  const installed = existsSync(record) ? JSON.parse(readFileSync(record, "utf8")).packages : {};
  if (Object.entries(wanted).every(([path, { version, optional }]) => path === "" || optional || installed[path]?.version === version)) return;
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: here, shell: process.platform === "win32", stdio: ["ignore", 2, 2],
  });
  if (npm.status !== 0) throw new Error("bench:peers: npm ci failed in bench/peers");
}
