import type { Frame, Page } from "@playwright/test";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { foreign, otherSite } from "./otherSite.ts";

const site = otherSite();
test.afterEach(() => site.close());
test.use({ tolerate: [foreign] });

const figureIn = (page: Page, frame: string) => page.frameLocator(frame).locator("figure[data-widget=descent-1d]");

test("the element shows its children, then the live figure at its height, and follows state both ways", async ({ page, baseURL }) => {
  await site.show(page, `<script src="${baseURL}embed.js"></script><glass-box widget="descent-1d" params="learningRate=0.9"><p>fallback</p></glass-box>`);
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

test("a host that floods, lies and sends monsters leaves the figure alive and within its schema", async ({ page, baseURL }) => {
  await site.show(page, `<iframe id="one" name="one" src="${baseURL}embed/descent-1d/" width="700" height="600"></iframe>`);
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
  await site.show(page, `<iframe id="one" src="${baseURL}gradient-descent/"></iframe>`);
  await expect(page.frameLocator("#one").locator("figure")).toHaveCount(0);
});

test("attention-heatmap in a plain frame keeps its state in its own address", async ({ page, baseURL }) => {
  await site.show(page, `<iframe src="${baseURL}embed/attention-heatmap/#layer=2&head=1&text=The%20dog" width="720" height="900"></iframe>`);
  const figure = page.frameLocator("iframe").locator("figure[data-widget]");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await expect(figure.locator("input[name=text]")).toHaveValue("The dog");
  await expect(figure.locator(".gb-thumb[aria-selected=true]")).toHaveAttribute("aria-label", /layer 2, head 1/);
  await figure.locator(".gb-thumbs .gb-thumb").nth(3).click();
  await expect.poll(() => page.frames()[1]!.url()).toMatch(/#head=3&.*text=The\+dog$/);
});

test("the element tells when it is ready, takes the height of its figure, and carries state both ways", async ({ page, baseURL }) => {
  await site.show(page, `<script>window.heard = []; for (const type of ["ready", "state"]) addEventListener(type, (event) => heard.push(type === "state" ? event.detail.params : type), true);</script>
    <script src="${baseURL}embed.js"></script><glass-box widget="attention-heatmap" params="layer=1&head=1"><p>a picture of attention</p></glass-box>`);
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  const figure = page.frameLocator("glass-box iframe").locator("figure");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await expect.poll(heard).toContain("ready");
  await expect(page.getByText("a picture of attention")).toBeHidden();
  await expect.poll(async () => {
    const outside = (await page.locator("glass-box iframe").boundingBox())!.height;
    return Math.abs(outside - (await page.frameLocator("glass-box iframe").locator("main").boundingBox())!.height);
  }).toBeLessThanOrEqual(24);
  await page.evaluate(() => { (document.querySelector("glass-box") as HTMLElement & { params: string }).params = "layer=3&text=Hi"; });
  await expect(figure.locator("input[name=text]")).toHaveValue("Hi");
  await figure.locator("input[name=text]").fill("Hi there");
  await expect.poll(heard).toContain("layer=3&text=Hi+there");
});
