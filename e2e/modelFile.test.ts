import type { Page, Route } from "@playwright/test";
import { openLive, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

const heatmap = "figure[data-widget=attention-heatmap]";
const weights = /\/models\/story\/model\.safetensors\.gz$/;

/** Flips every bit of some bytes in the middle of the file. */
async function corrupted(route: Route): Promise<void> {
  const response = await route.fetch();
  const body = await response.body();
  for (let i = 0; i < 64; i++) body[(body.length >> 1) + i]! ^= 0xff;
  await route.fulfill({ response, body });
}

const faults: Record<string, { answer: (route: Route) => Promise<void>; says: RegExp }> = {
  missing: { answer: (route) => route.fulfill({ status: 404, contentType: "text/html", body: "<h1>404</h1>" }), says: /could not be loaded \(status 404\)/ },
  "an HTML page sent with status 200": { answer: (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<!doctype html><title>Sign in</title>" }), says: /model\.safetensors could not be used: the server sent a web page/ },
  corrupted: { answer: corrupted, says: /model\.safetensors could not be used: it arrived damaged/ },
  "cut off": { answer: async (route) => { const response = await route.fetch(); await route.fulfill({ response, body: (await response.body()).subarray(0, 100_000) }); }, says: /model\.safetensors could not be used: it arrived damaged/ },
  unreachable: { answer: (route) => route.abort("connectionrefused"), says: /could not be loaded: no connection/ },
};

async function stopped(page: Page, says: RegExp): Promise<void> {
  const figure = page.locator(heatmap);
  await figure.scrollIntoViewIfNeeded();
  await expect(figure).toHaveAttribute("data-status", "error", { timeout: patience });
  const words = figure.locator("[data-error]");
  await expect(words).toContainText(says);
  const text = (await words.innerText()).replace("Try again", "");
  expect(text.length).toBeLessThanOrEqual(400);
  expect(text).not.toMatch(/TypeError|undefined|is not a function|at .*\.js/);
}

test.describe("when the model's file is bad", () => {
  test.use({ tolerate: [/Failed to load resource/] });

  for (const [name, { answer, says }] of Object.entries(faults)) {
    test(`${name}: one plain sentence, the rest of the page lives, and Try again works once it is sound`, async ({ page }) => {
      await page.route(weights, answer);
      await page.goto("./attention/");
      await stopped(page, says);
      const byHand = page.locator("figure[data-widget=attention-by-hand]");
      await byHand.scrollIntoViewIfNeeded();
      await expect(byHand).toHaveAttribute("data-status", "live", { timeout: patience });
      await page.unroute(weights);
      await page.locator(heatmap).getByRole("button", { name: "Try again" }).click();
      await expect(page.locator(heatmap)).toHaveAttribute("data-status", "live", { timeout: patience });
      await expect(page.locator(`${heatmap} [data-error]`)).toHaveCount(0);
    });
  }

  test("a server that stalls is given up with a sentence, and Try again works", async ({ page }) => {
    await page.route(weights, () => undefined);
    await page.goto("./attention/");
    await page.locator(heatmap).scrollIntoViewIfNeeded();
    await expect(page.locator(heatmap)).toHaveAttribute("data-status", "loading", { timeout: patience });
    await stopped(page, /the server stopped sending/);
    await page.unroute(weights);
    await page.locator(heatmap).getByRole("button", { name: "Try again" }).click();
    await expect(page.locator(heatmap)).toHaveAttribute("data-status", "live", { timeout: patience });
  });
});

test("who saves data gets the model by a press that names its size", async ({ page, context }) => {
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, "connection", { get: () => ({ saveData: true }), configurable: true }));
  const asked: string[] = [];
  context.on("request", (request) => { if (request.method() === "GET" && request.url().includes("/models/")) asked.push(request.url()); });
  await page.goto("./attention/");
  const figure = page.locator(heatmap);
  await figure.scrollIntoViewIfNeeded();
  const run = figure.getByRole("button", { name: /^Run \(loads \d\.\d MB\)$/ });
  await expect(run).toBeVisible({ timeout: patience });
  await expect(figure).toHaveAttribute("data-status", "static");
  expect(asked).toEqual([]);
  await run.click();
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  expect(asked.length).toBeGreaterThan(0);
  await openLive(page, "descent-1d");
});
