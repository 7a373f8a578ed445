import type { Locator, Page } from "@playwright/test";
import { cellsOf, inWorker, openFigure, openLive, showTable } from "../figure.ts";
import { expect, test } from "../harness.ts";

/** Software WebGPU compiles and computes on the cores that everything else wants: a busy machine takes a minute for what takes seconds at rest. */
const patience = 150_000;

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

/** More than the CPU takes while the GPU is waited for: a run that has ended goes nowhere. */
const manySteps = "steps=10000";

const stepOf = async (figure: Locator): Promise<number> => Number((await figure.getAttribute("data-step")) ?? "-1");

async function trainOnGpu(page: Page): Promise<Locator> {
  const figure = await openFigure(page, "train-tiny-gpt", { query: "?backend=webgpu", hash: manySteps });
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  await expect(figure).toHaveAttribute("data-backend", "webgpu", { timeout: patience });
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBeGreaterThan(1);
  return figure;
}

/** Training goes on, on the CPU, from where it was: nothing is begun again, and it says so. */
async function goesOnOnCpu(figure: Locator, before: number, crash: () => Promise<unknown>): Promise<void> {
  await figure.locator("details[data-panel] > summary").click();
  await crash();
  await expect(figure).toHaveAttribute("data-backend", "cpu", { timeout: patience });
  await expect(notes(figure)).toContainText(/The GPU was lost, so this goes on on the CPU/);
  await expect(figure).toHaveAttribute("data-status", "live");
  const after = await stepOf(figure);
  expect(after).toBeGreaterThanOrEqual(Math.max(1, before - 20));
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBeGreaterThan(after + 5);
  await expect(figure.locator("[data-stage]").getByText("GPU lost, on the CPU").first()).toBeAttached();
}

/** It is back on the GPU, with the steps that the CPU did meanwhile. */
async function comesBack(figure: Locator): Promise<void> {
  const step = await stepOf(figure);
  await expect(figure).toHaveAttribute("data-backend", "webgpu", { timeout: patience });
  expect(await stepOf(figure)).toBeGreaterThanOrEqual(step);
  const there = await stepOf(figure);
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBeGreaterThan(there + 2);
}

test("a device lost in the middle of a training costs at most a second of it: it goes on on the CPU and says so", async ({ page }) => {
  await needsAdapter(page);
  await inWorker(page, keepDevices);
  const figure = await trainOnGpu(page);
  await page.waitForTimeout(2000);
  const before = await stepOf(figure);
  await goesOnOnCpu(figure, before, () => page.workers()[0]!.evaluate(() => {
    for (const device of (self as unknown as { devices: GPUDevice[] }).devices) device.destroy();
  }));
  await comesBack(figure);
});

/** Browsers remember what crashed: these tests have one each to themselves. */
const alone = test.extend({
  context: async ({ playwright, launchOptions, viewport, baseURL, serviceWorkers }, use) => {
    const browser = await playwright.chromium.launch(launchOptions);
    await use(await browser.newContext({ viewport, serviceWorkers, ...(baseURL === undefined ? {} : { baseURL }) }));
    await browser.close();
  },
});

const crashes = async (page: Page, times: number): Promise<void> => {
  const protocol = await page.context().browser()!.newBrowserCDPSession();
  for (let i = 0; i < times; i++) {
    if (i > 0) await new Promise((resolve) => { setTimeout(resolve, 1500); });
    await protocol.send("Browser.crashGpuProcess" as never).catch(() => undefined);
  }
};

alone("a GPU process that dies once during a training costs at most a second of it, and the training comes back to the GPU", async ({ page }) => {
  await needsAdapter(page);
  const figure = await trainOnGpu(page);
  await page.waitForTimeout(2000);
  await goesOnOnCpu(figure, await stepOf(figure), () => crashes(page, 1));
  await comesBack(figure);
});

