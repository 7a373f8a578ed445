import type { Locator } from "@playwright/test";
import { cellsOf, openFigure, patience, showTable } from "./figure.ts";
import { expect, test } from "./harness.ts";

const id = "train-tiny-gpt";
const button = (figure: Locator, name: string) => figure.getByRole("button", { name, exact: true });
const stepOf = async (figure: Locator) => Number((await figure.getAttribute("data-step")) ?? "-1");
const lossOf = async (figure: Locator) => Number(await figure.getAttribute("data-loss"));
/** All that the drawing says: lines of text are pieces of their own in SVG. */
const said = (figure: Locator) => figure.locator("svg").first().evaluate((svg) => [...svg.querySelectorAll("text")].map((text) => text.textContent).join(" "));

/** Takes single steps until the figure shows this one. */
async function stepTo(figure: Locator, step: number): Promise<void> {
  for (let at = await stepOf(figure); at < step; at = await stepOf(figure)) {
    await button(figure, "Step").click();
    await expect.poll(() => stepOf(figure), { timeout: patience }).toBeGreaterThan(at);
  }
}

test("nothing trains unasked; Run brings the loss below guessing evenly; Pause holds it", async ({ page }) => {
  const figure = await openFigure(page, id);
  await expect(figure).toHaveAttribute("data-status", "static");
  expect(page.workers()).toHaveLength(0);
  await button(figure, "Run").click();
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(20);
  await expect.poll(() => lossOf(figure), { timeout: 60_000 }).toBeLessThan(5.9);
  await expect(page.locator("[data-live=train-tiny-gpt][data-readout=step]")).not.toHaveText("0");
  const table = await showTable(figure);
  await expect.poll(async () => (await cellsOf(table)).length, { timeout: 60_000 }).toBeGreaterThan(2);
  const [first, last] = [(await cellsOf(table))[1]!, (await cellsOf(table)).at(-1)!];
  expect(Number(last[2])).toBeLessThan(Number(first[2]));
  // ln 512, to the digits of the table.
  expect(first[3]).toBe("6.238");
  await button(figure, "Pause").click();
  await expect(figure).toHaveAttribute("data-status", "paused");
  await page.waitForTimeout(1000);
  const paused = await stepOf(figure);
  await page.waitForTimeout(1500);
  expect(await stepOf(figure)).toBe(paused);
  await button(figure, "Run").click();
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBeGreaterThan(paused);
});

test("a reset with the same seed gives the same loss at the same step, another seed another", async ({ page }) => {
  const figure = await openFigure(page, id);
  await stepTo(figure, 5);
  const first = await lossOf(figure);
  expect(await stepOf(figure)).toBe(5);
  await button(figure, "Reset").click();
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBe(0);
  await stepTo(figure, 5);
  expect(await lossOf(figure)).toBe(first);
  await button(figure, "New seed").click();
  await expect.poll(() => stepOf(figure), { timeout: patience }).toBe(0);
  await stepTo(figure, 5);
  expect(await lossOf(figure)).not.toBe(first);
});

test("a learning rate moved to its maximum on a running training diverges, is explained, and training goes on from the last sound step", async ({ page }) => {
  const figure = await openFigure(page, id);
  await button(figure, "Run").click();
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(10);
  const before = await stepOf(figure);
  await figure.getByRole("slider", { name: "learning rate η" }).focus();
  await page.keyboard.press("End");
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("3");
  await expect.poll(() => said(figure), { timeout: 60_000 }).toMatch(/Diverged at step \d+: .* Gradient norm: .* in [\w.]+\./);
  expect(await stepOf(figure)).toBeGreaterThanOrEqual(before);
  const svg = await figure.locator("svg").first().evaluate((element) => element.outerHTML);
  expect(svg).not.toMatch(/NaN|Infinity/);
  await figure.getByRole("button", { name: /^Back to step \d+, with η = 0\.005/ }).click();
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.005");
  await expect.poll(() => said(figure)).not.toContain("Diverged");
  await expect(figure).toHaveAttribute("data-status", "live");
  const back = await stepOf(figure);
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(back + 5);
});

test("a text that is too short to train on is said, not thrown", async ({ page }) => {
  const figure = await openFigure(page, id, { hash: "corpus=own&text=too%20short" });
  await button(figure, "Run").click();
  await expect.poll(() => said(figure), { timeout: patience }).toMatch(/paste more/);
  await expect(figure.locator("[data-error]")).toHaveCount(0);
});

test("a run waits while its tab is hidden and says so on return, unless it is to keep running", async ({ page }) => {
  const figure = await openFigure(page, id);
  await button(figure, "Run").click();
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(2);
  const hide = (hidden: boolean) => page.evaluate((yes) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => yes });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
  await hide(true);
  await expect(figure).toHaveAttribute("data-status", "paused");
  await page.waitForTimeout(1000);
  const waiting = await stepOf(figure);
  await page.waitForTimeout(1500);
  expect(await stepOf(figure)).toBe(waiting);
  await hide(false);
  await expect(figure.locator("[data-word]")).toContainText("waited while the tab was hidden");
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(waiting);
  await figure.locator("details[data-panel] > summary").click();
  await figure.getByRole("checkbox", { name: "keep running while this tab is hidden" }).check();
  await hide(true);
  const going = await stepOf(figure);
  await expect.poll(() => stepOf(figure), { timeout: 60_000 }).toBeGreaterThan(going + 10);
  await expect(figure).toHaveAttribute("data-status", "live");
});
