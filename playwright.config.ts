import { defineConfig } from "@playwright/test";
import { browserOptions, webgpuFlags } from "./scripts/paths.mjs";

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.test.ts",
  globalSetup: "./e2e/serveSite.ts",
  // Pages wait for most of their time: three at once keep two cores busy.
  workers: 3,
  fullyParallel: true,
  forbidOnly: process.env.CI === "true",
  timeout: 90_000,
  // Machines that test are busy; how fast pages are is measured, by `npm run measure`.
  expect: { timeout: 15_000 },
  globalTimeout: 14 * 60_000,
  outputDir: "test-results",
  reporter: [["list"], ...(process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [["json"] as const] : [])],
  projects: [
    // One at a time, since software WebGPU takes every core that it finds; and first, since these take longest.
    { name: "gpu", testMatch: "gpu/**/*.test.ts", workers: 1, fullyParallel: false, timeout: 300_000 },
    { name: "chromium", testIgnore: "gpu/**" },
  ],
  use: {
    // Set by the global set-up, which serves dist/ on a free port.
    ...(process.env.GLASSBOX_SITE ? { baseURL: process.env.GLASSBOX_SITE } : {}),
    launchOptions: { ...browserOptions(), args: webgpuFlags },
    // One page a test: nothing is to be fetched for later, and routes of a test must see every request. e2e/offline.test.ts allows it.
    serviceWorkers: "block",
    viewport: { width: 1280, height: 800 },
    screenshot: "only-on-failure",
  },
});
