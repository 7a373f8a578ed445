import { readFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import type { Download, Locator, Page } from "@playwright/test";
import { cellsOf, openLive, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";

async function openPanel(page: Page, hash = ""): Promise<Locator> {
  const figure = await openLive(page, "descent-1d", { hash });
  await figure.locator("details[data-panel] > summary").click();
  await expect(figure.getByRole("button", { name: "Copy link" })).toBeVisible();
  return figure;
}

async function saved(page: Page, button: Locator): Promise<{ name: string; text: string; bytes: Buffer }> {
  const [download] = (await Promise.all([page.waitForEvent("download"), button.click()])) as [Download, void];
  const bytes = await readFile(await download.path());
  return { name: download.suggestedFilename(), text: bytes.toString("utf8"), bytes };
}

test("picture and numbers are saved with what they are and where they come from", async ({ page }) => {
  const figure = await openPanel(page, "learningRate=0.9");
  await expect(figure).toHaveAttribute("data-step", "30", { timeout: patience });
  const svg = await saved(page, figure.getByRole("button", { name: "SVG" }));
  expect(svg.name).toBe("descent-1d-step-30.svg");
  expect(svg.text).toContain("<title>Gradient descent on one weight</title>");
  expect(svg.text).toMatch(/CC BY 4\.0/);
  expect(svg.text).toContain("The curve is a loss that depends on one weight");
  expect(svg.text).not.toContain("To cite this figure");
  expect(svg.text).toContain("learningRate=0.9");
  expect(svg.text).not.toMatch(/var\(--/);
  const png = await saved(page, figure.getByRole("button", { name: "PNG" }));
  expect(png.bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(png.bytes.readUInt32BE(16)).toBe(2 * (720 + 48));
  // The title below the drawing, in a font that the picture brings with it.
  expect(await page.evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data: pixels } = context.getImageData(0, 2 * 384, image.width, 2 * 16);
    return pixels.filter((value, i) => i % 4 === 0 && value < 120).length;
  }, png.bytes.toString("base64"))).toBeGreaterThan(500);
  expect(svg.text).toContain("@font-face{font-family:Inter");
  expect(svg.text).toContain("paint-order");
  const csv = await saved(page, figure.getByRole("button", { name: "CSV" }));
  expect(csv.text.split("\r\n").slice(0, 3)).toEqual(["step,w,loss", "0,5,4", "1,1.4,2.56"]);
  const json = JSON.parse((await saved(page, figure.getByRole("button", { name: "JSON" }))).text) as Record<string, unknown>;
  expect(json).toMatchObject({ licence: "CC BY 4.0", step: 30, backend: "cpu", columns: ["step", "w", "loss"], params: { learningRate: 0.9 } });
  expect((json.rows as unknown[]).length).toBe(31);
});

test("a saved picture holds no button, but what may be pressed in the picture itself", async ({ page }) => {
  const figure = await openLive(page, "backprop-stepper");
  await expect(figure.locator("[data-stage]").getByText(/next ›|restart/)).toBeVisible();
  const operations = await figure.getByRole("group", { name: "The tape" }).locator("text").allTextContents();
  const words = await figure.locator(".gb-press:not([role=group] > *) text").allTextContents();
  expect(words.length).toBeGreaterThan(1);
  await figure.locator("details[data-panel] > summary").click();
  const { text } = await saved(page, figure.getByRole("button", { name: "SVG" }));
  const drawn = [...text.matchAll(/<text[^>]*>([^<]*)</g)].map(([, word]) => word);
  expect(drawn).toEqual(expect.arrayContaining(operations));
  for (const word of words.filter(Boolean)) expect(drawn).not.toContain(word);
});

test("a walk is rewound by its slider, halted there, linked there, and goes on from there", async ({ page }) => {
  const figure = await openPanel(page, "headStart=0");
  await expect(figure).toHaveAttribute("data-step", "30", { timeout: patience });
  const time = figure.locator(".gb-time input");
  await time.fill("12");
  await expect(figure).toHaveAttribute("data-step", "12");
  await expect(figure.locator("details[data-panel]")).toContainText("Step 12:");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await figure.getByRole("button", { name: "Copy link" }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toMatch(/#descent-1d\?headStart=0&step=12$/);
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  await expect(figure).toHaveAttribute("data-step", "30", { timeout: patience });
  await page.goto("about:blank");
  await page.goto(link);
  await page.locator("figure[data-widget=descent-1d]").scrollIntoViewIfNeeded();
  await expect(page.locator("figure[data-widget=descent-1d]")).toHaveAttribute("data-step", "12", { timeout: patience });
  await expect(page.locator("figure[data-widget=descent-1d]")).toHaveAttribute("data-status", "paused");
});

test("a pinned run stays behind the next one", async ({ page }) => {
  const figure = await openPanel(page, "learningRate=0.9");
  await figure.getByRole("button", { name: "Pin this run" }).click();
  await figure.locator("input[name=learningRate]").fill("0.3");
  await expect(figure.locator("[data-stage] path[stroke-dasharray]")).toHaveCount(1);
  await figure.getByRole("button", { name: "Unpin" }).click();
  await expect(figure.locator("[data-stage] path[stroke-dasharray]")).toHaveCount(0);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`the embed dialog writes code for the present state, previews it at its height, and axe finds nothing, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    const figure = await openPanel(page, "learningRate=0.9");
    await figure.getByRole("button", { name: "Embed…" }).click();
    const dialog = page.getByRole("dialog");
    const code = dialog.getByLabel("Code to copy");
    await expect(dialog.frameLocator("iframe").locator("figure")).toHaveAttribute("data-status", "live", { timeout: patience });
    await expect(dialog.frameLocator("iframe").locator("input[name=learningRate]")).toHaveValue("0.9");
    await expect(code).toHaveValue(/<glass-box widget="descent-1d" params="learningRate=0\.9" height="\d+">/);
    await dialog.locator("select").first().selectOption("iframe");
    await dialog.getByLabel("theme").selectOption("dark");
    await dialog.getByText("For teachers").click();
    await dialog.getByLabel("lock all settings").check();
    await dialog.getByLabel("task").selectOption("loss");
    await dialog.getByLabel("bound").fill("0.5");
    await expect(code).toHaveValue(/^<iframe src="[^"]*\/embed\/descent-1d\/\?theme=dark&amp;lock=1&amp;task=loss%3C0\.5#learningRate=0\.9"/);
    const { violations } = await new AxeBuilder({ page }).include(".gb-dialog").exclude("iframe").analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    const { violations: inPanel } = await new AxeBuilder({ page }).include("figure[data-widget=descent-1d]").analyze();
    expect(inPanel.map(({ id }) => id)).toEqual([]);
  });
}

test("figures are found by words, by chapter and by what they do", async ({ page }) => {
  await page.goto("./widgets/");
  const shown = page.locator(".gallery > li:visible");
  const all = await shown.count();
  await page.getByLabel("Find").fill("learning rate descent");
  await expect(shown).not.toHaveCount(all);
  await expect(page.locator("#descent-1d")).toBeVisible();
  await page.getByLabel("Find").fill("no such thing");
  await expect(page.locator("[data-found]")).toHaveText("no figures");
  await page.getByLabel("Find").fill("");
  await page.getByLabel("trains a model").check();
  await expect(page.locator("#train-tiny-gpt")).toBeVisible();
  await expect(page.locator("#descent-1d")).toBeHidden();
});

test("the link of a training repeats it to the same weights, and says so; another fingerprint is called different", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const figure = page.locator("figure[data-widget=train-tiny-gpt]");
  const open = async (hash: string): Promise<void> => {
    await page.goto("about:blank");
    await page.goto(`./embed/train-tiny-gpt/#${hash}`);
    await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
    await figure.getByRole("button", { name: "Run to step 30", exact: true }).click();
    await expect(figure).toHaveAttribute("data-step", "30", { timeout: 60_000 });
    await expect(figure).toHaveAttribute("data-status", "paused");
    await figure.locator("details[data-panel] > summary").click();
  };
  await open("corpus=own&seed=7&step=30");
  const weights = figure.locator(".gb-facts div", { hasText: "weights" }).locator("dd");
  await expect(weights).toHaveText(/^[0-9a-f]{8}$/);
  await figure.getByRole("button", { name: "Copy link" }).click();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(link.hash).toBe(`#corpus=own&seed=7&step=30&w=${await weights.textContent()}`);
  await open(link.hash.slice(1));
  await expect(figure.locator("details[data-panel]")).toContainText("the same to the last bit");
  await open("corpus=own&seed=8&step=30&w=00000000");
  await expect(figure.locator("details[data-panel]")).toContainText("its weights differ");
  const model = await saved(page, figure.getByRole("button", { name: "safetensors" }));
  expect(model.name).toBe("train-tiny-gpt-step-30.safetensors");
  expect(JSON.parse(model.bytes.subarray(8, 8 + Number(model.bytes.readBigUInt64LE(0))).toString("utf8"))).toHaveProperty("__metadata__");
});

test("under the hood stand the kernels of the last frame with their launches, shapes, milliseconds and WGSL", async ({ page }) => {
  const figure = await openLive(page, "attention-by-hand");
  await figure.locator("details[data-panel] > summary").click();
  await figure.getByRole("button", { name: "Under the hood" }).click();
  const hood = figure.locator("[data-hood]");
  await expect(hood).toContainText(/The last frame made \d+ launches of \d+ kernels? on the CPU: [\d.]+ ms in all/, { timeout: patience });
  const cells = await cellsOf(hood.locator("table"));
  expect(cells[0]).toEqual(["kernel", "launches", "ms", "share", "MB", "GB/s", "MFLOP", "GFLOP/s"]);
  const product = cells.find(([kernel]) => kernel === "matmul")!;
  expect(Number(product[1])).toBeGreaterThanOrEqual(3);
  await hood.locator("summary", { hasText: "matmul" }).click();
  await expect(hood.locator("pre:visible").first()).toContainText("@compute");
  await expect(hood.locator("li:visible").first()).toHaveText(/^\d+ × \[[\d,]+\] · \[[\d,]+\] → \[[\d,]+\].*: [\d.]+ ms each$/);
  expect((await new AxeBuilder({ page }).include("figure[data-widget=attention-by-hand]").analyze()).violations).toEqual([]);
});

test("the race of the backends has a table of kernels for each of them that ran", async ({ page }) => {
  await page.goto("./embed/gpu-cpu-race/");
  const figure = page.locator("figure[data-widget=gpu-cpu-race]");
  await figure.getByRole("button", { name: "Run", exact: true }).click();
  await expect(figure).toHaveAttribute("data-step", "5", { timeout: 60_000 });
  await figure.locator("details[data-panel] > summary").click();
  await figure.getByRole("button", { name: "Under the hood" }).click();
  const hood = figure.locator("[data-hood]");
  await expect(hood).toContainText(/The last frame made \d+ launches of \d+ kernels on the CPU/, { timeout: 60_000 });
  const backends = await page.evaluate(async () => ((await navigator.gpu?.requestAdapter()) ? 2 : 1));
  await expect(hood.locator("table")).toHaveCount(backends);
  if (backends === 2) await expect(hood).toContainText(/launches of \d+ kernels on the GPU/);
});

test("a figure without tensors says that there is nothing under its hood", async ({ page }) => {
  const figure = await openPanel(page);
  await figure.getByRole("button", { name: "Under the hood" }).click();
  await expect(figure.getByText("it has no tensors, launches no kernel")).toBeVisible({ timeout: patience });
});
