import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dist } from "../scripts/paths.mjs";
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
