import { openFigure, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

test("while a model trains, what is read out is heard at most once in 5 s, and nothing in the text chatters", async ({ page }) => {
  const figure = await openFigure(page, "train-tiny-gpt");
  await page.evaluate(() => {
    const heard: [region: string, at: number][] = [];
    Object.assign(globalThis, { heard });
    const regions = document.querySelectorAll("output, [role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off])");
    for (const region of regions) {
      const name = `${region.closest("figure")?.id ?? ""} ${region.className}`;
      new MutationObserver(() => heard.push([name, performance.now()])).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
  await figure.getByRole("button", { name: /^Run/ }).first().click();
  await expect(figure).toHaveAttribute("data-step", /\d/, { timeout: patience });
  const heard = (): Promise<[string, number][]> => page.evaluate(() => (globalThis as unknown as { heard: [string, number][] }).heard);
  await expect.poll(async () => (await heard()).length, { timeout: patience }).toBeGreaterThanOrEqual(3);
  const all = await heard();
  expect(new Set(all.map(([region]) => region))).toEqual(new Set(["train-tiny-gpt gb-hidden"]));
  all.forEach(([, at], i) => expect(at - (all[i - 1]?.[1] ?? -Infinity)).toBeGreaterThan(4900));
});
