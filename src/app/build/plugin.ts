import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Plugin, Rollup, ViteDevServer } from "vite";
import { htmlDocument, previewFile } from "../htmlDocument.ts";
import type { RenderedPage } from "../renderPage.tsx";
import type { Assets, Site } from "../site.ts";
import { fontSheet, wholeFonts, writeFonts } from "./fonts.ts";
import { headersFile, robots, siteMap } from "./hostFiles.ts";
import { root } from "./paths.ts";
import { searchDocuments } from "./searchDocuments.ts";
import { offline } from "./offline.ts";
import { previewPicture } from "./previews.ts";
import { moduleServer, rendererOf } from "./renderer.ts";

/** The scripts that pages load. An embed has its own, lighter one. */
const scripts = { page: "src/app/pageScript.ts", theme: "src/app/theme.ts", embed: "src/embed/page.ts" };
/** What book.css imports: the sheet that `buildStart` writes, or the one with whole fonts in development. */
const FONTS = "glassbox-fonts.css";

/**
 * Makes the book: every page is rendered to HTML while the bundle is built, and by the same `renderPage` when the development
 * server is asked for it. Fonts are cut to the glyphs that the pages use.
 */
export function book(site: Site): Plugin[] {
  let pages: RenderedPage[] = [];

  const fonts: Plugin = {
    name: "glassbox:fonts",
    config: (_config, { command }) => ({ resolve: { alias: { [FONTS]: command === "build" ? fontSheet : wholeFonts() } } }),
  };

  const build: Plugin = {
    name: "glassbox:pages",
    apply: "build",
    config: () => ({
      build: {
        rollupOptions: { input: Object.fromEntries(Object.entries(scripts).filter(([, file]) => existsSync(join(root, file)))) },
      },
    }),
    async buildStart() {
      const server = await moduleServer(site.base);
      try {
        pages = await allPages(server, site);
      } finally {
        await server.close();
      }
      await writeFonts(pages.map(({ body }) => body));
    },
    async generateBundle(_options, bundle) {
      for (const page of pages) {
        const html = htmlDocument(site, assetsOf(bundle, site, page), page);
        this.emitFile({ type: "asset", fileName: page.file, source: html });
        if (page.preview) this.emitFile({ type: "asset", fileName: previewFile(page.path), source: await previewPicture(page.preview) });
        for (const [fileName, source] of Object.entries(page.files ?? {})) this.emitFile({ type: "asset", fileName, source });
      }
      const listed = pages.filter((page) => page.listed).map(({ path }) => path);
      this.emitFile({ type: "asset", fileName: "sitemap.xml", source: siteMap(site, listed) });
      this.emitFile({ type: "asset", fileName: "robots.txt", source: robots(site) });
      this.emitFile({ type: "asset", fileName: "search.json", source: JSON.stringify(searchDocuments(pages)) });
      this.emitFile({ type: "asset", fileName: "_headers", source: headersFile(site) });
    },
  };

  const serve: Plugin = {
    name: "glassbox:pages-in-development",
    apply: "serve",
    configureServer: (server) => () => answerPages(server, site),
    handleHotUpdate({ file, server }) {
      if (/\/(chapters|src\/(prose|app))\//.test(file) && /\.tsx?$/.test(file)) server.ws.send({ type: "full-reload" });
    },
  };
  return [fonts, build, serve, offline(site.base)];
}

/** Where the development server finds what the bundle will hold. */
export const sourceAssets = (site: Site, script: "page" | "embed"): Assets => ({
  theme: `${site.base}src/app/theme.ts`, script: site.base + scripts[script], preloads: [], styles: [], fonts: [],
});

function answerPages(server: ViteDevServer, site: Site): void {
  const answer = async (path: string): Promise<{ status: number; html: string }> => {
    const { render } = await rendererOf(server, site);
    const page = (await render(path)) ?? (await render("/404.html"))!;
    // Vite's own client is added, and needs what the policy forbids.
    const policyLine = /<meta http-equiv="Content-Security-Policy"[^>]*>\n/;
    const html = htmlDocument(site, sourceAssets(site, page.script), page).replace(policyLine, "");
    return { status: page.path === path ? 200 : 404, html: await server.transformIndexHtml(path, html) };
  };
  server.middlewares.use((request, response, next) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (path === "/search.json") {
      allPages(server, site).then((all) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(searchDocuments(all))), next);
      return;
    }
    if (request.method !== "GET" || !(path.endsWith("/") || path === "/404.html")) return next();
    answer(path).then(({ status, html }) => {
      response.statusCode = status;
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end(html);
    }, next);
  });
}

async function allPages(server: ViteDevServer, site: Site): Promise<RenderedPage[]> {
  const { paths, render } = await rendererOf(server, site);
  const all: RenderedPage[] = [];
  for (const path of paths) {
    const page = await render(path).catch((error: unknown) => {
      throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
    if (page) all.push(page);
  }
  return all;
}

/** The files of the bundle that a page needs: its script, what that imports, styles, and the fonts of the first lines. */
function assetsOf(bundle: Rollup.OutputBundle, site: Site, { script, widget }: RenderedPage): Assets {
  const chunks = Object.values(bundle).filter((file): file is Rollup.OutputChunk => file.type === "chunk");
  const entry = (name: string): Rollup.OutputChunk => {
    const found = chunks.find((chunk) => chunk.isEntry && chunk.name === name);
    if (!found) throw new Error(`assetsOf: the bundle has no entry "${name}"`);
    return found;
  };
  const main = entry(chunks.some(({ name }) => name === script) ? script : "page");
  const imported = new Set<Rollup.OutputChunk>();
  const visit = (chunk: Rollup.OutputChunk): void => {
    if (imported.has(chunk)) return;
    imported.add(chunk);
    for (const file of chunk.imports) {
      const next = bundle[file];
      if (next?.type === "chunk") visit(next);
    }
  };
  visit(main);
  const first = chunks.find((chunk) => chunk.isDynamicEntry && widget !== null && chunk.name === camelCase(widget));
  if (first) visit(first);
  const styles = new Set([...imported].flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
  const fonts = Object.values(bundle).filter((file) => file.type === "asset" && file.names.some((name) => preloadedFonts.includes(name)));
  const address = (file: string): string => site.base + file;
  return {
    theme: address(entry("theme").fileName),
    script: address(main.fileName),
    preloads: [...imported].filter((chunk) => chunk !== main).map(({ fileName }) => address(fileName)),
    styles: [...styles].map(address),
    fonts: fonts.map(({ fileName }) => address(fileName)),
  };
}

/** `attention-heatmap` lies in `attentionHeatmap.ts`. */
const camelCase = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const preloadedFonts = ["serif.woff2", "serif-italic.woff2", "sans.woff2"];
