import type { Page } from "@playwright/test";
import { expect, test } from "./harness.ts";

const descent = "figure[data-widget=descent-1d]";

async function openDescent(page: Page, query = "", hash = ""): Promise<void> {
  await page.goto(`./gradient-descent/${query}${hash}`);
  await page.locator(descent).scrollIntoViewIfNeeded();
}

const slider = (page: Page) => page.locator(`${descent} input[name=learningRate]`);

test("a figure goes live in its own box, with controls after it, and without moving the page", async ({ page }) => {
  await page.addInitScript(() => {
    const counted = globalThis as unknown as { shifted: number };
    counted.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) counted.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await openDescent(page);
  const figure = page.locator(descent);
  await expect(figure).toHaveAttribute("data-status", "live");
  await expect(figure).toHaveAttribute("data-backend", "cpu");
  await expect(figure).toHaveAttribute("data-controls", "live");
  await expect(figure).toHaveAttribute("data-step", "30", { timeout: 15_000 });
  expect(await page.evaluate(() => (globalThis as unknown as { shifted: number }).shifted)).toBeLessThanOrEqual(0.005);
});

test("slider, scene, arrow key and address say the same", async ({ page }) => {
  await openDescent(page);
  await expect(page.locator(descent)).toHaveAttribute("data-controls", "live");
  await slider(page).fill("0.9");
  await expect(page).toHaveURL(/#descent-1d\?learningRate=0\.9$/);
  await page.locator(`${descent} [data-scene=diverge]`).click();
  await expect(slider(page)).toHaveValue("1.05");
  await expect(page.locator(`${descent} .gb-watch`)).toContainText("overshoots");
  await page.locator(`${descent} .gb-handle`).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page).toHaveURL(/learningRate=1\.05&start=4\.9$/);
  await page.reload();
  await expect(slider(page)).toHaveValue("1.05");
  await expect(page.locator(`${descent} .gb-handle`)).toHaveAttribute("aria-valuenow", "4.9");
});

test("a hostile link shows the figure with values that its schema allows", async ({ page }) => {
  await openDescent(page, "", `#descent-1d?learningRate=9e9&start=0x10&landscape=__proto__&steps=1e309&__proto__=1&junk=${"%E0%A4%A".repeat(500)}`);
  await expect(page.locator(descent)).toHaveAttribute("data-status", "live");
  await expect(slider(page)).toHaveValue("1.2");
  await expect(page.locator(`${descent} .gb-handle`)).toHaveAttribute("aria-valuenow", "5");
});

test("the table behind the dots holds the numbers of the picture", async ({ page }) => {
  await openDescent(page);
  await expect(page.locator(descent)).toHaveAttribute("data-step", "30", { timeout: 15_000 });
  await page.locator(`${descent} details[data-panel] > summary`).click();
  await page.getByRole("button", { name: "Show as table" }).click();
  const rows = page.locator(`${descent} tbody tr`);
  await expect(rows).toHaveCount(31);
  await expect(rows.nth(4)).toHaveText("43.81920.67109");
  await expect(rows.nth(4).locator("th[scope=row]")).toHaveText("4");
});

test("with reduced motion nothing walks until Run is pressed", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openDescent(page);
  await expect(page.locator(descent)).toHaveAttribute("data-controls", "live");
  await expect(page.locator(descent)).toHaveAttribute("data-status", "static");
  await page.locator(descent).getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.locator(descent)).toHaveAttribute("data-status", "live");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a figure is its poster, its caption and its table", async ({ page }) => {
    await page.goto("./gradient-descent/");
    const figure = page.locator(descent);
    await expect(figure.locator("svg:visible")).toHaveCount(1);
    await expect(figure.locator("figcaption")).toContainText(/\S/);
    await expect(figure.locator("[data-knobs] input:visible")).toHaveCount(0);
    await figure.locator("details[data-panel] > summary").click();
    await figure.locator("details[data-panel] details > summary").click();
    await expect(figure.locator("tbody tr")).toHaveCount(5);
  });
});

test.describe("when the model does not arrive", () => {
  test.use({ tolerate: [/404/] });

  test("its figure says one sentence and recovers by Try again", async ({ page }) => {
    await page.route("**/models/**", (route) => route.fulfill({ status: 404, contentType: "text/html", body: "<h1>404</h1>" }));
    await page.goto("./attention/");
    const figure = page.locator("figure[data-widget=attention-heatmap]");
    test.skip((await figure.count()) === 0 && process.env.CI !== "true", "the shipped model has not been built");
    await figure.scrollIntoViewIfNeeded();
    await expect(figure).toHaveAttribute("data-status", "error", { timeout: 15_000 });
    await expect(figure.locator("[data-error]")).toContainText(/^This figure stopped: .*status 404/);
    await page.unroute("**/models/**");
    await figure.getByRole("button", { name: "Try again" }).click();
    await expect(figure).toHaveAttribute("data-status", "live", { timeout: 15_000 });
  });
});
