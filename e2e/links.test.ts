import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dist } from "../scripts/paths.mjs";
import { patience } from "./figure.ts";
import released from "../src/widgets/publicNames.v1.json" with { type: "json" };
import { expect, sitePaths, test } from "./harness.ts";

const fileOf = (path: string): string => join(dist, path.endsWith("/") ? `${path}index.html` : path);
const read = (path: string): string => readFileSync(fileOf(path), "utf8");
/** All that a page leads to: hrefs, but those of other sites. */
const linksOf = (html: string): string[] => [...html.matchAll(/<a\b[^>]* href="([^"]+)"/g)].map(([, href = ""]) => href.replaceAll("&amp;", "&"));
const inside = (href: string): boolean => !/^[a-z]+:/.test(href);
/** The part before `?` of an anchor; what follows is a figure's state, and in an embed there is nothing else. */
const anchorOf = ({ hash, pathname }: URL): string => (pathname.startsWith("/embed/") ? "" : (decodeURIComponent(hash.slice(1)).split("?")[0] ?? ""));

test("every link within the book leads to a page that is there, and every anchor to its target", () => {
  const broken: string[] = [];
  for (const path of [...sitePaths(), "/404.html"]) {
    for (const href of linksOf(read(path)).filter(inside)) {
      const url = new URL(href, `http://book${path}`);
      let html: string;
      try {
        html = read(url.pathname);
      } catch {
        broken.push(`${path}: ${href} leads nowhere`);
        continue;
      }
      const anchor = anchorOf(url);
      if (anchor !== "" && !html.includes(` id="${anchor}"`)) broken.push(`${path}: ${href} has no target`);
    }
  }
  expect(broken).toEqual([]);
});

test("every released name still has its embed page, and every released figure its anchor", () => {
  const names = [...Object.keys(released.names), ...released.links.map(({ widget }) => widget)];
  for (const file of ["index.html", "oembed.json", "data.json", "poster.light.png"]) {
    expect(names.filter((name) => !existsSync(join(dist, "embed", name, file))), file).toEqual([]);
  }
  expect(released.figures.filter((address) => !read(address.split("#")[0]!).includes(` id="${address.split("#")[1]}"`))).toEqual([]);
});

test("a link to a figure in a state goes to the figure, also by a former name, and the address says the name of today", async ({ page }) => {
  await page.goto("./gradient-descent/#noise-of-minibatches?learningRate=0.3");
  await expect(page.locator("#noise-of-minibatches")).toBeInViewport();
  await expect(page.locator("#noise-of-minibatches")).toHaveAttribute("data-controls", "live", { timeout: patience });
  const figure = page.locator("#descent-1d");
  for (const [hash, address] of [["#loss-curve?learningRate=0.8", "#descent-1d?learningRate=0.8"], ["#loss-curve", "#descent-1d"]]) {
    await page.goto("about:blank");
    await page.goto(`./gradient-descent/${hash}`);
    await expect(figure).toBeInViewport();
    await expect(figure).toHaveAttribute("data-controls", "live");
    expect(new URL(page.url()).hash).toBe(address);
    expect(await page.evaluate(() => scrollY)).toBeGreaterThan(100);
    if (address!.includes("?")) await expect(figure.locator("input[name=learningRate]")).toHaveValue(address!.slice(-3));
  }
  // A link within the page, and one that the reader has followed before.
  await page.evaluate(() => {
    scrollTo(0, 0);
    const link = document.createElement("a");
    link.href = "#loss-curve?learningRate=0.5";
    link.textContent = "here";
    document.querySelector("main, body")!.prepend(link);
  });
  await page.getByRole("link", { name: "here" }).click();
  await expect(figure).toBeInViewport();
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.5");
});

test("the embed page of a former name is that figure", async ({ page }) => {
  await page.goto("./embed/loss-curve/#learningRate=0.9");
  const figure = page.locator("figure[data-widget=descent-1d]");
  await expect(figure).toHaveAttribute("data-status", "live");
  await expect(figure.locator("input[name=learningRate]")).toHaveValue("0.9");
  const answer = (await (await page.request.get(new URL("oembed.json", page.url()).href)).json()) as { html: string };
  expect(answer.html).toMatch(/\/embed\/descent-1d\/"/);
});

test("every page is led to by another", () => {
  const reached = new Set<string>();
  for (const path of sitePaths()) {
    for (const href of linksOf(read(path)).filter(inside)) {
      const { pathname } = new URL(href, `http://book${path}`);
      if (pathname !== path) reached.add(pathname);
    }
  }
  expect(sitePaths().filter((path) => !reached.has(path))).toEqual([]);
});

test("everything that the search finds has an address that is there", () => {
  const found = JSON.parse(readFileSync(join(dist, "search.json"), "utf8")) as { kind: string; title: string; url: string; text: string }[];
  expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(["chapter", "section", "figure", "term"]));
  for (const { title, url, text } of found) {
    expect(title).not.toBe("");
    expect(text).not.toMatch(/<\w|&\w+;/);
    const [path = "", anchor] = url.split("#");
    if (anchor !== undefined) expect(read(`/${path}`), url).toContain(` id="${anchor}"`);
  }
});

test("no script of the book holds KaTeX, and each page names a picture of 1200 × 630 for its links", () => {
  for (const name of readdirSync(join(dist, "assets")).filter((file) => file.endsWith(".js"))) {
    expect(readFileSync(join(dist, "assets", name), "utf8"), name).not.toMatch(/katex-html|KaTeX parse error/);
  }
  for (const path of sitePaths().filter((one) => /class="(reading|home)"/.test(read(one)))) {
    const picture = /property="og:image" content="(?:https?:\/\/[^/]+)?([^"]+)"/.exec(read(path))?.[1] ?? "";
    const bytes = readFileSync(join(dist, picture));
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], path).toEqual([1200, 630]);
  }
});
