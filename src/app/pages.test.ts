import { existsSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { headersFor, parseHeaderRules } from "../../scripts/headers.mjs";
import { headersFile, robots, siteMap } from "./build/hostFiles.ts";
import { book } from "./build/plugin.ts";
import { moduleServer, rendererOf } from "./build/renderer.ts";
import { addressOf } from "./catalogue.ts";
import { htmlDocument } from "./htmlDocument.ts";
import { type Assets, policyFor } from "./site.ts";

const site = { base: "/book/", origin: "https://example.org" };
const assets: Assets = { first: { code: "first()", sha256: "abc=" }, scripts: ["/book/p.js", "/book/c.js"], early: ["/book/w.js"], styles: ["p{}"] };
const parts = { path: "/tokens/", title: "A <b>", description: 'say "a"', body: "<main></main>", kind: "reading" };

test("a page of nothing but text takes no late font, others do", () => {
  const face = (name: string, display: string): string => `@font-face{font-display:${display};src:url(/assets/${name}-a1b2c3d4.woff2)}`;
  const styles = [face("serif", "fallback") + face("serif", "swap") + face("serif-greek", "fallback") + face("KaTeX_Main-Regular", "block")];
  const page = (kind: string): string => htmlDocument(site, { ...assets, styles }, { ...parts, kind });
  const displays = (kind: string): string[] => Array.from(page(kind).matchAll(/font-display:([a-z]+)/g), ([, display]) => display!);
  expect(displays("plain")).toEqual(["optional", "optional", "optional", "block"]);
  expect(displays("reading")).toEqual(["fallback", "swap", "fallback", "block"]);
  expect(page("plain").match(/<link rel="preload" href="[^"]*"/g)).toEqual(['<link rel="preload" href="/assets/serif-a1b2c3d4.woff2"']);
  expect(page("reading")).not.toContain('rel="preload"');
});

test("a page holds one inline script, which its policy names, and its title and description are escaped", () => {
  const html = htmlDocument(site, assets, parts);
  const run = [...html.matchAll(/<script(?! type="application\/json")[^>]*>([^<]*)<\/script>/g)].map(([, code]) => code);
  expect(run).toEqual(["first()"]);
  expect(html).toContain(`script-src 'self' 'wasm-unsafe-eval' 'sha256-abc='`);
  expect(html).toContain("<title>A &lt;b&gt; · Glassbox</title>");
  expect(html).toContain('content="say &quot;a&quot;"');
  expect(html).toContain('<link rel="canonical" href="https://example.org/book/tokens/">');
});

test("the policy allows one inline script by its digest, no evaluated one, WebAssembly apart, and no other origin", () => {
  const policy = policyFor("abc=");
  const scripts = policy.split("; ").find((directive) => directive.startsWith("script-src"));
  expect(scripts).toBe("script-src 'self' 'wasm-unsafe-eval' 'sha256-abc='");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/https?:/);
});

test("pages of the book refuse to be framed, embeds allow it, and files are readable without an origin", () => {
  const rules = parseHeaderRules(headersFile(site, "abc="));
  const policyOf = (path: string): string => headersFor(rules, `/book${path}`)["Content-Security-Policy"] ?? "";
  expect(policyOf("/tokens/")).toContain("frame-ancestors 'none'");
  expect(policyOf("/embed/descent-1d/")).toContain("frame-ancestors *");
  expect(policyOf("/embed/descent-1d/")).not.toContain("'none', ");
  for (const path of ["/assets/a.js", "/models/story/model.safetensors", "/embed.js"]) {
    expect(headersFor(rules, `/book${path}`)["Access-Control-Allow-Origin"]).toBe("*");
  }
});

test("the site map and robots.txt name whole addresses", () => {
  expect(siteMap(site, ["/", "/tokens/"])).toContain("<loc>https://example.org/book/tokens/</loc>");
  expect(robots(site)).toContain("Sitemap: https://example.org/book/sitemap.xml");
});

test("a chapter that is written has an address, a planned one has none, any other is an error", () => {
  expect(addressOf("attention")).toBe("/attention/");
  expect(addressOf("diffusion")).toBeNull();
  expect(() => addressOf("alchemy")).toThrow('no chapter "alchemy"');
});

/** The part of a page that both servers must agree on. */
const bodyOf = (html: string): string => /<body>\n([^]*?)\n<\/body>/.exec(html)?.[1] ?? "";

let modules: Awaited<ReturnType<typeof moduleServer>>;
beforeAll(async () => {
  modules = await moduleServer("/");
});
afterAll(() => modules.close());

test("the development server shows the page that the build writes", async () => {
  const { render } = await rendererOf(modules, { base: "/", origin: null });
  const built = await render("/gradient-descent/");
  const vite = await createServer({
    configFile: false, appType: "custom", logLevel: "error", plugins: [book({ base: "/", origin: null })],
    server: { middlewareMode: true, hmr: false, ws: false, watch: null }, optimizeDeps: { noDiscovery: true, include: [] },
  });
  const http = createHttpServer(vite.middlewares);
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  try {
    const { port } = http.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}/gradient-descent/`);
    expect(answer.status).toBe(200);
    expect(bodyOf(await answer.text())).toBe(built!.body);
    expect((await fetch(`http://127.0.0.1:${port}/alchemy/`)).status).toBe(404);
    // What stands in for an embed where nothing can run.
    const picture = await fetch(`http://127.0.0.1:${port}/embed/descent-1d/poster.dark.svg`);
    expect([picture.headers.get("content-type"), (await picture.text()).slice(0, 4)]).toEqual(["image/svg+xml", "<svg"]);
    expect((await fetch(`http://127.0.0.1:${port}/embed/descent-1d/poster.light.png`)).headers.get("content-type")).toBe("image/png");
    // Weights come as the site serves them.
    if (existsSync("public/models/story")) expect((await fetch(`http://127.0.0.1:${port}/models/story/model.safetensors.gz`)).headers.get("content-type")).toBe("application/gzip");
    // The drawer of models asks for it.
    const own = (await (await fetch(`http://127.0.0.1:${port}/own-figures.json`)).json()) as { url: string }[];
    expect(own.map(({ url }) => url)).toContain("attention/#attention-heatmap?model=");
  } finally {
    http.close();
    await vite.close();
  }
  // Where nothing is cached yet, every figure of the book is computed here.
}, 120_000);

test("a page is the same each time it is rendered", async () => {
  const { render } = await rendererOf(modules, { base: "/", origin: null });
  expect((await render("/tokens/"))!.body).toBe((await render("/tokens/"))!.body);
});
