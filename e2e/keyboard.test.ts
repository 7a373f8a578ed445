import type { Page } from "@playwright/test";
import { openFigure, patience } from "./figure.ts";
import { expect, sitePaths, test } from "./harness.ts";

/** Opens a page with its figures alive, and all that lies behind a press in them and in the text. */
async function openWhole(page: Page, path: string): Promise<void> {
  await page.goto(`.${path}`);
  for (const figure of await page.locator("figure[data-widget]").all()) {
    await figure.scrollIntoViewIfNeeded();
    await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
    await expect(figure).toHaveAttribute("data-status", /^(live|paused|static)$/, { timeout: patience });
  }
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
    scrollTo(0, 0);
  });
  for (const panel of await page.locator("details[data-panel]").all()) {
    await expect(panel.getByRole("button", { name: "Show as table" })).toBeVisible({ timeout: patience });
  }
}

test.describe("with reduced motion", () => {
  test.beforeEach(({ page }) => page.emulateMedia({ reducedMotion: "reduce" }));

  for (const path of sitePaths()) {
    test(`Tab reaches every control of ${path}, without a trap, and nothing moves by itself`, async ({ page }) => {
      test.setTimeout(120_000);
      await openWhole(page, path);
      const state = () => page.locator("figure[data-widget]").evaluateAll((figures) =>
        figures.map((figure) => [figure.id, figure.getAttribute("data-step"), figure.querySelector("[data-stage] svg")?.outerHTML.length].join(" ")).join("\n"));
      // What is computed bit by bit ends; what moves by itself would not.
      let seen = "";
      await expect.poll(async () => {
        const before = seen;
        await page.waitForTimeout(1500);
        seen = await state();
        return seen === before;
      }, { timeout: patience }).toBe(true);
      // Radio buttons of a group, marks behind one tab stop and disabled buttons are not stops of their own.
      const wanted = await page.evaluate(() => {
        let count = 0;
        for (const element of document.querySelectorAll<HTMLElement | SVGElement>("button, input, select, textarea, summary, a[href], [tabindex='0']")) {
          if (element.matches(":disabled, [tabindex='-1'], input[type=radio]:not(:checked)") || element.closest("[inert], dialog:not([open])")) continue;
          if (!element.checkVisibility({ visibilityProperty: true }) || element.getClientRects().length === 0) continue;
          element.setAttribute("data-stop", String(count++));
        }
        return count;
      });
      expect(wanted).toBeGreaterThan(5);
      for (let presses = 0; presses < wanted + 20; presses++) {
        await page.keyboard.press("Tab");
        const ended = await page.evaluate(() => {
          const { activeElement: active } = document;
          active?.setAttribute("data-reached", "");
          return active === document.body;
        });
        if (ended) break;
      }
      const missed = await page.evaluate(() => [...document.querySelectorAll("[data-stop]:not([data-reached])")].map((element) => element.outerHTML.slice(0, 160)));
      expect(missed).toEqual([]);
      const moving = await page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === "running" && Number(animation.effect?.getComputedTiming().duration) > 1).length);
      expect(moving).toBe(0);
    });
  }

  test("Run still runs, one press a run", async ({ page }) => {
    const figure = await openFigure(page, "bpe-trainer");
    await figure.getByRole("button", { name: "Run", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  });
});
