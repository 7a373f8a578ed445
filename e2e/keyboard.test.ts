import { chapterOf, openFigure, patience, type WidgetId } from "./figure.ts";
import { expect, test } from "./harness.ts";

for (const id of Object.keys(chapterOf) as WidgetId[]) {
  test(`Tab reaches every control of ${id}, in order and without a trap`, async ({ page }) => {
    const figure = await openFigure(page, id);
    for (const more of await figure.locator("details.gb-more > summary").all()) await more.click();
    // What is already open stays so.
    await figure.locator("details[data-panel]").evaluate((panel) => { (panel as HTMLDetailsElement).open = true; });
    await expect(figure.getByRole("button", { name: "Show as table" })).toBeVisible();
    // Radio buttons of a group, marks behind one tab stop and disabled buttons are not stops of their own.
    const wanted = await figure.evaluate((root) => {
      let count = 0;
      for (const element of root.querySelectorAll<HTMLElement | SVGElement>("button, input, select, textarea, summary, a[href], [tabindex='0']")) {
        if (element.matches(":disabled, input[type=radio]:not(:checked)") || element.getClientRects().length === 0 || getComputedStyle(element).visibility === "hidden") continue;
        element.setAttribute("data-stop", String(count++));
      }
      return count;
    });
    expect(wanted).toBeGreaterThan(5);
    await page.evaluate((selector) => {
      const before = document.createElement("button");
      document.querySelector(selector)!.before(before);
      before.focus();
    }, `#${id}`);
    const reached = new Set<string>();
    for (let presses = 0; presses < wanted + 12; presses++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const active = document.activeElement;
        return { inside: active?.closest("figure[data-widget]") !== null, stop: active?.getAttribute("data-stop") ?? null };
      });
      if (stop.stop !== null) reached.add(stop.stop);
      if (!stop.inside && reached.size > 0) break;
    }
    const missed = await figure.evaluate((root, found) => [...root.querySelectorAll("[data-stop]")].filter((element) => !found.includes(element.getAttribute("data-stop")!)).map((element) => element.outerHTML.slice(0, 120)), [...reached]);
    expect(missed).toEqual([]);
    expect(await page.evaluate(() => document.activeElement?.closest("figure[data-widget]") === null), "Tab leaves the figure").toBe(true);
  });
}

test.describe("with reduced motion", () => {
  for (const id of Object.keys(chapterOf) as WidgetId[]) {
    test(`${id} does not move by itself`, async ({ page }) => {
      await page.emulateMedia({ reducedMotion: "reduce" });
      const figure = await openFigure(page, id);
      const state = () => figure.evaluate((root) => [root.getAttribute("data-status"), root.getAttribute("data-step"), root.querySelector("svg")?.outerHTML.length]);
      await page.waitForTimeout(1200);
      const before = await state();
      expect(["static", "live"]).toContain(before[0]);
      await page.waitForTimeout(1500);
      expect(await state()).toEqual(before);
      const moving = await page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === "running" && Number(animation.effect?.getComputedTiming().duration) > 1).length);
      expect(moving).toBe(0);
    });
  }

  test("Run still runs, one press a run", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    const figure = await openFigure(page, "bpe-trainer");
    await figure.getByRole("button", { name: "Run", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  });
});
