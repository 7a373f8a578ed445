import { cellsOf, openLive, patience, showTable } from "./figure.ts";
import { expect, test } from "./harness.ts";

const id = "bpe-trainer";

test("the merges of the worked example come in the order of the book, ties to the pair seen first", async ({ page }) => {
  const figure = await openLive(page, id, { hash: "view=tree&headStart=11" });
  const table = await showTable(figure);
  const merges = async () => (await cellsOf(table)).slice(1).map(([, token]) => token);
  await expect.poll(merges, { timeout: patience }).toEqual(["we", "▁l", "▁lo", "▁n", "▁ne", "▁newe", "▁newes", "▁newest", "▁low", "▁lowe", "▁lower"]);
  expect((await cellsOf(table))[1]).toEqual(["1", "we", "w", "e", "8"]);
  await page.locator("[data-chip=bpe-trainer][data-scene=widest]").first().click();
  await figure.locator("input[name=view][value=tree]").check();
  await expect.poll(async () => (await merges()).slice(0, 5), { timeout: patience }).toEqual(["es", "est", "▁l", "▁lo", "▁low"]);
});

test("another corpus is counted anew, and an empty one says so", async ({ page }) => {
  const figure = await openLive(page, id, { hash: "merges=0&headStart=0" });
  const table = await showTable(figure);
  const corpus = figure.locator("textarea[name=text]");
  await corpus.fill("aaab aaab aaab");
  await expect.poll(async () => (await cellsOf(table))[1], { timeout: patience }).toEqual(["(a, a)", "6"]);
  await corpus.fill("");
  await expect(figure.locator("[data-inside]")).toContainText("The corpus is empty, so there is nothing to count.");
  await corpus.fill("\u0000\u202e🙂🙂 မြန်မာ");
  await expect(figure.locator("[data-inside]")).toContainText(/Before the first merge the corpus of \d+ bytes/);
  await expect(figure).toHaveAttribute("data-status", "live");
});

test("merges replay on their own after a change, up to the number asked for", async ({ page }) => {
  const figure = await openLive(page, id);
  await figure.locator("textarea[name=text]").fill("banana bandana banana");
  await figure.locator("input[name=merges][type=range]").fill("3");
  await expect(figure).toHaveAttribute("data-step", "3", { timeout: patience });
  await expect(page.locator("[data-live=bpe-trainer][data-readout=merges]").first()).toHaveText("3");
});
