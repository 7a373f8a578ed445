import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { transformWithOxc } from "vite";
import { patience } from "./figure.ts";
import { expect, test } from "./harness.ts";
import { foreign, otherSite } from "./otherSite.ts";

const site = otherSite();
test.afterEach(() => site.close());
test.use({ tolerate: [foreign] });

test("a teacher sets a task, a student meets it in the teacher's page and copies her link, and the link is run again and judged", async ({ page, context, baseURL }) => {
  await page.goto(`${baseURL}gradient-descent/#descent-1d?learningRate=0.01`);
  const figure = page.locator("figure#descent-1d");
  await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
  await figure.locator("details[data-panel] > summary").click();
  await figure.getByRole("button", { name: "Embed…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("select").first().selectOption("iframe");
  await dialog.getByText("For teachers").click();
  await dialog.getByLabel("start w₀").check();
  await dialog.getByLabel("task").selectOption("loss");
  await dialog.getByLabel("bound").fill("0.001");
  const code = await dialog.getByLabel("Code to copy").inputValue();

  await site.show(page, code);
  const set = page.frameLocator("iframe").locator("figure");
  const task = page.frameLocator("iframe").locator(".embed-task");
  await expect(set).toHaveAttribute("data-step", "30", { timeout: patience });
  await expect(task).toContainText("loss below 0.001: now 1.19, not met yet");
  await expect(set.locator("input[name=start]")).toHaveCount(0);
  await set.locator("input[name=learningRate]").fill("0.3");
  await expect(task.locator("output")).toHaveText("Met.", { timeout: patience });
  await set.locator("details[data-panel] > summary").click();
  // A frame of another site has no permission for the clipboard, and the button works all the same.
  await set.getByRole("button", { name: "Copy link" }).click();
  await expect(set.getByRole("button", { name: "Copied" })).toBeVisible();
  await context.grantPermissions(["clipboard-read"], { origin: new URL(page.url()).origin });
  const handedIn = await page.evaluate(() => navigator.clipboard.readText());
  expect(handedIn).toMatch(/\/embed\/descent-1d\/\?hide=start&task=loss%3C0\.001#learningRate=0\.3$/);

  await page.goto(handedIn);
  await expect(page.locator(".embed-task output")).toHaveText("Met.", { timeout: patience });
  await expect(page.locator(".embed-task li")).toHaveText(/^loss below 0\.001: now \S+, met$/);
  await page.goto("about:blank");
  await page.goto(handedIn.replace("learningRate=0.3", "learningRate=0.02"));
  await expect(page.locator("figure")).toHaveAttribute("data-step", "30", { timeout: patience });
  await expect(page.locator(".embed-task output")).toHaveText("Not met yet.");
});

test("every recipe that a browser can try puts a live figure into a page of another site", async ({ page, baseURL }) => {
  test.slow();
  await page.goto("./for-your-site/");
  // Their addresses are those of the site that shows them.
  await expect(page.locator(".recipe", { hasText: "glassbox.example" })).toHaveCount(0);
  const recipes = await page.locator(".recipe").evaluateAll((sections) => sections.map((section) => [section.querySelector("h3")!.textContent, section.querySelector("pre, textarea")!.textContent] as const));
  expect(recipes.length).toBeGreaterThanOrEqual(12);
  const snippets = new Map<string, string[]>();
  const policy = /Content-Security-Policy: (.*)/.exec(recipes.find(([name]) => name === "A policy-strict page")![1])![1]!;
  for (const [name, code] of recipes) {
    const html = await asHtml(name, code);
    snippets.set(html, [...(snippets.get(html) ?? []), name]);
  }
  for (const [html, names] of snippets) {
    await test.step(names.join(", "), async () => {
      expect(html, "the address of this site").toContain(baseURL);
      const headers = names.includes("A policy-strict page") ? { "Content-Security-Policy": `${policy}; img-src data:` } : {};
      await site.show(page, html, headers);
      const figure = page.frameLocator("iframe").locator("figure");
      await expect(figure).toHaveAttribute("data-controls", "live", { timeout: patience });
      await expect(figure).toHaveAttribute("data-status", /^(live|static)$/);
    });
  }
});

/** What a platform makes of a recipe. */
async function asHtml(name: string, code: string): Promise<string> {
  if (name === "React") {
    const { code: script } = await transformWithOxc(code, "LiveFigure.jsx", { jsx: { runtime: "classic" } });
    const make = new Function("React", `${script.replace(/export (?=function)/, "").replace(/export \{[^}]*\};?/, "")}; return LiveFigure;`) as (react: object) => Parameters<typeof createElement>[0];
    return renderToStaticMarkup(createElement(make({ createElement }), { params: "learningRate=0.5" } as object));
  }
  // reveal.js moves data-src to src when the slide comes near.
  if (name === "reveal.js") return code.replace("data-src=", "src=");
  const html = /<script[^]*<\/glass-box>|<iframe[^]*?<\/iframe>/.exec(code)?.[0];
  if (html !== undefined) return html;
  const address = /https?:[^"\s)]+/.exec(code)?.[0] ?? "";
  return `<iframe src="${address}" width="700" height="600"></iframe>`;
}
