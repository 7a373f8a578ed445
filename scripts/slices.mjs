/**
 * How long the engine holds the page's thread where a sandbox denies it a worker: every widget's embed in `sandbox="allow-scripts"`, alone
 * in a page of another site, while it starts and while it runs. From the browser's own trace of its tasks.
 */
import { createServer } from "node:http";

const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const RUNS = 4000;

/** Marks every turn that the engine's host takes (engine/worker/turns.ts): other ports of the page belong to React and to drawing. */
function markTurns() {
  const { set, get } = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
  Object.defineProperty(MessagePort.prototype, "onmessage", {
    get,
    set(handler) {
      const ours = /\/host-[^/]*\.js/.test(new Error("where").stack ?? "");
      set.call(this, ours ? (event) => {
        performance.mark("turn");
        handler(event);
      } : handler);
    },
  });
}

/** Milliseconds of the tasks of one embed: those in which the engine took a turn, and all, before its controls were there and after. */
async function tasksOf(browser, site, id) {
  const host = createServer((_request, response) => response.setHeader("Content-Type", "text/html")
    .end(`<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="${site}embed/${id}/" width="720" height="900"></iframe>`));
  await new Promise((done) => { host.listen(0, "localhost", done); });
  const page = await browser.newPage({ serviceWorkers: "block", viewport: { width: 760, height: 940 } });
  try {
    await page.addInitScript(markTurns);
    await browser.startTracing(page, { categories: ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"] });
    await page.goto(`http://localhost:${host.address().port}/`);
    const figure = page.frameLocator("iframe").locator("figure[data-widget]");
    const frame = page.frames()[1];
    await page.frameLocator("iframe").locator("figure[data-controls=live]").waitFor({ timeout: 60_000 });
    if ((await figure.getAttribute("data-status")) === "static") await figure.getByRole("button", { name: /^Run/ }).first().click();
    await page.frameLocator("iframe").locator("figure[data-ready]").waitFor({ timeout: 60_000 });
    await frame.evaluate(() => performance.mark("ready"));
    await sleep(RUNS);
    const { traceEvents: events } = JSON.parse((await browser.stopTracing()).toString());
    const marks = (name) => events.filter((event) => event.name === name && event.cat.includes("user_timing"));
    const [ready] = marks("ready"), turns = marks("turn");
    const mine = events.filter(({ name, ph, pid, tid }) => name === "RunTask" && ph === "X" && pid === ready.pid && tid === ready.tid);
    const lengths = (tasks) => tasks.map(({ dur }) => dur / 1000).toSorted((a, b) => b - a);
    const engine = mine.filter(({ ts, dur }) => turns.some((turn) => turn.pid === ready.pid && turn.ts >= ts && turn.ts <= ts + dur));
    const after = ({ ts }) => ts > ready.ts;
    return { slices: lengths(engine.filter(after)), starting: lengths(engine.filter((task) => !after(task))), all: lengths(mine.filter((task) => !after(task))) };
  } finally {
    await page.close();
    host.close();
    host.closeAllConnections();
  }
}

/** The longest and the hundredth-longest slice of every widget, and of all together. */
export async function slices(browser, site, report, _seconds, ids) {
  const { widgets } = await (await fetch(`${site}embed/manifest.json`)).json();
  const found = [];
  for (const id of ids ?? Object.keys(widgets)) {
    const one = { id, ...(await tasksOf(browser, site, id)) };
    found.push(one);
    const top = (list) => `${(list[0] ?? 0).toFixed(0)} ms`.padStart(7);
    console.log(`  ${id.padEnd(24)} running: ${String(one.slices.length).padStart(5)} slices, longest ${top(one.slices)}; starting: longest slice ${top(one.starting)}, longest task ${top(one.all)}`);
  }
  const running = found.flatMap((one) => one.slices).toSorted((a, b) => b - a), starting = found.flatMap((one) => one.starting).toSorted((a, b) => b - a);
  report(`engine without a worker, ${running.length} slices of running figures: 99 in 100 within`, running[Math.floor(running.length / 100)] ?? 0, 12, "ms");
  report("the longest of them", running[0] ?? 0, 50, "ms");
  report(`${starting.length} slices until the first frame: 99 in 100 within`, starting[Math.floor(starting.length / 100)] ?? 0, 50, "ms");
}
