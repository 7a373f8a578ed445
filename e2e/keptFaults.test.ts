import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { keptItem, plant } from "./kept.ts";

/** Reads a chapter as far as its second section, until that is kept. */
async function read(page: Page, chapter = "tokens"): Promise<void> {
  await page.goto(`./${chapter}/`);
  await page.evaluate(() => document.querySelectorAll(".chapter > .section")[1]!.scrollIntoView());
  await expect.poll(() => keptItem(page, `chapter/${chapter}`), { timeout: patience }).toBeTruthy();
}
/** Opens an answer to one of the chapter's questions; the options of a quiz are one question. */
const openAnswer = (page: Page, question: number): Promise<void> => page.evaluate((number) => {
  const all = [...document.querySelectorAll<HTMLElement>("details[data-answer]")];
  const ids = [...new Set(all.map(({ dataset }) => dataset.answer))];
  all.find(({ dataset }) => dataset.answer === ids[number])!.setAttribute("open", "");
}, question);
const answered = async (page: Page, chapter = "tokens"): Promise<number> =>
  ((await keptItem(page, `chapter/${chapter}`)) as { value: { answered: string[] } } | undefined)?.value.answered.length ?? 0;
const summary = (page: Page): Locator => page.locator("[data-my-progress]");

async function openDrawer(page: Page): Promise<Locator> {
  await page.getByRole("banner").getByRole("button", { name: "Your models" }).click();
  const drawer = page.getByRole("dialog", { name: "Your models" });
  await expect(drawer).toBeVisible({ timeout: patience });
  return drawer;
}

async function download(page: Page, drawer: Locator): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent("download"), drawer.getByRole("button", { name: "Download your work" }).click()]);
  return readFileSync(await file.path());
}

test("items that are broken in any way are set aside, kept in the export, and the others live", async ({ page }) => {
  await read(page);
  const sound = (await keptItem(page, "chapter/tokens")) as Record<string, unknown>;
  const broken: Record<string, unknown> = {
    "chapter/attention": null, "chapter/sampling": [], "chapter/quantization": '{"key":"chapter/quan', "path": { ...sound, key: "path" },
    "chapter/masks-and-heads": { ...sound, key: "chapter/masks-and-heads" }, "chapter/training-dynamics": { ...sound, revision: -1 },
  };
  for (const [key, value] of Object.entries(broken)) await plant(page, key, value);
  await page.goto("./");
  await expect(summary(page)).toContainText("You have opened 1 of", { timeout: patience });
  await expect.poll(() => keptItem(page, "chapter/attention"), { timeout: patience }).toBeUndefined();
  const text = (await download(page, await openDrawer(page))).toString("latin1");
  for (const key of Object.keys(broken)) expect(text).toContain(`"key": "${key}"`);
  expect(text).toContain("chapter/quan");
  // A chapter whose item was broken can be read anew.
  await page.keyboard.press("Escape");
  await read(page, "attention");
});

test("what a newer edition wrote is neither read nor overwritten, and goes into the export as it is", async ({ page }) => {
  await read(page);
  const future = { key: "chapter/tokens", schema: 99, revision: 7, saved: 0, value: { poem: "unheard of" }, checksum: "?" };
  await plant(page, "chapter/tokens", future);
  await page.reload();
  await openAnswer(page, 0);
  await expect(page.locator(".not-saved")).toContainText("newer edition", { timeout: patience });
  expect(await keptItem(page, "chapter/tokens")).toEqual(future);
  expect((await download(page, await openDrawer(page))).toString("latin1")).toContain("unheard of");
});

test("a tab that is killed loses no more than the last second, and what was there before stays whole", async ({ page, context }) => {
  await read(page);
  await openAnswer(page, 0);
  await page.waitForTimeout(1000);
  await openAnswer(page, 1);
  // Killed in the middle of that write, wherever it is.
  const session = await context.newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  // A page that is gone does not answer.
  void session.send("Page.crash").catch(() => undefined);
  await crashed;
  const next = await context.newPage();
  await next.goto("./tokens/");
  const kept = await answered(next);
  expect([1, 2]).toContain(kept);
  await openAnswer(next, 2);
  await expect.poll(() => answered(next), { timeout: patience }).toBe(kept + 1);
  await expect(next.locator(".not-saved")).toHaveCount(0);
});

