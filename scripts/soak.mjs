/**
 * `npm run soak [SECONDS]`: what a page costs while much of it is alive. Twenty figures that train at once, then fifty embeds in another
 * site: how long a click waits for its paint, whether memory grows, what figures out of sight still ask for. Numbers, not a test.
 */
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { browserOptions, webgpuFlags } from "./paths.mjs";

const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });
const figures = 20, embeds = 50;

/** Soaks the site at this address (with its final slash). Resolves to the exit status. */
export async function soak(site, seconds = 60) {
  const browser = await chromium.launch({ ...browserOptions(), args: [...webgpuFlags, "--enable-precise-memory-info"] });
  let missed = 0;
  const report = (what, measured, target, unit) => {
    if (!(measured <= target)) missed++;
    console.log(`${measured <= target ? "✓" : "✗"} ${what.padEnd(72)} ${String(Math.round(measured * 100) / 100).padStart(8)} ${unit.padEnd(7)} promised ${target}`);
  };
  try {
    await manyFigures(browser, site, seconds, report);
    await manyEmbeds(browser, site, report);
  } finally {
    await browser.close();
  }
  return missed === 0 ? 0 : 1;
}

/** Clicks at a fixed pace, whether the last one was answered or not; the longest wait from a click to its paint, but for one in fifty. */
async function clicks(page, selector, count) {
  await page.evaluate(() => {
    globalThis.waits = [];
    new PerformanceObserver((list) => {
      for (const { duration, interactionId } of list.getEntries()) if (interactionId) globalThis.waits.push(duration);
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
  const waits = (await page.evaluate(() => globalThis.waits)).toSorted((a, b) => b - a);
  // A wait below 16 ms is not told.
  return waits[Math.floor(count / 50)] ?? 16;
}

async function manyFigures(browser, site, seconds, report) {
  const page = await browser.newPage({ serviceWorkers: "block", viewport: { width: 1280, height: 900 } });
  // The page's own figure that trains by itself, twenty times over, small enough that all are seen.
  await page.addInitScript((count) => {
    document.addEventListener("DOMContentLoaded", () => {
      const one = document.querySelector("figure[data-widget=loss-curve-lab]");
      const place = document.createElement("div");
      place.style.cssText = "display:grid;grid-template-columns:repeat(5,240px);position:fixed;inset:0;z-index:99;background:white;overflow:auto";
      const button = Object.assign(document.createElement("button"), { id: "press", type: "button", textContent: "press" });
      button.addEventListener("click", () => { button.textContent = String(Math.round(performance.now())); });
      place.append(button);
      for (let i = 0; i < count; i++) {
        const copy = one.cloneNode(true);
        copy.id = `copy-${i}`;
        copy.style.maxHeight = "200px";
        copy.style.overflow = "hidden";
        place.append(copy);
      }
      one.remove();
      document.body.append(place);
    });
  }, figures);
  await page.goto(`${site}training-dynamics/?backend=cpu`);
  await page.locator("#copy-19[data-ready]").waitFor({ timeout: 120_000 });
  const steps = () => page.evaluate(() => [...document.querySelectorAll("[id^=copy-]")].map((figure) => Number(figure.dataset.step ?? -1)));
  const before = await steps();
  report(`click to paint, ${figures} figures training`, await clicks(page, "#press", 50), 40, "ms");
  const after = await steps();
  console.log(`  ${after.filter((step, i) => step > before[i]).length} of ${figures} figures went on meanwhile; workers ${page.workers().length}`);
  const protocol = await page.context().newCDPSession(page);
  const heap = async () => {
    await protocol.send("HeapProfiler.collectGarbage");
    return (await protocol.send("Runtime.getHeapUsage")).usedSize / 1e6;
  };
  const first = await heap(), begun = performance.now();
  await sleep(seconds * 1000);
  report(`heap of the page's thread, slope over ${seconds} s`, ((await heap()) - first) / ((performance.now() - begun) / 3.6e6), 1, "MB/h");
  await page.evaluate(() => { document.querySelector("[id^=copy-]").parentElement.style.display = "none"; });
  await sleep(250);
  const hidden = await steps();
  await sleep(2000);
  report("steps of figures out of sight, after 250 ms", (await steps()).reduce((sum, step, i) => sum + step - hidden[i], 0), 0, "steps");
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
