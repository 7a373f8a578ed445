import type { Locator, Page, Request } from "@playwright/test";
import { withShortPaths } from "../src/widget/shortPaths.ts";
import { kilobytes, scriptsUntil, sent } from "./bytes.ts";
import { builtWidgets, cellsOf, hold, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { foreign, otherSite } from "./otherSite.ts";

/** What holds in a browser for every widget of the built site, from another origin; a new one is covered on the day it is added. */
const site = otherSite();
test.afterEach(() => site.close());
test.use({ tolerate: [foreign] });

/** They show milliseconds that they measure: two of their runs have different numbers. */
const measuring = new Set(["gpu-cpu-race", "prefill-vs-decode"]);

/**
 * Every drawing of an embed's stage is held against the poster that its page came with, until one is it to the letter. Pages hold paths
 * written short: `shortened`, which the test lends to the page, writes those of a drawing so.
 */
function watchPoster(): void {
  // The order in which attributes were set says nothing, nor does a class that is empty.
  const plain = (svg: Element): string => {
    const copy = svg.cloneNode(true) as Element;
    for (const element of [copy, ...copy.querySelectorAll("*")]) {
      const all = [...element.attributes].sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const { name } of all) element.removeAttribute(name);
      for (const { name, value } of all) if (name !== "class" || value !== "") element.setAttribute(name, value);
    }
    return copy.outerHTML.replaceAll("-live-", "-");
  };
  addEventListener("DOMContentLoaded", () => {
    const stage = document.querySelector("html[class] [data-stage]");
    if (!stage || !location.pathname.startsWith("/embed/")) return;
    const posters = [...stage.querySelectorAll("svg")].map(plain);
    const seen = globalThis as unknown as { posterSeen: boolean; firstDrawing?: string; shortened(svg: string): Promise<string> };
    seen.posterSeen = false;
    const observer = new MutationObserver(() => {
      const [svg, second] = stage.querySelectorAll("svg");
      if (!svg || second) return;
      const drawing = plain(svg);
      seen.firstDrawing ??= drawing;
      void seen.shortened(drawing).then((text) => {
        if (!posters.includes(text)) return;
        seen.posterSeen = true;
        observer.disconnect();
      });
    });
    observer.observe(stage, { childList: true, subtree: true, attributes: true, characterData: true });
  });
}

/** Shows an embed in a page of another site. */
async function show(page: Page, book: string, id: string, hash: string): Promise<Locator> {
  await site.show(page, `<iframe name="one" src="${book}embed/${id}/${hash}" width="720" height="1400"></iframe>`);
  const figure = page.frameLocator("iframe").locator(`figure[data-widget=${id}]`);
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  return figure;
}

/** Presses Run where the figure waits for it; returns whether it did. */
async function start(figure: Locator): Promise<boolean> {
  const waits = (await figure.getAttribute("data-status")) === "static";
  if (waits) await figure.getByRole("button", { name: /^Run/ }).first().click();
  await expect(figure).toHaveAttribute("data-ready", /\d/, { timeout: patience });
  return waits;
}

/** Puts a figure into another state by its own controls: a step further, or else a scene, or else another value. Returns its link, but of a step. */
async function elsewhere(figure: Locator): Promise<{ stepped: boolean; link: string }> {
  const next = figure.getByRole("button", { name: "Step", exact: true });
  if (await next.count()) await hold(figure);
  if ((await next.count()) && (await next.isEnabled())) {
    await next.click();
    await expect(figure).toHaveAttribute("data-status", "paused", { timeout: patience });
    const step = await figure.getAttribute("data-step");
    if (step !== null && step !== "0") return { stepped: true, link: "" };
  }
  const chip = figure.locator(".gb-scenes [data-scene][aria-pressed=false]:visible").last();
  const range = figure.locator("input[type=range]:visible").first();
  if (await chip.count()) await chip.click();
  else if (await range.count()) await range.press((await range.inputValue()) === (await range.getAttribute("max")) ? "ArrowLeft" : "ArrowRight");
  else return { stepped: false, link: "" };
  await expect.poll(() => figure.evaluate(() => location.hash), { timeout: patience }).not.toBe("");
  return { stepped: false, link: await figure.evaluate(() => location.hash) };
}

/** Opens the table with the keyboard alone, and returns its cells. */
async function tableByKeys(page: Page, figure: Locator): Promise<string[][]> {
  await figure.locator("details[data-panel] > summary").focus();
  await page.keyboard.press("Enter");
  const opener = figure.getByRole("button", { name: "Show as table" });
  await expect(opener).toBeVisible({ timeout: patience });
  await opener.focus();
  await page.keyboard.press("Enter");
  const table = figure.locator(".gb-table");
  await expect(table).toBeVisible();
  // What scrolls is a stop of the Tab key.
  await table.focus();
  await expect(table).toBeFocused();
  return cellsOf(table.locator("table"));
}

/** The table once nothing moves any more. */
async function settled(figure: Locator): Promise<string[][]> {
  let before = "";
  let cells: string[][] = [];
  await expect.poll(async () => {
    cells = await cellsOf(figure.locator(".gb-table table"));
    const now = JSON.stringify(cells);
    const same = now === before;
    before = now;
    return same;
  }, { timeout: patience, intervals: [600] }).toBe(true);
  return cells;
}

for (const id of builtWidgets()) {
  test(`${id} goes live from another origin, begins as its poster, stays within its bytes, and its link gives the same numbers`, async ({ page, context, baseURL }) => {
    const requests: Request[] = [];
    context.on("requestfinished", (request) => { if (request.url().startsWith(baseURL!)) requests.push(request); });
    await page.exposeFunction("shortened", withShortPaths);
    await page.addInitScript(watchPoster);
    const figure = await show(page, baseURL!, id, "");
    const pressed = await start(figure);
    const liveAt = await figure.evaluate((element) => performance.timeOrigin + Number((element as HTMLElement).dataset.ready));
    const scripts = scriptsUntil(await sent(requests), liveAt, pressed);
    console.log(`/embed/${id}/: ${kilobytes(scripts)} KB of scripts to the first live frame`);
    expect(scripts.some(({ name }) => name.includes("worker"))).toBe(true);
    expect(kilobytes(scripts), "JavaScript and WASM to the first live frame").toBeLessThanOrEqual(110);
    if (!measuring.has(id)) await expect.poll(() => figure.evaluate(() => (globalThis as unknown as { posterSeen: boolean }).posterSeen), { timeout: patience }).toBe(true);
    await expect(figure).toHaveAttribute("data-status", /^(live|paused)$/, { timeout: patience });

    if (measuring.has(id)) return void (await tableByKeys(page, figure));

    const { stepped, link } = await elsewhere(figure);
    await tableByKeys(page, figure);
    const cells = await settled(figure);
    expect(cells.length).toBeGreaterThan(1);
    // A busy page may take the press of Step before that of Pause, and walk on meanwhile.
    const step = stepped ? await figure.getAttribute("data-step") : null;
    const again = await show(page, baseURL!, id, step === null ? link : `#step=${step}`);
    await start(again);
    if (step !== null) await expect(again).toHaveAttribute("data-step", step, { timeout: patience });
    await tableByKeys(page, again);
    expect(await settled(again)).toEqual(cells);
  });
}
