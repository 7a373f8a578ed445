import type { Locator, Page } from "@playwright/test";
import { expect } from "./harness.ts";

/** Generous: the machine of the tests may be busy. How fast things are is asked by `npm run measure`. */
export const patience = 30_000;

/** The chapter of each widget. */
export const chapterOf = {
  "attention-by-hand": "attention", "attention-heatmap": "attention", "bpe-trainer": "tokens",
  "descent-1d": "gradient-descent", "train-tiny-gpt": "train-a-language-model",
} as const;
export type WidgetId = keyof typeof chapterOf;

/** Opens the chapter of a widget at its figure, and waits for its controls. `hash` is the figure's state as in a link. */
export async function openFigure(page: Page, id: WidgetId, { query = "", hash = "" } = {}): Promise<Locator> {
  await page.goto(`./${chapterOf[id]}/${query}${hash && `#${id}?${hash}`}`);
  const figure = page.locator(`figure[data-widget=${id}]`);
  await figure.scrollIntoViewIfNeeded();
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  return figure;
}

/** The same, and waits for its first live frame. */
export async function openLive(page: Page, id: WidgetId, options: { query?: string; hash?: string } = {}): Promise<Locator> {
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
