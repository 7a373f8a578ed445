import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { dist } from "../scripts/paths.mjs";
import released from "../src/widgets/publicNames.v1.json" with { type: "json" };
import { builtWidgets, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { figureOf, foreign, inGroups, otherSite, sizeFor } from "./otherSite.ts";

const site = otherSite();
test.afterEach(() => site.close());
test.use({ tolerate: [foreign] });
test.beforeEach(({ page, complaints }) => { page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); }); });

const markup = `"><img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">`;

/** A link that gives every param what it cannot take: markup where text is written, else a number beyond all bounds; and names that are none. */
function hostileHash(id: string): string {
  const html = readFileSync(join(dist, "embed", id, "index.html"), "utf8");
  const texts = new Set([...html.matchAll(/<(?:input|textarea)[^>]*>/g)].filter(([tag]) => /^<textarea|type="text"/.test(tag)).map(([tag]) => /name="(\w+)"/.exec(tag)?.[1]));
  const names = (released.names as Readonly<Record<string, { readonly params: readonly string[] }>>)[id]?.params ?? [];
  const given = names.map((written) => {
    const [name = "", options] = written.split("=");
    return [name, texts.has(name) ? markup : options === undefined ? "1e300" : "__proto__"];
  });
  return new URLSearchParams([...given, ["__proto__", "1"], ["constructor.prototype", "1"], ["scene", "constructor"], ["step", "1e309"], ["w", markup]]).toString();
}

for (const ids of inGroups(builtWidgets(), 9)) {
  test(`links with markup and numbers beyond all bounds leave these alive and within their schemas: ${ids.join(", ")}`, async ({ page, baseURL }) => {
    test.slow();
    await sizeFor(page, ids.length);
    await site.show(page, ids.map((id) => `<iframe name="${id}" src="${baseURL}embed/${id}/#${hostileHash(id).replaceAll("&", "&amp;")}" width="720" height="600"></iframe>`).join(" "));
    for (const id of ids) {
      await test.step(id, async () => {
        const figure = figureOf(page, id);
        await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
        await expect(figure).toHaveAttribute("data-status", /^(live|paused|static)$/, { timeout: patience });
        const found = await figure.evaluate((element) => ({
          planted: element.querySelectorAll("img, script, a[href^='javascript:']").length,
          outside: [...element.querySelectorAll<HTMLInputElement>("input[type=range]")].filter(({ value, min, max }) => !(Number(value) >= Number(min) && Number(value) <= Number(max))).map(({ name }) => name),
          polluted: Object.keys(Object.prototype),
        }));
        expect(found).toEqual({ planted: 0, outside: [], polluted: [] });
      });
    }
  });
}

test("hashes of 1.9 MB of letters and of sixty thousand emoji end within the schema", async ({ page, baseURL }) => {
  await page.goto(`${baseURL}embed/descent-1d/#learningRate=0.5&junk=${"x".repeat(1_900_000)}`);
  const descent = page.locator("figure[data-widget=descent-1d]");
  await expect(descent).toHaveAttribute("data-status", "live", { timeout: patience });
  await expect(descent.locator("input[name=learningRate]")).toHaveValue("0.5");
  await page.goto(`${baseURL}embed/attention-by-hand/#words=${"😀".repeat(60_000)}`);
  const words = page.locator("figure[data-widget=attention-by-hand]");
  await expect(words).toHaveAttribute("data-status", "live", { timeout: patience });
  expect((await words.locator("input[name=words]").inputValue()).length).toBeLessThan(600);
});

test("a state of a future version shows the defaults and says so", async ({ page, baseURL }) => {
  await page.goto(`${baseURL}embed/descent-1d/#v=9&learningRate=0.5`);
  const figure = page.locator("figure[data-widget=descent-1d]");
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.1");
  await figure.locator("details[data-panel] > summary").click();
  await expect(figure.getByText("made by a newer version of the book")).toBeVisible();
});