test("with the clock set back by years nothing is lost, and what is read later counts", async ({ page, context }) => {
  await read(page);
  await openAnswer(page, 0);
  await expect.poll(() => answered(page), { timeout: patience }).toBe(1);
  const later = await context.newPage();
  await later.addInitScript(() => { Date.now = () => 1e12; });
  await later.goto("./tokens/");
  await openAnswer(later, 1);
  await expect.poll(() => answered(later), { timeout: patience }).toBe(2);
  const { saved, revision } = (await keptItem(later, "chapter/tokens")) as { saved: number; revision: number };
  expect(saved).toBe(1e12);
  expect(revision).toBeGreaterThan(1);
});

test("all of it goes out as one file, away, and back in, merged with what was read meanwhile", async ({ page }) => {
  await read(page);
  await openAnswer(page, 0);
  await expect.poll(() => answered(page), { timeout: patience }).toBe(1);
  let drawer = await openDrawer(page);
  const file = await download(page, drawer);
  const wipe = drawer.getByRole("button", { name: /remove everything/i });
  await wipe.click();
  await expect(drawer.getByRole("status")).toContainText("Press again");
  expect(await answered(page)).toBe(1);
  await Promise.all([page.waitForEvent("load"), wipe.click()]);
  expect(await answered(page)).toBe(0);
  await openAnswer(page, 1);
  await expect.poll(() => answered(page), { timeout: patience }).toBe(1);
  drawer = await openDrawer(page);
  const field = drawer.locator("input[type=file][aria-label='A file with your work']");
  await field.setInputFiles({ name: "work.zip", mimeType: "application/zip", buffer: file });
  await expect(drawer.getByRole("status")).toHaveText("1 item was taken in.", { timeout: patience });
  expect(await answered(page)).toBe(2);
});

test("a foreign file is refused in a sentence, and changes nothing", async ({ page }) => {
  await read(page);
  const drawer = await openDrawer(page);
  // The place in the chapter is kept a moment after it is reached.
  let before: unknown;
  await expect(async () => {
    before = await keptItem(page, "chapter/tokens");
    await page.waitForTimeout(1000);
    expect(await keptItem(page, "chapter/tokens")).toEqual(before);
  }).toPass();
  const field = drawer.locator("input[type=file][aria-label='A file with your work']");
  const file = await download(page, drawer);
  const foreign: Record<string, Buffer> = {
    "empty.zip": Buffer.alloc(0), "text.zip": Buffer.from("hello"), "null.zip": Buffer.from("null"), "cut.zip": file.subarray(0, file.length / 2),
    // The same zip, but that its list bears another name.
    "other.zip": Buffer.from(file.toString("latin1").replaceAll("glassbox.json", "glassbix.json"), "latin1"),
  };
  for (const [name, buffer] of Object.entries(foreign)) {
    await field.setInputFiles({ name, mimeType: "application/zip", buffer });
    await expect(drawer.getByRole("status"), name).toHaveText(/^Nothing was taken in: .+\.$/, { timeout: patience });
    await drawer.getByRole("status").evaluate((status) => { status.textContent = ""; });
  }
  expect(await keptItem(page, "chapter/tokens")).toEqual(before);
});

test("where localStorage is full or forbidden the theme still changes, for as long as the page lasts", async ({ page }) => {
  await page.addInitScript(() => { Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }; });
  await page.goto("./tokens/");
  const button = page.getByRole("button", { name: /^Theme: / });
  await expect(async () => {
    await button.click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark", { timeout: 300 });
  }).toPass();
  await expect(button).toHaveAttribute("aria-label", "Theme: dark");
});