alone("a GPU process that dies twice during a training leaves a training that goes on", async ({ page }) => {
  await needsAdapter(page);
  const figure = await trainOnGpu(page);
  await page.waitForTimeout(2000);
  await goesOnOnCpu(figure, await stepOf(figure), () => crashes(page, 2));
  // A figure of another page of the same browser finds no adapter for two minutes, and must not be blank.
  const other = await openLive(page, "attention-heatmap", { query: "?backend=webgpu" });
  await expect(other.locator("[data-word]")).toHaveText(/^live · (CPU|GPU)$/);
});

alone("when the GPU process dies under a figure that stands still, it goes on on the CPU and says so", async ({ page }) => {
  await needsAdapter(page);
  const figure = await openLive(page, "attention-heatmap", { query: "?backend=webgpu" });
  await expect(figure).toHaveAttribute("data-backend", "webgpu", { timeout: patience });
  await crashes(page, 1);
  await expect(figure).toHaveAttribute("data-backend", "cpu", { timeout: patience });
  await expect(figure).toHaveAttribute("data-status", "live");
  await expect(figure.locator("[data-word]")).toHaveText("live · CPU");
});

/** The software adapter as one that says it is a graphics card. */
const disguise = `if (self.GPUAdapter) Object.defineProperty(GPUAdapter.prototype, "info", { get: () => ({ vendor: "acme", architecture: "blazing", description: "" }) });`;

test("a training tries a graphics card beside the CPU, stays where it is faster, and says by how much", async ({ page }) => {
  await needsAdapter(page);
  await inWorker(page, disguise);
  const figure = await openFigure(page, "train-tiny-gpt", { hash: manySteps });
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  await expect(figure).toHaveAttribute("data-backend", "cpu", { timeout: patience });
  // What the card says of itself does not make it faster: it is the software adapter still.
  await expect(figure.locator("[data-word]")).toHaveText(/^live · CPU · GPU 0\.\d+ ×$/, { timeout: patience });
  await figure.locator("details[data-panel] > summary").click();
  await expect(figure.locator("[data-inside]")).toContainText(/CPU: the GPU \(acme blazing\) is 0\.\d+ × as fast/);
});

test("the reader's switch takes a running training to the GPU and back, and its loss goes on from where it was", async ({ page }) => {
  await needsAdapter(page);
  const figure = await openFigure(page, "train-tiny-gpt", { hash: manySteps });
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBeGreaterThan(30);
  await figure.locator("details[data-panel] > summary").click();
  const before = { step: await stepOf(figure), loss: Number(await figure.getAttribute("data-loss")) };
  await figure.getByRole("radio", { name: "GPU" }).check();
  await expect(figure).toHaveAttribute("data-backend", "webgpu", { timeout: patience });
  expect(await stepOf(figure)).toBeGreaterThanOrEqual(before.step);
  expect(Number(await figure.getAttribute("data-loss"))).toBeLessThan(before.loss + 0.5);
  await figure.getByRole("radio", { name: "CPU" }).check();
  await expect(figure).toHaveAttribute("data-backend", "cpu", { timeout: patience });
  const there = await stepOf(figure);
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBeGreaterThan(there + 5);
});

test("an embed in a hidden tab submits nothing to the GPU after 250 ms", async ({ page }) => {
  await needsAdapter(page);
  await inWorker(page, `self.submits = 0; if (self.GPUQueue) { const submit = GPUQueue.prototype.submit;
    GPUQueue.prototype.submit = function (...given) { self.submits++; return submit.apply(this, given); }; }`);
  await page.goto("./embed/decision-playground/?backend=webgpu");
  const figure = page.locator("figure[data-widget=decision-playground]");
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  const submits = () => page.workers()[0]!.evaluate(() => (self as unknown as { submits: number }).submits);
  await expect(figure).toHaveAttribute("data-backend", "webgpu", { timeout: patience });
  const first = await submits();
  await expect.poll(submits, { timeout: patience }).toBeGreaterThan(first + 5);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { get: () => true });
    Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.waitForTimeout(250);
  const hidden = await submits();
  await page.waitForTimeout(1500);
  expect(await submits()).toBe(hidden);
});
