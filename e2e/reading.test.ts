import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { dist } from "../scripts/paths.mjs";
import { axeIn } from "./axe.ts";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { keptItem } from "./kept.ts";

test.describe("search", () => {
  test("opens by /, finds figures and words by the keyboard alone, and goes there", async ({ page }) => {
    await page.goto("./attention/");
    await page.keyboard.press("/");
    const field = page.getByRole("combobox", { name: "Search the book" });
    await expect(field).toBeFocused();
    await field.pressSequentially("learning ra");
    await expect(page.getByRole("option").filter({ hasText: "word" }).first()).toContainText("learning rate");
    await field.fill("attention hand");
    const figure = page.getByRole("option").filter({ hasText: "figure" });
    await expect(figure.first()).toContainText("Attention by hand");
    for (let i = 0; i < 12 && (await figure.first().getAttribute("aria-selected")) !== "true"; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/attention\/#attention-by-hand$/);
    await expect(field).toBeHidden();
  });

  test("forgives a slip of the finger, says nothing for nothing, and gives the focus back", async ({ page }) => {
    await page.goto("./sampling/");
    const opener = page.getByRole("button", { name: "Search" });
    await opener.focus();
    await page.keyboard.press("Enter");
    const field = page.getByRole("combobox", { name: "Search the book" });
    await expect(field).toBeFocused();
    for (const [typed, wanted] of [["atention", "Attention"], ["quantisation", "Quantization"], ["tokeniser", "Tokens"], ["temprature", "temperature"], ["SOFTMAX", "softmax"]] as const) {
      await field.fill(typed);
      await expect(page.locator("#found [role=option]").filter({ hasText: wanted }).first(), typed).toBeVisible();
    }
    await expect(page.locator(".search-box mark").first()).toHaveText(/softmax/i);
    for (const nothing of ["", "   ", "?!."]) {
      await field.fill(nothing);
      await expect(page.locator("#found [role=option]")).toHaveCount(0);
    }
    await page.keyboard.press("Escape");
    await expect(field).toBeHidden();
    await expect(opener).toBeFocused();
  });

  test("answers within a tenth of a second, and says when there is nothing", async ({ page }) => {
    await page.goto("./glossary/");
    await page.getByRole("button", { name: "Search" }).click();
    const field = page.getByRole("combobox");
    await field.fill("softmax");
    await expect(page.getByRole("option").first()).toBeVisible();
    const slowest = await page.evaluate(async () => {
      const input = document.querySelector<HTMLInputElement>("dialog input")!;
      const list = document.querySelector("dialog ul")!;
      let most = 0;
      for (const query of ["a", "gradient", "the loss of a token", "byte pair", "attntion"]) {
        const begun = performance.now();
        const done = new Promise<void>((settle) => new MutationObserver((_, watch) => (watch.disconnect(), settle())).observe(list, { childList: true }));
        input.value = query;
        input.dispatchEvent(new Event("input"));
        await done;
        most = Math.max(most, performance.now() - begun);
      }
      return most;
    });
    console.log(`the slowest query took ${slowest.toFixed(1)} ms`);
    expect(slowest).toBeLessThan(100);
    await field.fill("xyzzy");
    await expect(page.locator(".search-say")).toHaveText("Nothing found for “xyzzy”.");
    await page.keyboard.press("Escape");
    await expect(field).toBeHidden();
  });

  test.describe("on a page that is not there", () => {
    test.use({ tolerate: [/404/] });
    test("looks for what the address may have meant", async ({ page }) => {
      const response = await page.goto("./gradient-decent/");
      expect(response?.status()).toBe(404);
      await expect(page.getByRole("option").first()).toContainText("Gradient descent");
    });
  });
});

test("progress is remembered: what was begun, read to the end and answered, and where to go on", async ({ page }) => {
  await page.goto("./tokens/");
  const sections = page.locator(".chapter > .section:not(.sources)");
  await sections.nth(1).locator("h2").scrollIntoViewIfNeeded();
  await page.evaluate(() => document.querySelectorAll(".chapter > .section")[1]!.scrollIntoView());
  await expect(page.locator(".contents a[aria-current]")).toHaveCount(1, { timeout: patience });
  await page.locator("details[data-answer]").first().evaluate((details) => details.setAttribute("open", ""));
  await expect.poll(async () => JSON.stringify(await keptItem(page, "chapter/tokens")), { timeout: patience }).toContain("-1");
  await page.goto("./");
  await expect(page.locator("[data-my-progress]")).toContainText("You have opened 1 of", { timeout: patience });
  await expect(page.locator("[data-my-progress] a")).toHaveAttribute("href", /\/tokens\/#/);
  await expect(page.locator(".path-steps .begun")).toHaveCount(1);
  await page.getByRole("button", { name: "forget all this" }).click();
  await expect(page.locator("[data-my-progress]")).toContainText("is remembered in this browser");
});

test("previous and next follow the chosen reading path, until it is left", async ({ page }) => {
  await page.goto("./#path-builder");
  await page.locator("#path-builder summary").click();
  await expect(page.locator("[data-my-progress]")).toBeVisible();
  await page.waitForLoadState("networkidle");
  await page.locator("[data-follow-path=builder]").click();
  await expect(page).not.toHaveURL(/#path-builder/, { timeout: patience });
  const shown = page.locator("nav.neighbours:visible");
  await expect(shown).toHaveAttribute("data-path", "builder", { timeout: patience });
  await expect(shown.locator(".on-path")).toContainText("Builder: 1 of");
  await shown.getByRole("link", { name: /Next/ }).click();
  await expect(shown.locator(".on-path")).toContainText("Builder: 2 of", { timeout: patience });
  await shown.getByRole("button", { name: "leave this path" }).click();
  await expect(shown).toHaveAttribute("data-path", "book");
});

/** The reading paths of the first page, in its order. */
const pathIds = (): string[] => [...readFileSync(join(dist, "index.html"), "utf8").matchAll(/data-path-card="([^"]+)"/g)].map(([, id]) => id!);

test("there are several reading paths", () => {
  expect(pathIds().length).toBeGreaterThan(4);
});

for (const id of pathIds()) {
  test(`the reading path ${id} leads through its chapters in their order, forward and back, and remembers where it was`, async ({ page }) => {
    await page.goto(`./#path-${id}`);
    const card = page.locator(`#path-${id}`);
    const chapters = await card.locator("p a").evaluateAll((links) => links.map((link) => link.getAttribute("href")!));
    await card.evaluate((details) => details.setAttribute("open", ""));
    await page.locator(`[data-follow-path=${id}]`).click();
    const shown = page.locator("nav.neighbours:visible");
    for (const [i, chapter] of chapters.entries()) {
      await expect(page).toHaveURL(new RegExp(`${chapter}$`), { timeout: patience });
      await expect(shown).toHaveAttribute("data-path", id, { timeout: patience });
      await expect(shown.locator(".on-path")).toContainText(`${i + 1} of ${chapters.length}`);
      if (i > 0) await expect(shown.locator("a[rel=prev]")).toHaveAttribute("href", chapters[i - 1]!);
      await shown.locator("a.next").click();
    }
    await expect(page).toHaveURL(new RegExp(`#path-${id}$`));
    await expect(card).toHaveAttribute("data-chosen", "", { timeout: patience });
  });
}

test("steps go forward and back by buttons and arrow keys, and each undoes the one before", async ({ page }) => {
  await page.goto("./attention/");
  const steps = page.locator("section.steps").first();
  const figure = steps.locator("figure");
  await figure.scrollIntoViewIfNeeded();
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  const [mask, own] = [figure.locator("input[name=causal]"), figure.getByLabel("own", { exact: true })];
  await expect(mask).toBeChecked();
  await steps.getByRole("button", { name: "Next" }).click();
  await expect(steps.locator(".steps-at")).toHaveText("2 of 5");
  await expect(mask).not.toBeChecked();
  await page.keyboard.press("ArrowRight");
  await expect(mask).toBeChecked();
  await expect(own).toBeChecked();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(steps.locator(".steps-at")).toHaveText("1 of 5");
  await expect(own).not.toBeChecked();
  await expect(steps.locator(".step:visible")).toHaveCount(1);
});

test("a guess opens the answer and stays beside it", async ({ page }) => {
  await page.goto("./attention/");
  const box = page.locator("[data-predict]").first();
  await box.getByRole("button").first().click();
  await expect(box.locator(".answer")).toBeVisible();
  await expect(box.locator(".verdict")).toContainText(/so it is|It is not so/);
  await expect(box.locator("[aria-pressed=true]")).toHaveCount(1);
});

test("a citation shows its source on focus, without moving the text, and Escape hides it", async ({ page }) => {
  await page.goto("./attention/");
  await expect(page.locator("figure").first()).toHaveAttribute("data-controls", "live", { timeout: patience });
  const cite = page.locator(".cite").first();
  await cite.scrollIntoViewIfNeeded();
  const before = await cite.boundingBox();
  await cite.focus();
  const card = page.locator(".cite-card").first();
  await expect(card).toBeVisible();
  expect(await cite.boundingBox()).toEqual(before);
  await page.keyboard.press("Escape");
  await expect(card).toBeHidden();
});

test("the code of the engine stands in the page as it is in its file", async ({ page }) => {
  await page.goto("./attention/");
  await page.locator("details.source summary").first().click();
  await expect(page.locator("details.source pre").first()).toContainText("export const softmaxKernel = defineKernel");
});

test("what is under the pointer in a figure lights in the text, and what is in a formula lights in the figure", async ({ page }) => {
  await page.goto("./attention/");
  const figure = page.locator("figure[data-widget=attention-by-hand]");
  await figure.scrollIntoViewIfNeeded();
  await expect(figure).toHaveAttribute("data-status", "live", { timeout: patience });
  await page.locator(".katex-html .t-key").first().hover();
  await expect(figure.locator(".gb-stage .c-key.lit").first()).toBeAttached();
  await expect(page.locator(".term.t-key.lit")).toHaveCount(1);
  await expect(page.locator(".t-query.lit")).toHaveCount(0);
  await figure.locator(".gb-stage .c-query").first().hover();
  await expect(page.locator(".term.t-query.lit")).toHaveCount(1);
});

test("a curve is drawn by the mouse or by arrow keys before the true one is shown over it", async ({ page }) => {
  await page.goto("./gradient-descent/");
  const box = page.locator("[data-curve]").first();
  const paper = box.getByRole("slider");
  await expect(async () => {
    await paper.focus();
    await page.keyboard.press("ArrowUp");
    await expect(paper).toHaveAttribute("aria-valuetext", /: [1-9]/, { timeout: 500 });
  }).toPass();
  await page.keyboard.press("End");
  await expect(paper).toHaveAttribute("aria-valuetext", "at 0.9: nothing drawn");
  const bounds = (await paper.boundingBox())!;
  const middle = bounds.height / 2;
  await paper.hover({ position: { x: bounds.width * 0.1, y: middle } });
  await page.mouse.down();
  await paper.hover({ position: { x: bounds.width * 0.95, y: middle } });
  await page.mouse.up();
  // A quick hand leaves no column out.
  expect((await box.locator(".curve-guess").getAttribute("points"))!.split(" ")).toHaveLength(9);
  await expect(box.locator(".curve-truth")).toBeHidden();
  await box.getByText("Show the answer").click();
  await expect(box.locator(".curve-truth")).toBeVisible();
  await expect(box.locator(".verdict")).toContainText(/off by \d+.* on average, most at 0\.\d/);
});

test("a cell of a matrix can be the guess", async ({ page }) => {
  await page.goto("./masks-and-heads/");
  const box = page.locator("[data-predict]").first();
  await box.getByRole("button", { name: "row ?, column ?" }).click();
  await expect(box.locator(".verdict")).toHaveText("You guessed “row ?, column ?”. It is not so.");
  await box.getByRole("button", { name: "row you, column ?" }).click();
  await expect(box.locator(".verdict")).toContainText("so it is");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`in the open search and in the list of keys axe finds nothing, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await page.goto("./glossary/");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("combobox").fill("loss");
    await expect(page.getByRole("option").first()).toBeVisible();
    const found = async (): Promise<string[]> =>
      (await (await axeIn(page)).include("dialog[open]").analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
    expect(await found()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Keys" }).click();
    await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
    expect(await found()).toEqual([]);
  });
}

test("the theme changes by one step a press, also when it is pressed before its script is there, and is remembered", async ({ page }) => {
  await page.route(/\/assets\/later-/, async (route) => {
    await new Promise((resolve) => { setTimeout(resolve, 1500); });
    await route.continue();
  });
  await page.goto("./sampling/");
  const button = page.getByRole("button", { name: /^Theme: / });
  await button.click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light", { timeout: patience });
  await button.click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(button).toHaveAccessibleName("Theme: dark", { timeout: patience });
});

test("? lists the keys, but not while somebody types", async ({ page }) => {
  await page.goto("./sampling/");
  const figure = page.locator("figure[data-widget]").first();
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  await figure.getByRole("textbox").first().press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toHaveCount(0);
  await page.locator("h1").click();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys" })).toContainText("search the book");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Keys" }).click();
  await expect(page.getByRole("dialog", { name: "Keys" })).toBeVisible();
});

test.describe("below its first screen a chapter is laid out part by part", () => {
  const deep = "two-other-ways-to-shrink";
  let release = (): void => undefined;
  // The picture that is taken at a test's end waits for fonts.
  test.afterEach(() => release());
  const seen = (page: Page): Promise<boolean> => page.locator(`#${deep}-title`).isVisible();
  /** Lets no font through before `release` is called, and has the page wait for them however slow the machine is. */
  async function holdFonts(page: Page, isPatient = true): Promise<void> {
    if (isPatient) {
      await page.addInitScript(() => {
        const { setTimeout: real } = globalThis;
        Object.assign(globalThis, { setTimeout: (work: () => void, time?: number) => (time === 3000 ? 0 : real(work, time)) });
      });
    }
    const held = new Promise<void>((done) => { release = done; });
    await page.route("**/*.woff2", (route) => held.then(() => route.continue()).catch(() => undefined));
  }

  test("when its fonts have come, and nothing moves", async ({ page }) => {
    await holdFonts(page);
    await page.addInitScript(() => {
      const moved = { sum: 0 };
      Object.assign(globalThis, { moved });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) moved.sum += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto("./quantization/", { waitUntil: "domcontentloaded" });
    await expect(page.locator("h1")).toBeVisible();
    await page.waitForTimeout(300);
    expect(await seen(page)).toBe(false);
    release();
    await expect(page.locator("html")).not.toHaveClass(/unfolding/);
    expect(await seen(page)).toBe(true);
    await expect(page.locator(".chapter .section > :visible").last()).toBeVisible();
    expect(await page.evaluate(() => (globalThis as unknown as { moved: { sum: number } }).moved.sum)).toBeLessThanOrEqual(0.005);
  });

  test("without them after three seconds", async ({ page }) => {
    await holdFonts(page, false);
    await page.goto("./quantization/", { waitUntil: "domcontentloaded" });
    await expect(page.locator(`#${deep}-title`)).toBeVisible({ timeout: patience });
  });

  for (const [move, make] of [
    ["a link in the contents, which leads to its place", async (page: Page) => {
      await page.locator(".contents summary").click();
      await page.locator(`.contents a[href="#${deep}"]`).click();
      await expect(page.locator(`#${deep}-title`)).toBeInViewport();
    }],
    ["the wheel", (page: Page) => page.mouse.wheel(0, 100)],
    ["a key", (page: Page) => page.keyboard.press("End")],
    ["a script that scrolls", (page: Page) => page.evaluate(() => scrollTo(0, 50))],
  ] as const) {
    test(`at once at the reader's first move: ${move}`, async ({ page }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await holdFonts(page);
      await page.goto("./quantization/", { waitUntil: "domcontentloaded" });
      await expect(page.locator("h1")).toBeVisible();
      expect(await seen(page)).toBe(false);
      await make(page);
      await expect(page.locator("html")).not.toHaveClass(/unfolding/);
      expect(await seen(page)).toBe(true);
    });
  }

  test("at once where the address leads into it, and where the reader comes back", async ({ page }) => {
    await holdFonts(page);
    await page.goto(`./quantization/#${deep}`, { waitUntil: "domcontentloaded" });
    await expect(page.locator(`#${deep}-title`)).toBeInViewport();
    await page.goto("./attention/", { waitUntil: "domcontentloaded" });
    await page.reload({ waitUntil: "domcontentloaded" });
    expect(await page.locator("html").getAttribute("class")).toBe("reading");
  });
});
