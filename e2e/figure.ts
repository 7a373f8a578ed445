import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { dist } from "../scripts/paths.mjs";
import { expect } from "./harness.ts";

/** Generous: the machine of the tests may be busy. How fast things are is asked by `npm run measure`. */
export const patience = 30_000;

/** The figures whose every embed variant is tried; of the others one, unless everything is asked for. */
export const firstClass: readonly string[] = ["descent-1d", "attention-by-hand", "attention-heatmap", "bpe-trainer", "train-tiny-gpt"];

/** Every widget of the built site. Throws when there is no site. */
export function builtWidgets(): string[] {
  const { widgets } = JSON.parse(readFileSync(join(dist, "embed/manifest.json"), "utf8")) as { widgets: Record<string, unknown> };
  return Object.keys(widgets);
}

/** Where the book explains a widget, from the link back that its embed page has. */
export function placeOf(id: string): { readonly path: string; readonly figure: string } {
  const html = readFileSync(join(dist, "embed", id, "index.html"), "utf8");
  const [, path, figure] = /<a href="\/([^"#]*)#([^"?]*)" data-book/.exec(html) ?? [];
  if (path === undefined || figure === undefined) throw new Error(`placeOf: no chapter shows ${id}`);
  return { path, figure };
}

/** Opens the chapter of a widget at its figure, and waits for its controls. `hash` is the figure's state as in a link. */
export async function openFigure(page: Page, id: string, { query = "", hash = "" } = {}): Promise<Locator> {
  const { path, figure: anchor } = placeOf(id);
  await page.goto(`./${path}${query}${hash && `#${anchor}?${hash}`}`);
  const figure = page.locator(`figure#${anchor}`);
  await figure.scrollIntoViewIfNeeded();
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  return figure;
}

/** The same, and waits for its first live frame. */
export async function openLive(page: Page, id: string, options: { query?: string; hash?: string } = {}): Promise<Locator> {
  const figure = await openFigure(page, id, options);
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  return figure;
}

/** Opens what lies behind ⋯ and its table; returns the table. */
export async function showTable(figure: Locator): Promise<Locator> {
  await figure.locator("details[data-panel] > summary").click();
  await figure.getByRole("button", { name: "Show as table" }).click();
  const table = figure.locator(".gb-table table");
  await expect(table).toBeVisible();
  return table;
}

/** The texts of a table, heading row first. */
export const cellsOf = (table: Locator): Promise<string[][]> =>
  table.evaluate((element) => [...(element as HTMLTableElement).rows].map((row) => [...row.cells].map((cell) => cell.textContent ?? "")));

/** Puts code before everything that the engine's worker runs: the one way to change a worker's world. Call before the page opens. */
export async function inWorker(page: Page, code: string): Promise<void> {
  await page.route(/\/assets\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `{${code}}\n${await response.text()}` });
  });
}

/** Stops a walk, or finds it at its end. On a busy page the press may come long after the end, and is then one of "Run again". */
export async function hold(figure: Locator): Promise<void> {
  const pause = figure.getByRole("button", { name: "Pause", exact: true });
  await expect(async () => {
    if (await pause.isVisible()) await pause.click({ timeout: 5000 });
    await expect(pause).toBeHidden({ timeout: 2000 });
  }).toPass({ timeout: patience });
}
