import { createServer, type Server } from "node:http";
import type { Frame, Page } from "@playwright/test";
import { expect, test } from "./harness.ts";

let server: Server | undefined;

/** Shows a page of another site, served on `localhost` where the book is on 127.0.0.1, that embeds figures of the book. */
async function host(page: Page, book: string, body: (book: string) => string): Promise<void> {
  const html = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>host</title>${body(book)}`;
  server = createServer((_request, response) => response.setHeader("Content-Type", "text/html").end(html));
  await new Promise<void>((resolve) => { server!.listen(0, "localhost", resolve); });
  await page.goto(`http://localhost:${(server.address() as { port: number }).port}/`);
}

test.afterEach(() => { server?.close(); });

const figureIn = (page: Page, frame: string) => page.frameLocator(frame).locator("figure[data-widget=descent-1d]");
// Everything here is another origin to somebody.
test.use({ tolerate: [/^request: http:\/\/localhost|sandboxed|frame-ancestors|^request: chrome-error/] });

test("the element shows its children, then the live figure at its height, and follows state both ways", async ({ page, baseURL }) => {
  await host(page, baseURL!, (book) => `<script src="${book}embed.js"></script><glass-box widget="descent-1d" params="learningRate=0.9"><p>fallback</p></glass-box>`);
  const figure = figureIn(page, "glass-box iframe");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: 15_000 });
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.9");
  await expect(page.getByText("fallback")).toBeHidden();
  await page.evaluate(() => { (document.querySelector("glass-box") as HTMLElement & { params: string }).params = "learningRate=0.3&start=99"; });
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.3");
  await expect.poll(() => page.evaluate(() => (document.querySelector("glass-box") as HTMLElement & { params: string }).params)).toBe("learningRate=0.3&start=7");
  const inner = page.frames().find((one) => one.name().startsWith("glass-box")) as Frame;
  const outside = await page.locator("glass-box").evaluate((element) => element.getBoundingClientRect().height);
  const inside = await inner.locator("main").evaluate((element) => element.getBoundingClientRect().height);
  expect(Math.abs(outside - inside)).toBeLessThanOrEqual(16);
});

test("in a sandbox with scripts alone the figure runs on the page's own thread", async ({ page, baseURL }) => {
  await host(page, baseURL!, (book) => `<iframe id="one" sandbox="allow-scripts" src="${book}embed/descent-1d/#learningRate=0.5" width="700" height="600"></iframe>`);
  const figure = figureIn(page, "#one");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: 15_000 });
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.5");
});

test("in that sandbox the shipped model is read and computed, too", async ({ page, baseURL }) => {
  const found = await page.request.get(`${baseURL!}embed/attention-heatmap/`);
  test.skip(!found.ok() && process.env.CI !== "true", "the shipped model has not been built");
  await host(page, baseURL!, (book) => `<iframe id="one" sandbox="allow-scripts" src="${book}embed/attention-heatmap/" width="700" height="900"></iframe>`);
  await expect(page.frameLocator("#one").locator("figure")).toHaveAttribute("data-status", "live", { timeout: 30_000 });
});

test("in a sandbox without scripts the poster and the table are there", async ({ page, baseURL }) => {
  await host(page, baseURL!, (book) => `<iframe id="one" sandbox="" src="${book}embed/descent-1d/" width="700" height="600"></iframe>`);
  const figure = figureIn(page, "#one");
  await expect(figure.locator("svg:visible")).toHaveCount(1);
  await figure.locator("details[data-panel] > summary").click();
  await expect(figure.locator("details[data-panel] details > summary")).toBeVisible();
});

test("a host that floods, lies and sends monsters leaves the figure alive and within its schema", async ({ page, baseURL }) => {
  await host(page, baseURL!, (book) => `<iframe id="one" name="one" src="${book}embed/descent-1d/" width="700" height="600"></iframe>`);
  const figure = figureIn(page, "#one");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: 15_000 });
  await page.evaluate(() => {
    const frame = (document.querySelector("#one") as HTMLIFrameElement).contentWindow!;
    const message = { ns: "glass-box", v: 1, type: "set-state" };
    const cyclic: Record<string, unknown> = { ...message };
    cyclic.params = cyclic;
    for (const monster of [cyclic, new Map([["ns", 1n]]), 7n, { ...message, params: "x".repeat(1e7) }, { ...message, params: "learningRate=1e309&start=<img onerror=alert(1)>" }]) frame.postMessage(monster, "*");
    for (let i = 0; i < 100_000; i++) frame.postMessage({ ...message, params: `start=${i % 9}` }, "*");
  });
  await expect(figure).toHaveAttribute("data-status", "live");
  await figure.locator("input[name=learningRate]").fill("0.5");
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.5");
  const start = Number(await figure.locator("input[name=start]").inputValue());
  expect(start).toBeGreaterThanOrEqual(-1);
  expect(start).toBeLessThanOrEqual(7);
});

test("a page of the book refuses to be framed", async ({ page, baseURL }) => {
  await host(page, baseURL!, (book) => `<iframe id="one" src="${book}gradient-descent/"></iframe>`);
  await expect(page.frameLocator("#one").locator("figure")).toHaveCount(0);
});
