import type { Locator, Page } from "@playwright/test";
import { builtWidgets, firstClass, hold, inWorker, patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { figureOf, foreign, inGroups, otherSite, sizeFor } from "./otherSite.ts";

/**
 * Every widget in a sandbox with scripts alone and in one other kind of place; the first-class figures in all kinds, and every widget
 * where `npm test -- matrix` asks for it. Several stand in one page of another site.
 */
const site = otherSite();
test.afterEach(() => site.close());
test.use({ tolerate: [foreign] });

interface Place {
  /** Of the iframe. */
  readonly attributes?: string;
  /** Behind the address of the embed. */
  readonly query?: string;
  readonly width?: number;
  /** Of the host page, for the origin of the book. */
  readonly policy?: (book: string) => string;
  readonly style?: string;
  prepare?(page: Page): Promise<void>;
  check(figure: Locator, page: Page): Promise<void>;
}

/** Alive, by itself or after a press, with a drawing and a table behind it. */
async function lives(figure: Locator): Promise<void> {
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  if ((await figure.getAttribute("data-status")) === "static") await figure.getByRole("button", { name: /^Run/ }).first().click();
  await expect(figure).toHaveAttribute("data-status", /^(live|paused)$/, { timeout: patience });
  await expect(figure.locator("[data-stage] svg")).toHaveCount(1);
}

const paper = (figure: Locator): Promise<number> => figure.evaluate(() => {
  const [r = 0, g = 0, b = 0] = (getComputedStyle(document.body).backgroundColor.match(/\d+/g) ?? []).map(Number);
  return (r + g + b) / 3;
});
const ink = (figure: Locator): Promise<number> => figure.evaluate((element) => {
  const [r = 0, g = 0, b = 0] = (getComputedStyle(element).color.match(/\d+/g) ?? []).map(Number);
  return (r + g + b) / 3;
});
async function isDark(figure: Locator): Promise<void> {
  expect(await paper(figure)).toBeLessThan(60);
  expect(await ink(figure)).toBeGreaterThan(160);
}

const withoutGpu = "delete Object.getPrototypeOf(navigator).gpu;";

const places: Readonly<Record<string, Place>> = {
  "a sandbox with scripts and their origin": {
    attributes: `sandbox="allow-scripts allow-same-origin"`,
    check: async (figure, page) => {
      await lives(figure);
      expect(page.workers().length).toBeGreaterThan(0);
    },
  },
  "a sandbox that allows nothing": {
    attributes: `sandbox=""`,
    async check(figure) {
      await expect(figure.locator("svg:visible").first()).toBeVisible();
      await figure.locator("details[data-panel] > summary").click();
      await figure.locator("details[data-panel] details > summary").click();
      await expect(figure.locator("tbody tr").first()).toBeVisible();
      expect(await figure.locator("[data-knobs] :is(input, button, select, textarea):visible").count()).toBe(0);
    },
  },
  "a browser without WebGPU": {
    query: "?backend=webgpu",
    prepare: async (page) => {
      await page.addInitScript(withoutGpu);
      await inWorker(page, withoutGpu);
    },
    async check(figure) {
      await lives(figure);
      await expect(figure).toHaveAttribute("data-backend", "cpu");
    },
  },
  "a page whose policy is default-src 'self' and frame-src": {
    policy: (book) => `default-src 'self'; img-src data:; frame-src ${new URL(book).origin}`,
    check: lives,
  },
  "320 px": {
    width: 320,
    async check(figure) {
      await lives(figure);
      await expect(figure.locator("[data-stage] svg")).toHaveClass(/gb-narrow/);
      // Every control has room, also those under More.
      await figure.locator("details.gb-more").evaluateAll((folds) => folds.forEach((fold) => fold.setAttribute("open", "")));
      expect(await figure.evaluate(() => document.documentElement.scrollWidth), "wide").toBeLessThanOrEqual(320);
    },
  },
  "a dark host": {
    style: "background:#111;color:#eee",
    prepare: (page) => page.emulateMedia({ colorScheme: "dark" }),
    async check(figure) {
      await lives(figure);
      await isDark(figure);
    },
  },
  "a light host that asks for a dark figure": {
    query: "?theme=dark",
    prepare: (page) => page.emulateMedia({ colorScheme: "light" }),
    async check(figure) {
      await lives(figure);
      await isDark(figure);
    },
  },
  "a reader who wants less motion": {
    prepare: (page) => page.emulateMedia({ reducedMotion: "reduce" }),
    async check(figure) {
      await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
      expect(await figure.getAttribute("data-step")).toBeNull();
      await lives(figure);
    },
  },
};

/** Shows these embeds beside each other, all of them on the screen. */
async function showAll(page: Page, book: string, ids: readonly string[], { attributes = "", query = "", width = 720, policy, style = "" }: Partial<Place>): Promise<void> {
  await sizeFor(page, ids.length, width);
  const frames = ids.map((id) => `<iframe name="${id}" ${attributes} src="${book}embed/${id}/${query}" width="${width}" height="600"></iframe>`);
  await site.show(page, `<body${style && ` style="${style}"`}>${frames.join(" ")}`, policy ? { "Content-Security-Policy": policy(book) } : {});
}

const all = builtWidgets();
const everything = process.env.GLASSBOX_MATRIX === "1";
const kinds = Object.keys(places);

for (const ids of inGroups(all, 9)) {
  test(`in a sandbox with scripts alone these run on the page's own thread, and keep nothing: ${ids.join(", ")}`, async ({ page, baseURL }) => {
    test.slow();
    await showAll(page, baseURL!, ids, { attributes: `sandbox="allow-scripts"` });
    for (const id of ids) {
      const figure = figureOf(page, id);
      await test.step(id, () => lives(figure));
      if (id === "attention-heatmap") {
        await figure.locator("input[name=text]").fill("The dog");
        await expect(figure.locator(".gb-cells").first()).toHaveAttribute("aria-label", /the last token, ‘▁dog’/, { timeout: patience });
      }
      if (id === "train-tiny-gpt") await expect.poll(async () => Number(await figure.getAttribute("data-step")), { timeout: 60_000 }).toBeGreaterThan(3);
      await hold(figure);
    }
    expect(page.workers()).toHaveLength(0);
  });
}

for (const [kind, place] of Object.entries(places)) {
  const chosen = all.filter((id, i) => everything || firstClass.includes(id) || i % kinds.length === kinds.indexOf(kind));
  for (const ids of inGroups(chosen, 10)) {
    test(`in ${kind} these are whole: ${ids.join(", ")}`, async ({ page, baseURL }) => {
      test.slow();
      await place.prepare?.(page);
      await showAll(page, baseURL!, ids, place);
      for (const id of ids) await test.step(id, () => place.check(figureOf(page, id), page));
    });
  }
}
