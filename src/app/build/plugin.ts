import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin, Rollup, ViteDevServer } from "vite";
import { htmlDocument, previewFile } from "../htmlDocument.ts";
import type { RenderedPage } from "../renderPage.tsx";
import type { Assets, Site } from "../site.ts";
import { earlyFiles } from "./early.ts";
import { fontSheet, wholeFonts, writeFonts } from "./fonts.ts";
import { headersFile, robots, siteMap } from "./hostFiles.ts";
import { root } from "./paths.ts";
import { searchDocuments } from "./searchDocuments.ts";
import { withoutUnusedMath } from "./mathStyles.ts";
import { offline } from "./offline.ts";
import { posterFiles, previewPicture } from "./previews.ts";
import { moduleServer, rendererOf } from "./renderer.ts";

/** The scripts that pages load. An embed has its own, lighter one; the first one stands in every page. */
const scripts = { page: "src/app/pageScript.ts", first: "src/app/first.ts", embed: "src/embed/page.ts" };
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
      const firstChunk = entryOf(bundle, "first");
      const first = { code: firstChunk.code.trim(), sha256: createHash("sha256").update(firstChunk.code.trim()).digest("base64") };
      for (const page of pages) {
        const html = htmlDocument(site, { first, ...assetsOf(bundle, site, page) }, page);
        this.emitFile({ type: "asset", fileName: page.file, source: html });
        if (page.preview) this.emitFile({ type: "asset", fileName: previewFile(page.path), source: await previewPicture(page.preview) });
        const pictures: Readonly<Record<string, string | Uint8Array>> = page.poster === undefined ? {} : await posterFiles(page.poster);
        for (const [name, source] of Object.entries(pictures)) this.emitFile({ type: "asset", fileName: `${page.path.slice(1)}${name}`, source });
        for (const [fileName, source] of Object.entries(page.files ?? {})) this.emitFile({ type: "asset", fileName, source });
      }
      const listed = pages.filter((page) => page.listed).map(({ path }) => path);
      for (const name of weights()) this.emitFile({ type: "asset", fileName: `${name}.gz`, source: squeezed(name) });
      this.emitFile({ type: "asset", fileName: "sitemap.xml", source: siteMap(site, listed) });
      this.emitFile({ type: "asset", fileName: "robots.txt", source: robots(site) });
      this.emitFile({ type: "asset", fileName: "search.json", source: JSON.stringify(searchDocuments(pages)) });
      this.emitFile({ type: "asset", fileName: "_headers", source: headersFile(site, first.sha256) });
      // They stand in the pages, and no script has to wait for them.
      for (const { fileName } of [firstChunk, ...styleSheets(bundle)]) delete bundle[fileName];
      for (const file of Object.values(bundle)) if (file.type === "chunk") file.viteMetadata?.importedCss.clear();
    },
  };

  const serve: Plugin = {
    name: "glassbox:pages-in-development",
    apply: "serve",
    configureServer: (server) => () => answerPages(server, site),
    transformIndexHtml: () => [{ tag: "script", attrs: { type: "module", src: `${site.base}src/app/hotPages.ts` } }],
    handleHotUpdate({ file, server }) {
      if (/\/(chapters|src\/(prose|app))\//.test(file) && /\.tsx?$/.test(file)) server.ws.send({ type: "custom", event: "glassbox:prose" });
    },
  };
  return [fonts, build, serve, offline(site.base)];
}

/** Packs of weights, by their names: they lie beside themselves squeezed, as `packAddress` of the engine asks for them. */
const weights = (): string[] => (existsSync(join(root, "public", "models")) ? readdirSync(join(root, "public", "models"), { recursive: true, encoding: "utf8" }) : [])
  .map((path) => `models/${path.replaceAll("\\", "/")}`).filter((name) => name.endsWith(".safetensors")).sort();
const squeezed = (name: string): Buffer => gzipSync(readFileSync(join(root, "public", name)), { level: 9 });

/** Where the development server finds what the bundle will hold. */
export const sourceAssets = (site: Site, script: "page" | "embed"): Assets => ({
  first: { src: site.base + scripts.first }, scripts: [site.base + scripts[script]], early: [], styles: [],
});

const bodyHere = "<!--body-->";

