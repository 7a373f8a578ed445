import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { axeIn } from "./axe.ts";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { keptItem } from "./kept.ts";

/** Brings a page to the point at which something of the reader's is saved. */
async function read(page: Page, chapter = "tokens"): Promise<void> {
  await page.goto(`./${chapter}/`);
  await page.evaluate(() => document.querySelectorAll(".chapter > .section")[1]!.scrollIntoView());
}
const notice = (page: Page) => page.locator(".not-saved");

test.describe("when nothing can be saved, a notice offers the work as a file", () => {
  const faults = {
    "the storage is forbidden": () => Object.defineProperty(window, "indexedDB", { get: () => { throw new DOMException("denied", "SecurityError"); } }),
    "both storages are forbidden": () => {
      for (const name of ["indexedDB", "localStorage"]) Object.defineProperty(window, name, { get: () => { throw new DOMException("denied", "SecurityError"); } });
    },
    "the quota is used up": () => { IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); }; },
    "opening is blocked": () => { IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest; },
  };
  for (const [name, fault] of Object.entries(faults)) {
    test(name, async ({ page }) => {
      await page.addInitScript(fault);
      await read(page);
      await expect(notice(page)).toContainText(/^Not saved: /, { timeout: patience });
      const download = page.waitForEvent("download");
      await notice(page).getByRole("button", { name: "Download your work" }).click();
      const file = readFileSync((await (await download).path())!);
      // Stored, not packed: the list can be read in the zip.
      expect(file.toString("latin1")).toContain('"key": "chapter/tokens"');
      // The page goes on.
      await expect(page.locator("figure[data-widget]").first()).toHaveAttribute("data-ready", /\d/, { timeout: patience });
      await expect(page.locator("[data-error]")).toHaveCount(0);
    });
  }
});

test("the notice comes within a second of the write that failed, and goes when one succeeds", async ({ page }) => {
  await read(page);
  await expect.poll(() => keptItem(page, "chapter/tokens"), { timeout: patience }).toBeTruthy();
  await expect(notice(page)).toHaveCount(0);
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    Object.assign(window, { mend: () => { IDBObjectStore.prototype.put = put; } });
    IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  const answers = page.locator("details[data-answer]");
  const took = await page.evaluate(async () => {
    const begun = performance.now();
    document.querySelector("details[data-answer]")!.setAttribute("open", "");
    while (!document.querySelector(".not-saved")) await new Promise((resolve) => { setTimeout(resolve, 10); });
    return performance.now() - begun;
  });
  expect(took).toBeLessThan(1000);
  await page.evaluate(() => (window as unknown as { mend(): void }).mend());
  await answers.nth(1).evaluate((details) => details.setAttribute("open", ""));
  await expect(notice(page)).toHaveCount(0);
  // What failed was saved with it.
  const { value } = (await keptItem(page, "chapter/tokens")) as { value: { answered: string[] } };
  expect(value.answered).toHaveLength(2);
});

test("two tabs on the same chapter both count", async ({ page, context }) => {
  const other = await context.newPage();
  await Promise.all([read(page), read(other)]);
  await Promise.all([page, other].map((one, i) => one.locator("details[data-answer]").nth(i).evaluate((details) => details.setAttribute("open", ""))));
  await expect.poll(async () => ((await keptItem(page, "chapter/tokens")) as { value?: { answered: string[] } } | undefined)?.value?.answered.length ?? 0, { timeout: patience }).toBe(2);
});

test("what an earlier edition kept in localStorage is taken over", async ({ page }) => {
  await page.addInitScript(() => {
    if (sessionStorage.getItem("planted")) return;
    sessionStorage.setItem("planted", "1");
    localStorage.setItem("glassbox:chapter:attention", '{"version":1,"at":null,"finished":true,"answered":["attention-1"]}');
    localStorage.setItem("glassbox:chapter:tokens", "{");
  });
  await page.goto("./");
  await expect(page.locator("[data-my-progress]")).toContainText(/You have opened 1 of \d+, read 1 to the end and looked at 1 answer/, { timeout: patience });
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("glassbox:")))).toEqual([]);
});

test("an old tab makes way for a newer edition of the database, says so, and still hands out the work", async ({ page }) => {
  await read(page);
  await expect.poll(() => keptItem(page, "chapter/tokens"), { timeout: patience }).toBeTruthy();
  await page.evaluate(() => new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open("glassbox", 1000);
    opening.onblocked = () => reject(new Error("the old tab blocks the new edition"));
    opening.onsuccess = () => resolve(opening.result.close());
  }));
  await page.locator("details[data-answer]").first().evaluate((details) => details.setAttribute("open", ""));
  await expect(notice(page)).toContainText("a newer edition of this book has written it");
  const download = page.waitForEvent("download");
  await notice(page).getByRole("button").click();
  expect(readFileSync((await (await download).path())!).toString("latin1")).toContain('"key": "chapter/tokens"');
});

test("the drawer of models opens from every kind of page by the keyboard, closes by Escape, and axe finds nothing", async ({ page }) => {
  for (const path of ["./", "./attention/", "./widgets/", "./glossary/"]) {
    await page.goto(path);
    const opener = page.getByRole("banner").getByRole("button", { name: "Your models" });
    await opener.focus();
    await page.keyboard.press("Enter");
    const drawer = page.getByRole("dialog", { name: "Your models" });
    await expect(drawer).toBeVisible({ timeout: patience });
    await expect(drawer.getByText("None yet. Train one in")).toHaveCount(2);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await (await axeIn(page)).include("dialog.drawer").analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
    }
    await page.keyboard.press("Escape");
    await expect(drawer).toBeHidden();
    await expect(opener).toBeFocused();
  }
});

test("files that are no model are refused in a sentence each", async ({ page }) => {
  await page.goto("./glossary/");
  await page.getByRole("button", { name: "Your models" }).click();
  const drawer = page.getByRole("dialog", { name: "Your models" });
  const files = drawer.locator("input[type=file][aria-label='A model’s files']");
  const refused = [["a.txt", "hello"], ["model.safetensors", "\u0008\u0000\u0000\u0000\u0000\u0000\u0000\u0000[]      "], ["tokenizer.json", "null"], ["a.gguf", "GGUF"], ["x.zip", "PK"]] as const;
  for (const [name, text] of refused) {
    await files.setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text, "latin1") });
    await expect(drawer.getByRole("status")).toContainText(/^It was not opened: .*\.$/, { timeout: patience });
  }
});
