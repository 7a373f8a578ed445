import type { Locator, Page } from "@playwright/test";
import { cellsOf, inWorker, openFigure, openLive, patience, showTable } from "./figure.ts";
import { expect, test } from "./harness.ts";

const heatmap = { hash: "text=The%20little%20dog%20ran&layer=1&head=1" };
const weights = async (figure: Locator): Promise<string[][]> => cellsOf(await showTable(figure));
const notes = (figure: Locator): Locator => figure.locator("[data-inside] .gb-notice").filter({ hasText: "CPU" });

/** Skips where no adapter is to be had, but for CI, which promises one. */
async function needsAdapter(page: Page): Promise<void> {
  await page.goto("./404.html");
  const there = await page.evaluate(async () => (await navigator.gpu?.requestAdapter()) != null);
  test.skip(!there && process.env.CI !== "true", "no WebGPU adapter on this machine");
}

test("the GPU gives the numbers of the CPU, and says that it is the GPU", async ({ page }) => {
  await needsAdapter(page);
  const onCpu = await openLive(page, "attention-heatmap", { ...heatmap, query: "?backend=cpu" });
  await expect(onCpu).toHaveAttribute("data-backend", "cpu");
  const expected = await weights(onCpu);
  await page.goto("about:blank");
  const onGpu = await openLive(page, "attention-heatmap", { ...heatmap, query: "?backend=webgpu" });
  await expect(onGpu).toHaveAttribute("data-backend", "webgpu");
  await expect(onGpu.locator("[data-word]")).toHaveText("live · GPU");
  const got = await weights(onGpu);
  expect(got).toHaveLength(expected.length);
  for (const [r, row] of expected.entries()) {
    for (const [c, cell] of row.entries()) {
      if (r === 0 || c === 0 || cell === "masked") expect(got[r]![c]).toBe(cell);
      else expect(Math.abs(Number(got[r]![c]) - Number(cell)), `row ${r}, column ${c}`).toBeLessThanOrEqual(1e-3);
    }
  }
});

for (const [fault, code] of Object.entries({
  "there is no WebGPU": "delete Object.getPrototypeOf(navigator).gpu;",
  "there is no adapter": "if (navigator.gpu) GPU.prototype.requestAdapter = async () => null;",
  "the adapter never answers": "if (navigator.gpu) GPU.prototype.requestAdapter = () => new Promise(() => {});",
  "the device is refused": "if (navigator.gpu) GPUAdapter.prototype.requestDevice = async () => { throw new DOMException('refused', 'OperationError'); };",
})) {
  test(`asked for the GPU where ${fault}, a figure runs on the CPU and says so`, async ({ page }) => {
    await inWorker(page, code);
    const figure = await openLive(page, "attention-heatmap", { query: "?backend=webgpu" });
    await expect(figure).toHaveAttribute("data-backend", "cpu");
    await figure.locator("details[data-panel] > summary").click();
    await expect(notes(figure)).toContainText(/There is no WebGPU to be had, so this runs on the CPU \(.+\)\./);
    await figure.locator("input[name=text]").fill("The dog");
    await expect(figure.locator("[data-inside]")).toContainText("the last token, ‘▁dog’", { timeout: patience });
  });
}

/** Keeps every device of the worker where a test can take it away. */
const keepDevices = `self.devices = []; if (navigator.gpu) { const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) { const device = await request.apply(this, given); self.devices.push(device); return device; }; }`;

const stepOf = async (figure: Locator): Promise<number> => Number((await figure.getAttribute("data-step")) ?? "-1");

async function trainOnGpu(page: Page): Promise<Locator> {
  const figure = await openFigure(page, "train-tiny-gpt", { query: "?backend=webgpu" });
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  await expect(figure).toHaveAttribute("data-backend", "webgpu", { timeout: 60_000 });
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(1);
  return figure;
}

/** Training goes on, on the CPU, from where it was: nothing is begun again, and it says so. */
async function goesOnOnCpu(figure: Locator, before: number): Promise<void> {
  await expect(figure).toHaveAttribute("data-backend", "cpu", { timeout: patience });
  await expect(figure).toHaveAttribute("data-status", "live");
  const after = await stepOf(figure);
  expect(after).toBeGreaterThanOrEqual(Math.max(1, before - 20));
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(after + 5);
  await figure.locator("details[data-panel] > summary").click();
  await expect(notes(figure)).toContainText(/The GPU was lost, so this goes on on the CPU/);
  expect(await stepOf(figure)).toBeGreaterThan(after);
}

test("a device lost in the middle of a training costs at most a second of it: it goes on on the CPU and says so", async ({ page }) => {
  await needsAdapter(page);
  await inWorker(page, keepDevices);
  const figure = await trainOnGpu(page);
  await page.waitForTimeout(2000);
  const before = await stepOf(figure);
  await page.workers()[0]!.evaluate(() => { for (const device of (self as unknown as { devices: GPUDevice[] }).devices) device.destroy(); });
  await goesOnOnCpu(figure, before);
});

test("a GPU process that dies twice during a training leaves a training that goes on", async ({ page, browser }) => {
  await needsAdapter(page);
  const figure = await trainOnGpu(page);
  await page.waitForTimeout(2000);
  const before = await stepOf(figure);
  const protocol = await browser.newBrowserCDPSession();
  const crash = () => protocol.send("Browser.crashGpuProcess" as never).catch(() => undefined);
  await crash();
  await page.waitForTimeout(1500);
  await crash();
  await goesOnOnCpu(figure, before);
  // A figure of another page of the same browser finds no adapter for two minutes, and must not be blank.
  const other = await openLive(page, "attention-heatmap", { query: "?backend=webgpu" });
  await expect(other.locator("[data-word]")).toHaveText(/^live · (CPU|GPU)$/);
});
