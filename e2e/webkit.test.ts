import { expect, sitePaths, test } from "./harness.ts";
import { launchWebKit, noWebKit, type WebKit } from "./webkit.ts";

test.describe.configure({ mode: "serial" });
let webkit: WebKit | null = null;
test.beforeAll(async ({ baseURL }) => {
  if (noWebKit === null) webkit = await launchWebKit(baseURL!);
  else console.log(`WebKit is skipped: ${noWebKit}`);
});
test.afterAll(() => webkit?.close());

test("WebKit: what a page complains about is heard", async () => {
  test.skip(noWebKit !== null, noWebKit ?? "");
  await webkit!.open("glossary/");
  await webkit!.evaluate(() => {
    document.body.append(Object.assign(document.createElement("script"), { textContent: "0" }));
    setTimeout(() => { throw new Error("thrown"); });
  });
  await expect.poll(() => webkit!.complaints()).toEqual(expect.arrayContaining([expect.stringMatching(/^policy: script-src/), expect.stringContaining("thrown")]));
});

for (const path of sitePaths()) {
  test(`WebKit: ${path} opens without an error, and its figures come to life`, async () => {
    test.skip(noWebKit !== null, noWebKit ?? "");
    await webkit!.open(path);
    expect(await webkit!.evaluate(() => document.querySelectorAll("h1").length)).toBe(1);
    const count = await webkit!.evaluate(() => document.querySelectorAll("figure[data-widget]").length);
    for (let seen = 0; seen < count; seen++) {
      // The next figure that is not alive yet comes into view; what waits for a press is left waiting.
      await expect.poll(() => webkit!.evaluate(() => {
        const alive = "[data-controls=live]:is([data-status=live], [data-status=paused], [data-status=static])";
        const figures = [...document.querySelectorAll<HTMLElement>("figure[data-widget]")];
        figures.find((figure) => !figure.matches(alive))?.scrollIntoView();
        return figures.filter((figure) => figure.matches(alive)).length;
      }), { timeout: 60_000 }).toBeGreaterThan(seen);
    }
    expect(await webkit!.complaints()).toEqual([]);
  });
}
