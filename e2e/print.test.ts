import { openLive, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

test("on paper a figure stands as its reader left it, with its settings in words, and nothing that can only be pressed", async ({ page }) => {
  const figure = await openLive(page, "descent-1d", { hash: "learningRate=0.3" });
  await expect(figure).toHaveAttribute("data-step", "30", { timeout: patience });
  const drawn = await figure.locator("[data-stage] svg").innerHTML();
  // The script that writes for paper comes with the rest that no figure waits for.
  await expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await expect(page.locator(".print-notes")).toHaveCount(1, { timeout: 500 });
  }).toPass();
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  expect(await figure.locator("[data-stage] svg").innerHTML()).toBe(drawn);
  await expect(figure.locator(".print-settings")).toContainText(/^Set to: learning rate \S+ 0\.3, .*step 30\.$/);
  for (const hidden of [figure.getByRole("button", { name: "Run", exact: true }), figure.locator(".gb-panel"), page.locator(".contents"), page.getByRole("banner").getByRole("navigation")]) {
    await expect(hidden.first()).toBeHidden();
  }
  // White paper, dark ink, whatever the screen shows.
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
  await expect(page.locator("details.option .answer").first()).toBeVisible();
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await expect(page.locator(".print-note, .print-notes, .print-settings")).toHaveCount(0);
});

test("on paper every link of the text bears the number of its address at the end", async ({ page }) => {
  await openLive(page, "attention-heatmap");
  await expect(async () => {
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await expect(page.locator(".print-notes li").first()).toHaveText(/^https?:/, { timeout: 500 });
  }).toPass();
  const notes = await page.locator(".print-notes li").allTextContents();
  const marked = await page.locator("main a:has(+ .print-note)").evaluateAll((links) => links.map((link) => [(link as HTMLAnchorElement).href, Number(link.nextElementSibling!.textContent)] as const));
  expect(marked.length).toBeGreaterThan(2);
  for (const [address, number] of marked) expect(notes[number - 1]).toBe(address);
  expect(new Set(notes).size).toBe(notes.length);
  expect(new Set(marked.map(([, number]) => number)).size).toBe(notes.length);
  // The browser's own printing does all this by itself.
  expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(50_000);
  await expect(page.locator(".print-note")).toHaveCount(0);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });
  test("on paper addresses stand behind their links", async ({ page }) => {
    await page.goto("./attention/");
    await page.emulateMedia({ media: "print" });
    const link = page.locator(".sources a").first();
    const written = await link.evaluate((element) => getComputedStyle(element, "::after").content);
    expect(written).toContain(await link.getAttribute("href"));
  });
});
