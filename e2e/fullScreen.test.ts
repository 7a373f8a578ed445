import type { Locator, Page } from "@playwright/test";
import { openLive, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { foreign, otherSite } from "./otherSite.ts";

const site = otherSite();
test.afterEach(() => site.close());
test.use({ tolerate: [foreign] });

async function panelOf(figure: Locator): Promise<Locator> {
  await figure.locator("details[data-panel] > summary").click();
  await expect(figure.getByRole("button", { name: "Copy link" })).toBeVisible({ timeout: patience });
  return figure.getByRole("button", { name: /full screen/i });
}
const isFull = (figure: Locator): Promise<boolean> => figure.evaluate((element) => document.fullscreenElement === element);
const widthOf = (figure: Locator): Promise<number> => figure.locator("[data-stage] svg").evaluate((svg) => svg.getBoundingClientRect().width);
/** What a browser does with Escape; one without a window does not get to see the key. */
const escape = (page: Page): Promise<void> => page.evaluate(() => document.exitFullscreen());

test("a figure fills the screen, is drawn live in its new size, and leaving it leads back to the button", async ({ page }) => {
  const figure = await openLive(page, "descent-1d", { hash: "headStart=0&steps=5" });
  await expect(figure).toHaveAttribute("data-step", "5", { timeout: patience });
  const button = await panelOf(figure);
  const before = await widthOf(figure);
  await button.focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => isFull(figure)).toBe(true);
  await expect(button).toHaveText("Leave full screen");
  expect(await widthOf(figure)).toBeGreaterThan(before);
  const [left, right, top, bottom] = await figure.locator("[data-stage] svg").evaluate((svg) => {
    const box = svg.getBoundingClientRect();
    return [box.left, innerWidth - box.right, box.top, innerHeight - box.bottom];
  });
  expect(Math.min(left!, right!, top!, bottom!), "room on every side").toBeGreaterThanOrEqual(0);
  const drawn = await figure.locator("[data-stage] svg").innerHTML();
  await figure.locator("input[name=learningRate]").first().fill("0.3");
  await expect.poll(() => figure.locator("[data-stage] svg").innerHTML()).not.toBe(drawn);
  await button.focus();
  await escape(page);
  await expect.poll(() => isFull(figure)).toBe(false);
  await expect(button).toBeFocused();
  await expect(button).toHaveText("Full screen");
  expect(await widthOf(figure)).toBeCloseTo(before, 0);
});

test("the button that fills the screen leaves it, too", async ({ page }) => {
  const figure = await openLive(page, "descent-1d");
  const button = await panelOf(figure);
  await button.click();
  await expect.poll(() => isFull(figure)).toBe(true);
  await button.click();
  await expect.poll(() => isFull(figure)).toBe(false);
  await expect(button).toBeFocused();
});

test("a narrow figure becomes a wide one on a wide screen, and narrow again", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const figure = await openLive(page, "descent-1d");
  const button = await panelOf(figure);
  await figure.evaluate((element) => { element.style.width = "400px"; });
  await expect(figure.locator("[data-stage] svg")).toHaveClass(/gb-narrow/);
  await figure.evaluate((element) => { element.style.width = ""; element.style.maxWidth = "400px"; });
  await button.click();
  await expect.poll(() => isFull(figure)).toBe(true);
  await expect(figure.locator("[data-stage] svg")).toHaveClass(/gb-wide/);
  await page.evaluate(() => document.exitFullscreen());
  await expect(figure.locator("[data-stage] svg")).toHaveClass(/gb-narrow/);
});

test("in a frame of another site there is a button where the frame may fill the screen, and none where it may not", async ({ page, baseURL }) => {
  await page.setViewportSize({ width: 1500, height: 900 });
  const frames = ["", `allow="fullscreen"`].map((allow, i) => `<iframe name="f${i}" ${allow} src="${baseURL}embed/descent-1d/" width="700" height="880"></iframe>`);
  await site.show(page, frames.join(""));
  const [without, allowed] = [0, 1].map((i) => page.frameLocator(`iframe[name=f${i}]`).locator("figure[data-widget]")) as [Locator, Locator];
  await expect(without).toHaveAttribute("data-controls", "live", { timeout: patience });
  await expect(await panelOf(without)).toHaveCount(0);
  await expect(allowed).toHaveAttribute("data-controls", "live", { timeout: patience });
  const button = await panelOf(allowed);
  await button.click();
  await expect.poll(() => isFull(allowed)).toBe(true);
  expect(await page.evaluate(() => document.fullscreenElement?.getAttribute("name"))).toBe("f1");
  await button.click();
  await expect.poll(() => isFull(allowed)).toBe(false);
});
