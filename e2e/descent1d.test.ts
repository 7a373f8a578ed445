import { cellsOf, openLive, patience, showTable } from "./figure.ts";
import { expect, test } from "./harness.ts";

const id = "descent-1d";

test("a learning rate at its maximum runs away, is explained, and comes back by one press", async ({ page }) => {
  const figure = await openLive(page, id);
  const table = await showTable(figure);
  await figure.getByRole("slider", { name: "learning rate η" }).focus();
  await page.keyboard.press("End");
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("1.2");
  await expect(figure.locator("svg").first()).toContainText("every step overshoots further: η is too large here");
  await expect(figure.locator("[data-inside]")).toContainText(/climbing from 4, because every step overshoots further than the last/);
  // 5, then 3 + 2·(1 − 2·1.2) = 0.2: each step multiplies the distance to 3 by −1.4.
  await expect.poll(async () => (await cellsOf(table)).slice(2, 4).map(([, w]) => w), { timeout: patience }).toEqual(["0.2", "6.92"]);
  const numbers = await figure.locator("svg").first().evaluate((svg) => svg.outerHTML);
  expect(numbers).not.toMatch(/NaN|Infinity/);
  await figure.getByRole("button", { name: "Reset learning rate η" }).click();
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.1");
  await expect(figure.locator("svg").first()).not.toContainText("too large");
  await expect.poll(async () => (await cellsOf(table))[2]?.[1], { timeout: patience }).toBe("4.6");
});

test("numbers in the prose follow the figure, and the figure follows them", async ({ page }) => {
  const figure = await openLive(page, id);
  const scrub = page.locator("[data-scrub=descent-1d]");
  await expect(scrub).toHaveText("0.10");
  await scrub.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("ArrowLeft");
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("1.19");
  await figure.locator("input[name=learningRate]").fill("0.5");
  await expect(scrub).toHaveText("0.50");
  await expect(scrub).toHaveAttribute("aria-valuenow", "0.5");
  // One jump lands on the minimum.
  await expect(page.locator("[data-live=descent-1d][data-readout=weight]").first()).toHaveText("3");
  await page.locator("[data-chip=descent-1d][data-scene=crawl]").first().click();
  await expect(scrub).toHaveText("0.01");
  await expect(figure.locator(".gb-watch")).toContainText("less than half of the way");
});

test("a number in the prose can be dragged before its figure is awake", async ({ page }) => {
  await page.setViewportSize({ width: 700, height: 320 });
  await page.goto("./gradient-descent/");
  const scrub = page.locator("[data-scrub=descent-1d]");
  await expect(scrub).toHaveAttribute("role", "slider");
  await scrub.scrollIntoViewIfNeeded();
  const box = (await scrub.boundingBox())!;
  await page.mouse.move(box.x + 5, box.y + 5);
  await page.mouse.down();
  await page.mouse.move(box.x + 45, box.y + 5, { steps: 4 });
  await page.mouse.up();
  await expect(scrub).toHaveText("0.20");
  await expect(page.locator("#descent-1d input[name=learningRate]")).toHaveValue("0.2");
});
