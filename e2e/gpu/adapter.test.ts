import { expect, test } from "../harness.ts";

test("the browser of the tests gives a WebGPU adapter and a device", async ({ page }) => {
  await page.goto("./");
  const vendor = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    const device = await adapter?.requestDevice();
    const name = device && adapter?.info.vendor;
    device?.destroy();
    return name;
  });
  test.skip(!vendor && process.env.CI !== "true", "no WebGPU adapter on this machine: the pages run on the CPU backend");
  expect(vendor).toBeTruthy();
});
