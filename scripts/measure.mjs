/**
 * `npm run measure`: how fast the built pages are in a browser, measured beside promised. The tests hold what does not depend on the
 * machine; these numbers do, so they are printed, and a quiet machine of two cores is meant.
 */
import { createServer, get } from "node:http";
import { chromium } from "playwright-core";
import { measureFaults } from "./measureFaults.mjs";
import { browserOptions, webgpuFlags } from "./paths.mjs";

const rows = [];
const report = (what, measured, target, unit) => {
  rows.push({ what, measured, target, unit });
  console.log(`${measured <= target ? "✓" : "✗"} ${what.padEnd(76)} ${String(Math.round(measured * 10) / 10).padStart(8)} ${unit.padEnd(3)} promised ${target}`);
};
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const sleep = (time) => new Promise((resolve) => { setTimeout(resolve, time); });

/** Measures the site at this address (with its final slash). Resolves to the exit status. */
export async function measure(site) {
  const browser = await chromium.launch({ ...browserOptions(), args: webgpuFlags });
  try {
    for (const [path, widget] of [["", "attention-heatmap"], ["attention/", "attention-heatmap"], ["gradient-descent/", "descent-1d"], ["tokens/", "bpe-trainer"]]) {
      await firstLive(browser, site, path, widget);
    }
    await keyToHeatmap(browser, site);
    await training(browser, site);
    await slowMachine(browser, site);
  } finally {
    await browser.close();
  }
  await measureFaults(site, report);
  return rows.every(({ measured, target }) => measured <= target) ? 0 : 1;
}

const readyOf = async (page, widget, timeout = 60_000) => {
  const figure = page.locator(`figure[data-widget=${widget}]`);
  await figure.and(page.locator("[data-ready]")).waitFor({ timeout });
  return Number(await figure.getAttribute("data-ready"));
};

/** Navigation to the first live number, and what was sent until then. */
async function firstLive(browser, site, path, widget) {
  const times = [];
  let scripts = 0, fonts = 0;
  for (let round = 0; round < 3; round++) {
    const context = await browser.newContext({ serviceWorkers: "block" });
    const requests = [];
    // What the page asked for early is in the cache when the worker asks for it.
    context.on("requestfinished", (request) => { if (!requests.some((one) => one.url() === request.url())) requests.push(request); });
    const page = await context.newPage();
    await page.goto(site + path);
    times.push(await readyOf(page, widget));
    const liveAt = (await page.evaluate(() => performance.timeOrigin)) + times.at(-1);
    const bytes = async (pattern, until) => {
      const sizes = await Promise.all(requests.filter((request) => pattern.test(request.url()) && request.timing().startTime <= until)
        .map(async (request) => Number((await fetch(request.url(), { method: "HEAD", headers: { "accept-encoding": "gzip" } })).headers.get("content-length"))));
      return sizes.reduce((sum, size) => sum + size, 0) / 1000;
    };
    scripts = await bytes(/\.(js|wasm)$/, liveAt);
    fonts = await bytes(/\.woff2$/, Infinity);
    await context.close();
  }
  report(`/${path}: first live number`, median(times), 2000, "ms");
  report(`/${path}: scripts and WASM to the first live frame, gzip`, scripts, 110, "KB");
  report(`/${path}: fonts`, fonts, 120, "KB");
}

/** From a key to the next paint after the heatmap changed, at 32 tokens. */
async function keyToHeatmap(browser, site) {
  const page = await browser.newPage({ serviceWorkers: "block" });
  const text = "the dog and the cat and ".repeat(5).trim();
  await page.goto(`${site}attention/?backend=cpu#attention-heatmap?text=${encodeURIComponent(text)}`);
  const figure = page.locator("figure[data-widget=attention-heatmap]");
  await figure.and(page.locator("[data-controls=live]")).waitFor();
  await page.evaluate(() => {
    const element = document.querySelector("figure[data-widget=attention-heatmap]");
    globalThis.took = [];
    let pressed = null;
    element.addEventListener("input", () => { pressed ??= performance.now(); }, true);
    new MutationObserver(() => {
      if (pressed === null) return;
      const from = pressed;
      pressed = null;
      // A task posted from a frame's callback runs once that frame has been painted.
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => globalThis.took.push(performance.now() - from);
        port2.postMessage(null);
      });
    }).observe(element.querySelector(".gb-cells"), { attributes: true, attributeFilter: ["aria-label"] });
  });
  const input = figure.locator("input[name=text]");
  await input.focus();
  await page.keyboard.press("End");
  for (const key of " ran to the") {
    await page.keyboard.press(key);
    await sleep(400);
  }
  const took = await page.evaluate(() => globalThis.took);
  report(`key to heatmap, about 32 tokens, median of ${took.length}`, median(took), 150, "ms");
  report("key to heatmap, slowest", Math.max(...took), 150, "ms");
  await page.close();
}