/** Keeps what the embed says, and sends to it. */
async function flooded(page: Page, book: string, flood: (frame: Window) => void): Promise<{ heard(type?: string): Promise<Record<string, unknown>[]> }> {
  await site.show(page, `<script>addEventListener("message",(e)=>{(window.heard??=[]).push(e.data)})</script><iframe name="descent-1d" src="${book}embed/descent-1d/" width="720" height="700"></iframe>`);
  await page.evaluate(`(${flood.toString()})(document.querySelector("iframe").contentWindow)`);
  return {
    heard: (type) => page.evaluate((wanted) => ((globalThis as unknown as { heard?: Record<string, unknown>[] }).heard ?? []).filter((one) => wanted === undefined || one.type === wanted), type),
  };
}

test("messages from the first moment on, before there is anybody to hear them, break nothing", async ({ page, baseURL }) => {
  await flooded(page, baseURL!, (frame) => {
    const timer = setInterval(() => { for (const type of ["run", "step", "seek", "lock"]) frame.postMessage({ ns: "glass-box", v: 1, type, step: 3, locked: false }, "*"); }, 5);
    setTimeout(() => clearInterval(timer), 3000);
  });
  await page.waitForTimeout(3000);
  await expect(figureOf(page, "descent-1d")).toHaveAttribute("data-status", /^(live|paused)$/, { timeout: patience });
  await expect(figureOf(page, "descent-1d").locator("input[name=learningRate]")).toHaveValue("0.1");
});

test("a flood of every type leaves the figure alive, answers at most twenty times a second, and the next word is heard", async ({ page, baseURL }) => {
  const { heard } = await flooded(page, baseURL!, () => undefined);
  const figure = figureOf(page, "descent-1d");
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  const before = (await heard()).length;
  const begun = Date.now();
  await page.evaluate(() => {
    const frame = document.querySelector("iframe")!.contentWindow!;
    const types = ["seek", "lock", "step", "reset", "run", "pause", "theme", "get-state", "set-state"];
    for (let i = 0; i < 100_000; i++) {
      frame.postMessage({ ns: "glass-box", v: 1, type: types[i % types.length], step: i % 2 ? i : 1e308, locked: i % 2 === 0, theme: i % 2 ? "dark" : "url(x)", params: `learningRate=${i}` }, "*");
    }
  });
  // Its turn comes when what was sent before has been thrown away.
  await expect(async () => {
    await page.evaluate(() => {
      const say = (message: object): void => document.querySelector("iframe")!.contentWindow!.postMessage({ ns: "glass-box", v: 1, ...message }, "*");
      say({ type: "lock", locked: false });
      say({ type: "set-state", params: "learningRate=0.5" });
      say({ type: "get-state" });
    });
    expect((await heard("state")).at(-1)).toMatchObject({ params: expect.stringMatching(/^learningRate=0\.5\b/) });
  }).toPass({ timeout: patience, intervals: [1100] });
  await expect(figure.locator("input[name=learningRate]")).toBeEnabled();
  await expect(figure).toHaveAttribute("data-status", /^(live|paused)$/);
  expect((await heard()).length - before).toBeLessThanOrEqual(20 * ((Date.now() - begun) / 1000 + 1));
});

test.describe("when the model does not arrive", () => {
  // One pattern: Playwright reads a list of two as a value and its options.
  test.use({ tolerate: [new RegExp(`${foreign.source}|404`)] });

  test("the embed says so to its page in one sentence, by a message and by the element's event", async ({ page, baseURL }) => {
    await page.route("**/models/**", (route) => route.fulfill({ status: 404, headers: { "Access-Control-Allow-Origin": "*" }, body: "no" }));
    await site.show(page, `<script src="${baseURL}embed/v1.js"></script><glass-box widget="attention-heatmap"><p>fallback</p></glass-box>
      <script>document.querySelector("glass-box").addEventListener("error", ({ detail }) => { document.title = detail.code + ": " + detail.message; })</script>`);
    await expect(page).toHaveTitle(/^task: .*status 404/, { timeout: patience });
    await expect(page.frameLocator("iframe").locator("[data-error]")).toContainText(/^This figure stopped: .*404/);
  });
});
