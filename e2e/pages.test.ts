import AxeBuilder from "@axe-core/playwright";
import { expect, sitePaths, test } from "./harness.ts";

for (const path of sitePaths()) {
  test.describe(`page ${path}`, () => {
    test("opens with a title and one main heading", async ({ page }) => {
      const response = await page.goto(`.${path}`);
      expect(response?.status()).toBe(200);
      await expect(page).toHaveTitle(/\S/);
      await expect(page.locator("h1")).toHaveCount(1);
    });

    test("does not scroll sideways on a screen 320 px wide", async ({ page }) => {
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto(`.${path}`);
      const { content, screen } = await page.evaluate(() => ({
        content: document.documentElement.scrollWidth,
        screen: document.documentElement.clientWidth,
      }));
      expect(content).toBeLessThanOrEqual(screen);
    });

    for (const colorScheme of ["light", "dark"] as const) {
      test(`has no accessibility violation that axe can see, ${colorScheme}`, async ({ page }) => {
        await page.emulateMedia({ colorScheme });
        await page.goto(`.${path}`);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
        expect(found).toEqual([]);
      });
    }
  });
}
