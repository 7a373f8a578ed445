import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

const open = async (page: Page, chapter: string, id: string, hash = ""): Promise<Locator> => {
  await page.goto(`./${chapter}/${hash && `#${id}?${hash}`}`);
  const figure = page.locator(`figure[data-widget=${id}]`).first();
  await figure.scrollIntoViewIfNeeded();
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  return figure;
};
const stepOf = async (figure: Locator): Promise<number> => Number((await figure.getAttribute("data-step")) ?? "-1");

/** Keeps what the figure has made; returns the name that it was given. */
async function keepWhatIsMade(figure: Locator): Promise<string> {
  await figure.getByRole("button", { name: /^Keep this/ }).click();
  const said = figure.getByText(/^Kept in this browser: /);
  await expect(said).toBeVisible({ timeout: patience });
  return /“(.*)”/.exec((await said.textContent()) ?? "")![1]!;
}

test("a tokenizer trained in tokens feeds a training, whose model is then looked into and drawn from, also after a reload", async ({ page }) => {
  test.setTimeout(180_000);
  const trainer = await open(page, "tokens", "bpe-trainer", "headStart=120&merges=120&view=curve&scene=novel");
  await expect.poll(() => stepOf(trainer), { timeout: patience }).toBeGreaterThan(100);
  const tokenizer = await keepWhatIsMade(trainer);
  expect(tokenizer).toMatch(/^1\d\d merges from \d+ words$/);

  const training = await open(page, "train-a-language-model", "train-tiny-gpt");
  await training.locator("select[name=tokenizer]").selectOption({ label: `yours: ${tokenizer}` });
  await training.getByRole("button", { name: "Run", exact: true }).click();
  await expect.poll(() => stepOf(training), { timeout: 60_000 }).toBeGreaterThan(20);
  await training.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(training).toHaveAttribute("data-status", "paused");
  await expect(training.locator("[data-word]")).toHaveText("paused · CPU · your tokenizer");
  const model = await keepWhatIsMade(training);

  const figures = [
    ["attention", "attention-heatmap"], ["sampling", "sampler-bench"], ["masks-and-heads", "head-gallery"],
    ["kv-cache-and-serving", "kv-cache-growth"], ["kv-cache-and-serving", "prefill-vs-decode"],
    ["quantization", "quantization-error-lab"], ["quantization", "layer-sensitivity"],
  ] as const;
  for (const [chapter, id] of figures) {
    const figure = await open(page, chapter, id);
    await figure.locator("select[name=model]").selectOption({ label: `yours: ${model}` });
    await expect(figure.locator("[data-word]")).toHaveText("live · CPU · your model", { timeout: patience });
    await expect(page).toHaveURL(/model=mine:[0-9a-f]{16}/);
    await page.reload();
    const again = page.locator(`figure[data-widget=${id}]`).first();
    await again.scrollIntoViewIfNeeded();
    await expect(again.locator("[data-word]")).toHaveText("live · CPU · your model", { timeout: patience });
    await expect(again.locator("[data-error]")).toHaveCount(0);
  }

  // Out as a folder, away, and back: the same weights have the same name.
  const named = /model=mine:[0-9a-f]{16}/.exec(page.url())![0];
  await open(page, "masks-and-heads", "head-gallery", named);
  await page.getByRole("button", { name: "Your models" }).first().click();
  const drawer = page.getByRole("dialog", { name: "Your models" });
  await drawer.getByRole("button", { name: `Rename ${model}` }).click();
  await drawer.getByRole("textbox", { name: `New name for ${model}` }).fill("My <b>first</b>");
  await page.keyboard.press("Enter");
  const downloading = page.waitForEvent("download");
  await drawer.getByRole("button", { name: "Export My <b>first</b>" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("My-b-first-b.zip");
  const remove = drawer.getByRole("button", { name: "Delete My <b>first</b>" });
  await remove.click();
  await drawer.getByRole("button", { name: "Undo" }).click();
  await expect(drawer.getByText("is back")).toBeVisible();
  await remove.click();
  await expect(remove).toHaveCount(0);
  await page.reload();
  const without = page.locator("figure[data-widget=head-gallery]").first();
  await without.scrollIntoViewIfNeeded();
  await expect(without.locator("[data-word]")).toHaveText("live · CPU", { timeout: patience });
  await page.getByRole("button", { name: "Your models" }).first().click();
  await expect(drawer.getByText("None yet. Train one in “Train a language model”")).toBeVisible();
  await drawer.locator("input[type=file][aria-label='A model’s files']").setInputFiles({
    name: download.suggestedFilename(), mimeType: "application/zip", buffer: readFileSync((await download.path())!),
  });
  await expect(drawer.getByText("“My <b>first</b>” is now among your models.")).toBeVisible({ timeout: patience });
  const link = drawer.getByRole("link", { name: "Every head, and the model without it" });
  expect(await link.getAttribute("href")).toContain(named);
  await link.click();
  await expect(drawer).toBeHidden();
  await expect(without.locator("[data-word]")).toHaveText("live · CPU · your model", { timeout: patience });
});

test("a link to a model of somebody else shows the book's and says so", async ({ page }) => {
  const figure = await open(page, "attention", "attention-heatmap", "model=mine:0123456789abcdef");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await expect(figure.locator("[data-word]")).toHaveText("live · CPU");
  await figure.locator("details[data-panel] > summary").click();
  await expect(figure.getByText("This link names a reader’s own model, which is not kept in this browser: the figure shows the book’s instead.")).toBeVisible();
});
