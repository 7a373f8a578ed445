/**
 * `npm run soak -- [SECONDS] [PART…]` (parts: figures gpu heap embeds slices): what a page costs while much of it is alive. Twenty figures that
 * train at once, on the CPU and on the GPU, then fifty embeds in another site: how long a click waits for its paint, whether all go on,
 * whether memory grows in so many seconds, how many devices there are, what figures out of sight still ask for. Numbers, not a test.
 */
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { debuggersOf, grown, heapOf, slope } from "./heapOf.mjs";
import { browserOptions, webgpuFlags } from "./paths.mjs";
import { slices } from "./slices.mjs";

const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const figures = 20, embeds = 50;

const all = { figures: manyFigures, gpu: manyOnGpu, heap, embeds: manyEmbeds, slices };

/** Soaks the site at this address (with its final slash). Resolves to the exit status. */
export async function soak(site, seconds = 60, parts = Object.keys(all)) {
  const browser = await chromium.launch({ ...browserOptions(), args: [...webgpuFlags, "--enable-precise-memory-info"] });
  let missed = 0;
  const report = (what, measured, target, unit) => {
    if (!(measured <= target)) missed++;
    console.log(`${measured <= target ? "✓" : "✗"} ${what.padEnd(72)} ${String(Math.round(measured * 100) / 100).padStart(8)} ${unit.padEnd(7)} promised ${target}`);
  };
  try {
    for (const part of parts) await all[part](browser, site, report, seconds);
  } finally {
    await browser.close();
  }
  return missed === 0 ? 0 : 1;
}

/**
 * Clicks at a fixed pace, whether the last one was answered or not. INP: of each interaction the longest of its events' waits for a
 * paint, of the interactions the longest but for one in fifty.
 */
async function clicks(page, selector, count) {
  await page.evaluate(() => {
    globalThis.waits = new Map();
    new PerformanceObserver((list) => {
      for (const { duration, interactionId: id } of list.getEntries()) if (id) globalThis.waits.set(id, Math.max(duration, globalThis.waits.get(id) ?? 0));
    }).observe({ type: "event", durationThreshold: 16 });
  });
  const { x, y, width, height } = await page.locator(selector).first().boundingBox();
  const protocol = await page.context().newCDPSession(page);
  const mouse = (type) => protocol.send("Input.dispatchMouseEvent", { type, x: x + width / 2, y: y + height / 2, button: "left", clickCount: 1 });
  const sent = [];
  for (let i = 0; i < count; i++) {
    sent.push(mouse("mousePressed"), mouse("mouseReleased"));
    await sleep(100);
  }
  await Promise.all(sent);
  await sleep(500);
  const waits = (await page.evaluate(() => [...globalThis.waits.values()])).toSorted((a, b) => b - a);
  // A wait below 16 ms is not told.
  return waits[Math.floor(count / 50)] ?? 16;
}

/** The page's own figure that trains by itself, twenty times over, small enough that all are seen. */
async function crowd(browser, site, query, params, prepare = () => undefined) {
  const page = await browser.newPage({ serviceWorkers: "block", viewport: { width: 1280, height: 900 } });
  await prepare(page);
  await page.addInitScript(({ count, own }) => {
    document.addEventListener("DOMContentLoaded", () => {
      const one = document.querySelector("figure[data-widget=loss-curve-lab]");
      const place = document.createElement("div");
      place.id = "crowd";
      place.style.cssText = "display:grid;grid-template-columns:repeat(5,240px);position:fixed;inset:0;z-index:99;background:white;overflow:auto";
      const button = Object.assign(document.createElement("button"), { id: "press", type: "button", textContent: "press" });
      button.addEventListener("click", () => { button.textContent = String(Math.round(performance.now())); });
      place.append(button);
      for (let i = 0; i < count; i++) {
        const copy = one.cloneNode(true);
        copy.id = `copy-${i}`;
        copy.dataset.params = own;
        copy.style.maxHeight = "200px";
        copy.style.overflow = "hidden";
        place.append(copy);
      }
      one.remove();
      document.body.append(place);
    });
  }, { count: figures, own: params });
  await page.goto(`${site}training-dynamics/?${query}`);
  await page.waitForFunction((count) => document.querySelectorAll("figure[id^=copy-][data-ready][data-controls=live]").length === count, figures, { timeout: 180_000 });
  const steps = () => page.evaluate(() => [...document.querySelectorAll("figure[id^=copy-]")].map((figure) => Number(figure.dataset.step)));
  const hide = (hidden) => page.evaluate((value) => { document.querySelector("#crowd").style.display = value ? "none" : "grid"; }, hidden);
  return { page, steps, hide };
}

async function manyFigures(browser, site, report) {
  const { page, steps, hide } = await crowd(browser, site, "backend=cpu", "steps=3000");
  await sleep(2000);
  const before = await steps();
  report(`click to paint, ${figures} figures training`, await clicks(page, "#press", 50), 40, "ms");
  const went = (await steps()).map((step, i) => step - before[i]).toSorted((a, b) => a - b);
  report("figures that stood still meanwhile", went.filter((by) => by === 0).length, 0, "figures");
  report("the farthest beside the nearest, steps gone", went.at(-1) / went[0], 2, "times");
  console.log(`  ${went[0]} to ${went.at(-1)} steps each; workers ${page.workers().length}`);
  await hide(true);
  await sleep(250);
  const hidden = await steps();
  await sleep(2000);
  report("steps of figures out of sight, after 250 ms", (await steps()).reduce((sum, step, i) => sum + step - hidden[i], 0), 0, "steps");
  await page.close();
}

