/** Opens pages with WebGPU: on the machine's graphics card where there is one, else on Chromium's software adapter. */
import { chromium } from "playwright-core";
import { browserOptions, webgpuFlags } from "../../scripts/paths.mjs";

/** How a browser is started: flags, and for the packaged one whether it sees the system's Vulkan drivers. */
const realGpu = { args: ["--enable-unsafe-webgpu", "--enable-features=Vulkan", "--ignore-gpu-blocklist"], env: { ...process.env, GLASSBOX_VULKAN: "system" } };
const softwareGpu = { args: webgpuFlags };

/** The start under which this machine's best adapter is found. */
export async function chooseAdapter(url) {
  for (const start of [realGpu, softwareGpu]) {
    const { page, close } = await open(url, start);
    const adapter = await page.evaluate(() => glassboxPeers.adapter());
    await close();
    if (adapter && (!adapter.software || start === softwareGpu)) return { start, adapter };
  }
  return { start: softwareGpu, adapter: null };
}

/** A page in a browser of its own: what an earlier workload left behind (heaps, workers, a lost device) does not touch it. */
export async function open(url, start) {
  const options = browserOptions();
  if (!options) throw new Error("bench:peers: no browser; run npm run setup");
  const browser = await chromium.launch({ ...options, ...start });
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(`page: ${error.message}`));
  if (process.env.DEBUG) page.on("console", (message) => console.error(`page: ${message.text()}`));
  page.setDefaultTimeout(0);
  await page.goto(url);
  await page.waitForFunction(() => globalThis.glassboxPeers);
  return { page, close: () => browser.close() };
}
