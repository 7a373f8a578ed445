/**
 * A smoke test of every page in Firefox, where one is installed: `firefox` or `firefox-esr` on the path, or GLASSBOX_FIREFOX names it.
 * Playwright's own Firefox is a patched build; puppeteer drives the one that readers have, by WebDriver BiDi.
 */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { expect, sitePaths, test } from "./harness.ts";

const names = process.platform === "win32" ? ["firefox.exe"] : ["firefox", "firefox-esr"];
const places = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
const executablePath = [process.env.GLASSBOX_FIREFOX ?? "", ...places].find((file) => file !== "" && existsSync(file));

test.describe.configure({ mode: "serial" });
let firefox: Browser | null = null;
test.beforeAll(async () => {
  if (executablePath) firefox = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  else console.log("Firefox is skipped: no firefox and no firefox-esr on this machine");
});
test.afterAll(() => firefox?.close());

for (const path of sitePaths()) {
  test(`Firefox: ${path} opens without an error, and its first figure comes to life`, async ({ baseURL }) => {
    test.skip(executablePath === undefined, "no Firefox on this machine");
    const page = await firefox!.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    try {
      await page.goto(new URL(path.slice(1), baseURL).href);
      expect(await page.$$eval("h1", (all) => all.length)).toBe(1);
      const figure = await page.$("figure[data-widget]");
      if (figure) {
        await figure.evaluate((element) => element.scrollIntoView());
        await page.waitForFunction(
          () => document.querySelector("figure[data-widget]")?.matches("[data-controls=live]:is([data-status=live], [data-status=paused], [data-status=static])"),
          { timeout: 60_000 },
        );
      }
      expect(complaints).toEqual([]);
    } finally {
      await page.close();
    }
  });
}
