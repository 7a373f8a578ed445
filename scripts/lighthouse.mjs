/**
 * Lighthouse on the first page and every chapter of the built site, as a desk and as a phone: `npm run lighthouse [PATH…]`. A
 * measurement, not a test: it wants a machine that is doing nothing else. Lighthouse is fetched by npm when it is first needed.
 * A phone is simulated from what this machine took, four times slower: of five runs the middle one counts, as Lighthouse advises.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildIfChanged } from "./build.mjs";
import { browserOptions, cache, dist } from "./paths.mjs";
import { serve } from "./serve.mjs";

const version = "12.8.2";
const wanted = {
  desktop: { runs: 1, marks: { performance: 100, accessibility: 100, "best-practices": 100 } },
  mobile: { runs: 5, marks: { performance: 98, accessibility: 100, "best-practices": 100 } },
};

/** Resolves to the exit status: 0 when every page has what is wanted. */
export async function measurePages(paths) {
  if (!buildIfChanged()) return 1;
  const { url, close } = await serve({ folder: dist, port: 0, base: process.env.GLASSBOX_BASE ?? "/" });
  let fallen = 0;
  try {
    for (const path of paths.length ? paths : pagesOfProse()) {
      for (const [form, { runs, marks }] of Object.entries(wanted)) {
        const reports = [];
        while (reports.length < runs) reports.push(await reportOn(new URL(path.slice(1), url).href, form));
        const speedOf = (one) => one.categories.performance?.score ?? 0;
        const report = reports.sort((a, b) => speedOf(a) - speedOf(b))[runs >> 1];
        const got = Object.keys(marks).map((name) => [name, Math.round((report.categories[name]?.score ?? 0) * 100)]);
        const short = got.filter(([name, score]) => score < marks[name]);
        fallen += short.length;
        const time = (id) => report.audits[id]?.displayValue ?? "?";
        console.log(`${short.length ? "✗" : "✓"} ${path} ${form}: ${got.map(([name, score]) => `${name} ${score}`).join(", ")}; `
          + `LCP ${time("largest-contentful-paint")}, CLS ${time("cumulative-layout-shift")}, TBT ${time("total-blocking-time")}`
          + (runs > 1 ? ` (performance ${reports.map((one) => Math.round(speedOf(one) * 100)).join(", ")})` : ""));
        for (const [name] of short) for (const id of failedAudits(report, name)) console.log(`    ${name}: ${id}`);
      }
    }
  } finally {
    await close();
  }
  return fallen === 0 ? 0 : 1;
}

function pagesOfProse() {
  const map = readFileSync(join(dist, "sitemap.xml"), "utf8");
  const all = [...map.matchAll(/<loc>\s*([^<\s]+)/g)].map(([, address]) => new URL(address).pathname);
  const base = process.env.GLASSBOX_BASE ?? "/";
  return all.map((path) => `/${path.slice(base.length)}`).filter((path) => /class="(reading|home)"/.test(readFileSync(join(dist, path, "index.html"), "utf8")));
}

/** In a process of its own, while this one serves. */
async function reportOn(address, form) {
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `lighthouse.${process.pid}.json`);
  const options = browserOptions();
  const environment = { ...process.env, ...(options && "executablePath" in options ? { CHROME_PATH: options.executablePath } : {}) };
  const args = ["exec", "--yes", `--package=lighthouse@${version}`, "--", "lighthouse", address, "--quiet", "--output=json", `--output-path=${file}`,
    "--only-categories=performance,accessibility,best-practices", "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
    ...(form === "desktop" ? ["--preset=desktop"] : [])];
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const status = await new Promise((done) => spawn(npm, args, { env: environment, stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" }).on("exit", done));
  if (!existsSync(file)) throw new Error(`lighthouse: no report on ${address} (exit ${status})`);
  const report = JSON.parse(readFileSync(file, "utf8"));
  rmSync(file, { force: true });
  return report;
}

const failedAudits = (report, category) => report.categories[category].auditRefs
  .filter(({ id, weight }) => weight > 0 && (report.audits[id]?.score ?? 1) < 0.9).map(({ id }) => `${id} ${report.audits[id].displayValue ?? ""}`);
