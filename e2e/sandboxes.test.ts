import type { FrameLocator, Page } from "@playwright/test";
import { chapterOf, patience, type WidgetId } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { closeHosts, foreign, openHost } from "./hostPage.ts";

const widgets = Object.keys(chapterOf) as WidgetId[];
test.use({ tolerate: foreign });
test.afterEach(closeHosts);

/** Shows one embed in a page of another site. */
async function embed(page: Page, baseURL: string, widget: WidgetId, attributes: string, hash = ""): Promise<FrameLocator> {
  await openHost(page, `<iframe id="one" ${attributes} src="${baseURL}embed/${widget}/${hash}" width="720" height="900"></iframe>`);
  return page.frameLocator("#one");
}

for (const widget of widgets) {
  test(`${widget} runs in a sandbox with scripts alone, on the page's own thread`, async ({ page, baseURL }) => {
    const frame = await embed(page, baseURL!, widget, `sandbox="allow-scripts"`);
    const figure = frame.locator(`figure[data-widget=${widget}]`);
    await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
    if ((await figure.getAttribute("data-status")) === "static") await figure.getByRole("button", { name: "Run", exact: true }).click();
    await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
    expect(page.workers()).toHaveLength(0);
    if (widget === "attention-heatmap") {
      await figure.locator("input[name=text]").fill("The dog");
      await expect(figure.locator(".gb-cells").first()).toHaveAttribute("aria-label", /the last token, ‘▁dog’/, { timeout: patience });
    }
    if (widget === "train-tiny-gpt") {
      await expect.poll(async () => Number(await figure.getAttribute("data-step")), { timeout: 60_000 }).toBeGreaterThan(3);
      await figure.getByRole("button", { name: "Pause", exact: true }).click();
      await expect(figure).toHaveAttribute("data-status", "paused");
    }
  });

  test(`${widget} in a sandbox that allows nothing shows its poster and its table`, async ({ page, baseURL }) => {
    const figure = (await embed(page, baseURL!, widget, `sandbox=""`)).locator(`figure[data-widget=${widget}]`);
    await expect(figure.locator("svg:visible").first()).toBeVisible();
    await figure.locator("details[data-panel] > summary").click();
    await figure.locator("details[data-panel] details > summary").click();
    await expect(figure.locator("tbody tr").first()).toBeVisible();
  });
}

test("attention-heatmap in a plain frame keeps its state in its own address", async ({ page, baseURL }) => {
  const frame = await embed(page, baseURL!, "attention-heatmap", "", "#layer=2&head=1&text=The%20dog");
  const figure = frame.locator("figure[data-widget]");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await expect(figure.locator("input[name=text]")).toHaveValue("The dog");
  await expect(figure.locator(".gb-thumb[aria-selected=true]")).toHaveAttribute("aria-label", /layer 2, head 1/);
  await figure.locator(".gb-thumbs .gb-thumb").nth(3).click();
  await expect.poll(() => page.frames()[1]!.url()).toMatch(/#head=3&.*text=The\+dog$/);
});

test("the element tells when it is ready, takes the height of its figure, and carries state both ways", async ({ page, baseURL }) => {
  await openHost(page, `<script>window.heard = []; for (const type of ["ready", "state"]) addEventListener(type, (event) => heard.push(type === "state" ? event.detail.params : type), true);</script>
    <script src="${baseURL}embed.js"></script><glass-box widget="attention-heatmap" params="layer=1&head=1"><p>a picture of attention</p></glass-box>`);
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  const figure = page.frameLocator("glass-box iframe").locator("figure");
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await expect.poll(heard).toContain("ready");
  await expect(page.getByText("a picture of attention")).toBeHidden();
  await expect.poll(async () => {
    const outside = (await page.locator("glass-box iframe").boundingBox())!.height;
    return Math.abs(outside - (await page.frameLocator("glass-box iframe").locator("main").boundingBox())!.height);
  }).toBeLessThanOrEqual(24);
  await page.evaluate(() => { (document.querySelector("glass-box") as HTMLElement & { params: string }).params = "layer=3&text=Hi"; });
  await expect(figure.locator("input[name=text]")).toHaveValue("Hi");
  await figure.locator("input[name=text]").fill("Hi there");
  await expect.poll(heard).toContain("layer=3&text=Hi+there");
});