/** The training that the reader starts: how long until it writes words and passes counting pairs, and what it costs the page. */
async function training(browser, site) {
  const page = await browser.newPage({ serviceWorkers: "block" });
  await page.goto(`${site}train-a-language-model/?backend=cpu`);
  const figure = page.locator("figure[data-widget=train-tiny-gpt]");
  await figure.and(page.locator("[data-controls=live]")).waitFor();
  await figure.locator("details[data-panel] > summary").click();
  await figure.getByRole("button", { name: "Show as table" }).waitFor();
  await page.evaluate(() => {
    globalThis.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration);
    }).observe({ type: "longtask" });
  });
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  const start = performance.now();
  let words = Infinity, bigram = Infinity;
  while (performance.now() - start < 90_000 && bigram === Infinity) {
    await sleep(100);
    const said = await figure.evaluate((element) => `${[...element.querySelectorAll("svg text")].map((one) => one.textContent).join(" ")} ${element.querySelector("[data-inside]").textContent}`);
    const [, step = 0, known = 0, all = 1] = /step ([\d,]+): (\d+) of (\d+)/.exec(said)?.map((part) => Number(part.replace(",", ""))) ?? [];
    if (words === Infinity && step > 0 && known / all >= 0.8) words = (performance.now() - start) / 1000;
    if (/below the bigram baseline/.test(said)) bigram = (performance.now() - start) / 1000;
  }
  report("train-tiny-gpt: four words in five are real", words, 10, "s");
  report("train-tiny-gpt: held-out loss below the bigram baseline", bigram, 60, "s");
  const whileOpen = await page.evaluate(() => globalThis.longest);
  await figure.locator("details[data-panel] > summary").click();
  await page.evaluate(() => { globalThis.longest = 0; });
  await sleep(10_000);
  report("train-tiny-gpt: longest task of the page's thread in 10 s (0: none of 50)", await page.evaluate(() => globalThis.longest), 50, "ms");
  console.log(`  from the press on Run, with the panel behind ⋯ open: ${Math.round(whileOpen)} ms`);
  console.log(`  ${await figure.locator("svg text").filter({ hasText: "a second" }).first().textContent().catch(() => "")}`);
  await page.close();
}

/** A cheap phone: the page's thread four times slower, and every byte through one line of 1.6 Mbit/s with 150 ms there and back. */
async function slowMachine(browser, site) {
  const slow = await slowLine(site, 1.6e6 / 8, 75);
  try {
    for (const [path, widget] of [["attention/", "attention-heatmap"], ["gradient-descent/", "descent-1d"]]) {
      const context = await browser.newContext({ serviceWorkers: "block", viewport: { width: 390, height: 844 } });
      const page = await context.newPage();
      const protocol = await context.newCDPSession(page);
      await protocol.send("Emulation.setCPUThrottlingRate", { rate: 4 });
      await page.addInitScript(() => {
        globalThis.painted = 0;
        new PerformanceObserver((list) => { for (const { startTime } of list.getEntries()) globalThis.painted = startTime; }).observe({ type: "paint", buffered: true });
      });
      await page.goto(slow.url + path, { waitUntil: "commit" });
      const ready = await readyOf(page, widget);
      report(`/${path} throttled: prose and poster`, await page.evaluate(() => globalThis.painted), 1500, "ms");
      report(`/${path} throttled: first live number`, ready, 6000, "ms");
      await context.close();
    }
  } finally {
    slow.close();
  }
}

/** A server before the site that lets so many bytes a second through, for all requests together: workers are slowed as well. */
async function slowLine(site, bytesPerSecond, delay) {
  let free = 0;
  const server = createServer(async (request, response) => {
    await sleep(delay);
    const answer = await new Promise((done, fail) => { get(new URL(request.url, site), { headers: request.headers }, done).on("error", fail); });
    const sent = Buffer.concat(await answer.toArray());
    await sleep(delay);
    response.writeHead(answer.statusCode, answer.headers);
    for (let at = 0; at < sent.length; at += 4096) {
      const part = sent.subarray(at, at + 4096);
      free = Math.max(free, performance.now()) + (part.length / bytesPerSecond) * 1000;
      await sleep(free - performance.now());
      response.write(part);
    }
    response.end();
  });
  await new Promise((done) => { server.listen(0, "127.0.0.1", done); });
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => { server.close(); server.closeAllConnections(); } };
}