function answerPages(server: ViteDevServer, site: Site): void {
  // What the build writes beside a page: all but the list of widgets lies in the folder of its page.
  const besides = async (path: string): Promise<string | undefined> => {
    const { render } = await rendererOf(server, site);
    for (const owner of ["/widgets/", path.replace(/[^/]*$/, "")]) {
      const source = (await render(owner))?.files?.[path.slice(1)];
      if (source !== undefined) return source;
    }
    return undefined;
  };
  /** The picture of an embed, as the build writes it. */
  const poster = async (path: string, name: string): Promise<string | Uint8Array | undefined> => {
    const { render } = await rendererOf(server, site);
    const drawn = (await render(path))?.poster;
    const files: Readonly<Record<string, string | Uint8Array>> = drawn === undefined ? {} : await posterFiles(drawn);
    return files[name];
  };
  const answer = async (path: string): Promise<{ status: number; html: string }> => {
    const { render } = await rendererOf(server, site);
    const page = (await render(path)) ?? (await render("/404.html"))!;
    // Vite puts its tags into the head; it would read through the whole page for them, which takes longer than to render it.
    const html = await server.transformIndexHtml(path, htmlDocument(site, sourceAssets(site, page.script), { ...page, body: bodyHere }));
    return { status: page.path === path ? 200 : 404, html: html.replace(bodyHere, () => page.body) };
  };
  server.middlewares.use((request, response, next) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const picture = /^(\/embed\/[a-z0-9-]+\/)(poster\.(?:light|dark)\.(svg|png))$/.exec(path);
    if (picture) {
      const [, page = "", name = "", kind] = picture;
      poster(page, name).then((source) => (source === undefined ? next() : response.setHeader("Content-Type", kind === "svg" ? "image/svg+xml" : "image/png").end(source)), next);
      return;
    }
    const pack = path.endsWith(".gz") ? weights().find((name) => `/${name}.gz` === path) : undefined;
    if (pack !== undefined) {
      response.setHeader("Content-Type", "application/gzip").end(squeezed(pack));
      return;
    }
    if (path === "/search.json") {
      allPages(server, site).then((all) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(searchDocuments(all))), next);
      return;
    }
    if (path.endsWith(".json")) {
      besides(path).then((source) => (source === undefined ? next() : response.setHeader("Content-Type", "application/json").end(source)), next);
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

const entryOf = (bundle: Rollup.OutputBundle, name: string): Rollup.OutputChunk => {
  const found = Object.values(bundle).find((file) => file.type === "chunk" && file.isEntry && file.name === name);
  if (found?.type !== "chunk") throw new Error(`the bundle has no entry "${name}"`);
  return found;
};

const styleSheets = (bundle: Rollup.OutputBundle): Rollup.OutputAsset[] =>
  Object.values(bundle).filter((file) => file.type === "asset").filter(({ fileName }) => fileName.endsWith(".css"));

/** What a page needs of the bundle: its script, what that imports, and its styles. Throws on styles that only a later script brings. */
function assetsOf(bundle: Rollup.OutputBundle, site: Site, { script, widget, starts, body }: RenderedPage): Pick<Assets, "scripts" | "early" | "styles"> {
  const imported = new Set<Rollup.OutputChunk>();
  const visit = (chunk: Rollup.OutputChunk): void => {
    if (imported.has(chunk)) return;
    imported.add(chunk);
    for (const file of chunk.imports) {
      const next = bundle[file];
      if (next?.type === "chunk") visit(next);
    }
  };
  const main = entryOf(bundle, script);
  visit(main);
  const styles = new Set([...imported].flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])]));
  const late = script === "page" ? styleSheets(bundle).filter(({ fileName }) => !styles.has(fileName) && !/embed/.test(fileName)) : [];
  if (late.length > 0) throw new Error(`${late.map(({ fileName }) => fileName).join(", ")}: import styles from book.css, which every page holds`);
  // Subtle: a task may have the name of its widget, so the chunk is known by its file and not by its name.
  const first = Object.values(bundle).find((file) => file.type === "chunk" && file.isDynamicEntry && widget !== null
    && file.facadeModuleId?.endsWith(`/src/widgets/${camelCase(widget)}.ts`));
  if (first?.type === "chunk") visit(first);
  const address = (file: string): string => site.base + file;
  return {
    scripts: [address(main.fileName), ...[...imported].filter((chunk) => chunk !== main).map(({ fileName }) => address(fileName))],
    early: earlyFiles(bundle, starts).map(address),
    styles: styleSheets(bundle).filter(({ fileName }) => styles.has(fileName)).map(({ source }) => withoutUnusedMath(String(source), body)),
  };
}

/** `attention-heatmap` lies in `attentionHeatmap.ts`. */
const camelCase = (id: string): string => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
