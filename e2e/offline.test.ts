import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

test.use({ serviceWorkers: "allow", tolerate: [/ERR_INTERNET_DISCONNECTED|Failed to fetch/] });

test("offline a chapter that was never opened opens, its figure computes, and the search finds", async ({ page, context }) => {
  await page.goto("./glossary/");
  await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    if (registration.active?.state !== "activated") await new Promise((done) => registration.active?.addEventListener("statechange", done, { once: true }));
  });
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), { timeout: patience }).toBe(true);
  await context.setOffline(true);
  await page.goto("./attention/?backend=cpu");
  await expect(page.locator("h1")).toHaveText("Attention");
  const figure = page.locator("figure[data-widget]").first();
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await page.goto("./train-a-language-model/");
  const training = page.locator("figure[data-widget=train-tiny-gpt]");
  await training.scrollIntoViewIfNeeded();
  await expect(training).toHaveAttribute("data-controls", "live", { timeout: patience });
  await training.getByRole("button", { name: /^Run/ }).first().click();
  await expect(training).toHaveAttribute("data-step", /[1-9]/, { timeout: patience });
  // What is made offline is kept, and is there when the page is opened again, still offline.
  await training.getByRole("button", { name: "Keep this model" }).click();
  await expect(training.getByText(/^Kept in this browser: /)).toBeVisible({ timeout: patience });
  await page.reload();
  await page.getByRole("banner").getByRole("button", { name: "Your models" }).click();
  const kept = page.getByRole("dialog", { name: "Your models" });
  await expect(kept.getByRole("link", { name: "Ways to draw a token" })).toBeVisible({ timeout: patience });
  await page.keyboard.press("Escape");
  await page.locator("h1").click();
  await page.keyboard.press("/");
  await page.getByRole("combobox").fill("softmax");
  await expect(page.locator("#found [role=option]").first()).toBeVisible();
  await page.goto("./no-such-page/");
  await expect(page.locator("h1")).toHaveText("This page does not exist");
});

test("a newer edition is offered and waits for the reader", async ({ page }) => {
  await page.goto("./glossary/");
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null), { timeout: patience }).toBe(true);
  // A script at another address is another edition.
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    await navigator.serviceWorker.register(`${active!.scriptURL}?next`);
  });
  const offer = page.locator(".new-edition");
  await expect(offer).toContainText("newer edition", { timeout: patience });
  const script = (): Promise<string | undefined> => page.evaluate(() => navigator.serviceWorker.controller?.scriptURL);
  expect(await script()).not.toContain("?next");
  await Promise.all([page.waitForEvent("load"), offer.getByRole("button", { name: "Show it" }).click()]);
  await expect.poll(script, { timeout: patience }).toContain("?next");
});
