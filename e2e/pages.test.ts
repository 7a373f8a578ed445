import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Page, Request } from "@playwright/test";
import { dist } from "../scripts/paths.mjs";
import { axeIn } from "./axe.ts";
import { kilobytes, scriptsUntil, sent } from "./bytes.ts";
import { patience } from "./figure.ts";
import { expect, sitePaths, test } from "./harness.ts";

/** Opens a page and brings each of its figures to life; what waits for a press is left waiting. */
async function openAllLive(page: Page, path: string): Promise<void> {
  await page.goto(`.${path}`);
  for (const figure of await page.locator("figure[data-widget]").all()) {
    await figure.scrollIntoViewIfNeeded();
    await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
    await expect(figure).toHaveAttribute("data-status", /^(live|paused|static)$/);
  }
  await page.evaluate(() => scrollTo(0, 0));
}

/** From the next page on, sums what moves without the reader having done anything. */
async function countShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts = { sum: 0 };
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) if (!entry.hadRecentInput) shifts.sum += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
}

const shifts = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as { shifts: { sum: number } }).shifts.sum);

/** The files of dist/assets that one imports, whole chains of them; with `later` also what is imported when it is called for. */
function importedBy(name: RegExp, later: boolean): Set<string> {
  const folder = join(dist, "assets");
  const files = readdirSync(folder);
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file) || !files.includes(file)) return;
    found.add(file);
    for (const [, still, called] of readFileSync(join(folder, file), "utf8").matchAll(/(?:from|import)"\.\/([^"]+)"|import\([`"]\.\/([^`"]+)/g)) {
      if (still !== undefined) visit(still);
      if (called !== undefined && later) visit(called);
    }
  };
  for (const file of files) if (name.test(file)) visit(file);
  return found;
}

/** What src/app/later.ts brings when the page has nothing else to do: no figure waits for it, whether it comes before or after. */
const atOnce = importedBy(/^page-/, false);
const idle = new Set([...importedBy(/^later-/, true)].filter((file) => !atOnce.has(file)));

for (const path of sitePaths()) {
  test.describe(`page ${path}`, () => {
    test("opens with a title and one main heading, its figures come to life, and it stays within its bytes", async ({ page, context }) => {
      const requests: Request[] = [];
      context.on("requestfinished", (request) => requests.push(request));
      const response = await page.goto(`.${path}`);
      expect(response?.status()).toBe(200);
      await expect(page).toHaveTitle(/\S/);
      await expect(page.locator("h1")).toHaveCount(1);
      const figure = page.locator("figure[data-widget]").first();
      if ((await figure.count()) === 0) return;
      await figure.scrollIntoViewIfNeeded();
      await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
      const waits = (await figure.getAttribute("data-status")) === "static";
      if (waits) await figure.getByRole("button", { name: /^Run/ }).first().click();
      await expect(figure).toHaveAttribute("data-ready", /\d/, { timeout: patience });
      const liveAt = await figure.evaluate((element) => performance.timeOrigin + Number((element as HTMLElement).dataset.ready));
      const all = await sent(requests);
      const scripts = scriptsUntil(all.filter(({ name }) => !idle.has(basename(name))), liveAt, waits);
      const fonts = all.filter(({ kind }) => kind === "font");
      console.log(`${path}: ${kilobytes(scripts)} KB of scripts to the first live frame, ${kilobytes(fonts)} KB of fonts`);
      expect(scripts.some(({ name }) => name.includes("worker"))).toBe(true);
      expect(kilobytes(scripts), "JavaScript and WASM to the first live frame").toBeLessThanOrEqual(110);
      expect(kilobytes(fonts), "fonts").toBeLessThanOrEqual(120);
    });

    test("does not scroll sideways on a screen 320 px wide, its figures alive", async ({ page }) => {
      await page.setViewportSize({ width: 320, height: 640 });
      await openAllLive(page, path);
      const { content, screen } = await page.evaluate(() => ({
        content: document.documentElement.scrollWidth,
        screen: document.documentElement.clientWidth,
      }));
      expect(content).toBeLessThanOrEqual(screen);
    });

    test("moves nothing by itself while it is scrolled slowly to its end", async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await countShifts(page);
      await page.goto(`.${path}`);
      // The first turn of the wheel lays out what stands below the screen.
      const height = (): Promise<number> => page.evaluate(() => document.documentElement.scrollHeight);
      for (let y = 0; y < await height(); y += 500) {
        await page.mouse.wheel(0, 500);
        await page.waitForTimeout(100);
      }
      expect(await shifts(page), "cumulative layout shift").toBeLessThanOrEqual(0.005);
    });

    test("moves nothing by itself while its fonts and its first figure come, on screens of any width", async ({ page }) => {
      await countShifts(page);
      for (const [width, height] of [[412, 823], [820, 1180], [1350, 940], [1440, 900]] as const) {
        await page.setViewportSize({ width, height });
        await page.goto(`.${path}`);
        await page.evaluate(() => document.fonts.ready);
        const first = page.locator("figure[data-widget]").first();
        const top = (await first.count()) > 0 ? (await first.boundingBox())!.y : Infinity;
        if (top < height) await expect(first).toHaveAttribute("data-controls", "live", { timeout: patience });
        await page.waitForTimeout(200);
        expect(await shifts(page), `cumulative layout shift, ${width} px wide`).toBeLessThanOrEqual(0.005);
      }
    });

    test("has no accessibility violation that axe can see, in light, dark and forced colours, its figures alive", async ({ page }) => {
      await openAllLive(page, path);
      for (const [colorScheme, forcedColors] of [["light", "none"], ["dark", "none"], ["light", "active"]] as const) {
        await page.emulateMedia({ colorScheme, forcedColors });
        const axe = await axeIn(page);
        // Other colours change nothing but colours.
        const { violations } = await (colorScheme === "light" && forcedColors === "none" ? axe : axe.withRules(["color-contrast", "link-in-text-block"])).analyze();
        const found = violations.map(({ id, help, nodes }) => `${forcedColors === "active" ? "forced" : colorScheme}: ${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
        expect(found).toEqual([]);
      }
    });

    test.describe("without scripts", () => {
      test.use({ javaScriptEnabled: false });

      test("reads: text, posters, tables, and answers behind a press", async ({ page }) => {
        await page.goto(`.${path}`);
        await expect(page.locator("h1")).toBeVisible();
        for (const figure of await page.locator("figure[data-widget]").all()) {
          await expect(figure.locator("svg:visible").first()).toBeVisible();
          await expect(figure.locator("figcaption")).toContainText(/\S/);
          await figure.locator("details[data-panel] > summary").click();
          await figure.locator("details[data-panel] details > summary").click();
          await expect(figure.locator("tbody tr").first()).toBeVisible();
          await expect(figure.locator("th[scope=row]").first()).toContainText(/\S/);
        }
        for (const question of await page.locator("details.question, details.option").all()) {
          await question.locator("summary").click();
          await expect(question.locator(".answer")).toContainText(/\S/);
          await expect(question.locator(".answer")).toBeVisible();
        }
      });
    });
  });
}