/** Rounds before heaps are measured: they compile what is used often, and fill what is remembered. */
const WARM = 10;
/** Each so many rounds the heaps are looked at. */
const EVERY = 3;

/**
 * Runs to their end, again and again: what has grown when all stand where they stood before is not let go of. In MB an hour of the
 * clock, though no page starts so many runs: a hundred steps are over in seconds, so that what a run leaves behind shows in minutes.
 */
async function heap(browser, site, report, seconds) {
  const { page } = await crowd(browser, site, "backend=cpu", "steps=100");
  const debuggers = await debuggersOf(page);
  const found = { page: [], worker: [] };
  let begun = Infinity, round = 0;
  for (; performance.now() - begun < seconds * 1000 || begun === Infinity || found.page.length < 4; round++) {
    await page.waitForFunction((count) => [...document.querySelectorAll("figure[id^=copy-]")].filter((figure) => figure.dataset.step === "100").length === count, figures, { timeout: 180_000 });
    if (round === WARM) begun = performance.now();
    if (round >= WARM && (round - WARM) % EVERY === 0) {
      await sleep(500);
      for (const [name, speaker] of Object.entries(debuggers)) found[name].push({ hours: performance.now() / 3.6e6, ...(await heapOf(speaker)) });
    }
    await page.evaluate(() => { for (const button of document.querySelectorAll("figure[id^=copy-] [data-ask=reset]")) button.click(); });
    await page.waitForFunction(() => [...document.querySelectorAll("figure[id^=copy-]")].every((figure) => figure.dataset.step !== "100"));
  }
  const runs = (round - WARM) * figures, minutes = (performance.now() - begun) / 60_000;
  for (const [name, heaps] of Object.entries(found)) {
    report(`objects in the heap of the ${name}: slope over ${runs} runs in ${minutes.toFixed(1)} min`, slope(heaps.map(({ hours, objects }) => [hours, objects / 1e6])), 1, "MB/h");
    console.log(`  ${heaps.map(({ objects }) => (objects / 1e6).toFixed(3)).join(", ")} MB; grown most: ${grown(heaps[0], heaps.at(-1))}`);
    console.log(`  with compiled code and the browser's lists: ${slope(heaps.map(({ hours, all }) => [hours, all / 1e6])).toFixed(1)} MB/h, ${heaps.map(({ all }) => (all / 1e6).toFixed(2)).join(", ")} MB`);
  }
  await page.close();
}

const counted = `self.gpu = { devices: 0, submissions: 0 };
if (self.GPUAdapter) {
  const { requestDevice } = GPUAdapter.prototype, { submit } = GPUQueue.prototype;
  GPUAdapter.prototype.requestDevice = function (...given) { self.gpu.devices++; return requestDevice.apply(this, given); };
  GPUQueue.prototype.submit = function (...given) { self.gpu.submissions++; return submit.apply(this, given); };
}
`;

async function manyOnGpu(browser, site, report) {
  const { page, steps, hide } = await crowd(browser, site, "backend=webgpu", "steps=3000", (made) => made.route(/worker[^/]*\.js$/, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: counted + (await answer.text()) });
  }));
  const gpu = () => page.workers()[0].evaluate(() => self.gpu);
  await page.waitForFunction((count) => document.querySelectorAll("figure[id^=copy-][data-backend=webgpu]").length === count, figures, { timeout: 180_000 });
  const before = await gpu();
  await sleep(5000);
  const { devices, submissions } = await gpu();
  report(`devices of a page with ${figures} figures on the GPU`, devices, 1, "devices");
  await hide(true);
  await sleep(250);
  const hidden = await gpu(), stood = await steps();
  await sleep(3000);
  report("submissions of figures out of sight, after 250 ms", (await gpu()).submissions - hidden.submissions, 0, "submits");
  console.log(`  ${submissions - before.submissions} in 5 s while they were seen`);
  await hide(false);
  await page.waitForFunction((from) => [...document.querySelectorAll("figure[id^=copy-]")].every((figure, i) => Number(figure.dataset.step) > from[i]), stood, { timeout: 180_000 });
  await page.close();
}

async function manyEmbeds(browser, site, report) {
  const frames = Array.from({ length: embeds }, () => `<iframe src="${site}embed/descent-1d/" width="700" height="620"></iframe>`).join("");
  const host = createServer((_request, response) => response.setHeader("Content-Type", "text/html")
    .end(`<!doctype html><link rel="icon" href="data:,"><button id="press" onclick="this.textContent = performance.now()">press</button>${frames}`));
  await new Promise((done) => { host.listen(0, "localhost", done); });
  const page = await browser.newPage({ serviceWorkers: "block" });
  try {
    await page.goto(`http://localhost:${host.address().port}/`);
    await page.frameLocator("iframe").first().locator("figure[data-ready]").waitFor({ timeout: 120_000 });
    report(`click to paint, ${embeds} embeds in a page of another site`, await clicks(page, "#press", 50), 100, "ms");
    const live = await Promise.all(page.frames().slice(1).map((frame) => frame.locator("figure[data-status=live]").count().catch(() => 0)));
    console.log(`  ${live.filter(Boolean).length} of ${embeds} embeds run; the others wait to be seen`);
  } finally {
    await page.close();
    host.close();
    host.closeAllConnections();
  }
}
