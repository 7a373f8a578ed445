import { expect, test } from "./harness.ts";

test.describe("a page that misbehaves is caught by the harness", () => {
  test.use({ tolerate: [/./] });

  test("its errors, exceptions, policy violations and foreign requests are each named", async ({ page, complaints }) => {
    const html = `<!doctype html><title>probe</title><script>console.log("inline")</script><script src="probe.js"></script>
      <img alt="" src="http://elsewhere.example/pixel.png">`;
    const script = `console.error("a deliberate error"); setTimeout(() => { throw new Error("a deliberate exception"); }); fetch("//third.example/");`;
    await page.route("**/probe.html", (route) =>
      route.fulfill({
        body: html,
        contentType: "text/html",
        headers: { "Content-Security-Policy": "default-src 'self'; connect-src *; img-src *" },
      }),
    );
    await page.route("**/probe.js", (route) => route.fulfill({ body: script, contentType: "text/javascript" }));
    await page.route(/(elsewhere|third)\.example/, (route) => route.abort());
    await page.goto("./probe.html");
    const all = () => complaints.join("\n");
    await expect.poll(all).toContain("console: a deliberate error");
    await expect.poll(all).toContain("exception: Error: a deliberate exception");
    await expect.poll(all).toMatch(/policy: script-src-elem inline/);
    await expect.poll(all).toContain("request: http://elsewhere.example/pixel.png");
    await expect.poll(all).toContain("request: http://third.example/");
  });
});

test.describe("a complaint that nobody tolerates", () => {
  test("fails the test", async ({ page }) => {
    test.fail();
    await page.goto("about:blank");
    await page.evaluate(() => console.error("not tolerated"));
  });
});
