import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createServer, type ViteDevServer } from "vite";
import type { Backend } from "../../../engine/backend.ts";
import { extractExport } from "../../prose/extractExport.ts";
import { withShortPaths } from "../../widget/shortPaths.ts";
import type { FigureRequest, PosterMaker, Posters } from "../../prose/page.ts";
import type { RenderedPage } from "../renderPage.tsx";
import type { Site } from "../site.ts";
import { root } from "./paths.ts";
import { type Draw, isPosterSource, posterCache } from "./posters.ts";

type PageModule = typeof import("../renderPage.tsx");
type PosterModule = typeof import("../../widget/poster.ts");
type CpuModule = typeof import("../../../engine/backends/cpu/cpuBackend.ts");
type WasmModule = typeof import("../../../engine/backends/cpu/loadNode.ts");

interface Renderer {
  readonly paths: readonly string[];
  render(path: string): Promise<RenderedPage | undefined>;
}

/** Renders pages with the modules that this Vite server loads, so that a changed chapter is seen at once. */
export async function rendererOf(server: ViteDevServer, site: Site): Promise<Renderer> {
  const { pagePaths, renderPage } = (await server.ssrLoadModule("/src/app/renderPage.tsx")) as PageModule;
  const cached = postersOf(server);
  const posterOf: PosterMaker = async (figure) => {
    const missing = figure.widget.uses.find((pack) => !existsSync(join(root, "public", pack)));
    if (missing === undefined) return cached(figure);
    const sentence = `${figure.widget.id} is left out: public/${missing} has not been built`;
    if (process.env.CI === "true") throw new Error(sentence);
    server.config.logger.warnOnce(sentence);
    return null;
  };
  return { paths: await pagePaths(), render: (path) => renderPage(path, site, posterOf, sourceOf) };
}

/** One cache a server: reading every source for its key takes longer than a page does. A changed source makes another. */
const caches = new WeakMap<ViteDevServer, Draw>();
function postersOf(server: ViteDevServer): Draw {
  const known = caches.get(server);
  if (known) return known;
  const made = posterCache((figure) => drawPosters(server, figure));
  caches.set(server, made);
  server.watcher.on("all", (_event, file) => {
    if (isPosterSource(file)) caches.delete(server);
  });
  return made;
}

/** Code is shown as it stands in the file of the engine. */
function sourceOf(file: string, name: string): string {
  if (!/^engine\/[\w/]+\.ts$/.test(file)) throw new Error(`Source: code comes from a file of the engine, got ${file}`);
  return extractExport(readFileSync(join(root, file), "utf8"), name, file);
}

async function drawPosters(server: ViteDevServer, { id, widget, params }: FigureRequest): Promise<Posters> {
  const { renderPosters } = (await server.ssrLoadModule("/src/widget/poster.ts")) as PosterModule;
  const opened: Backend[] = [];
  const backend = async (): Promise<Backend> => {
    const { createCpuBackend } = (await server.ssrLoadModule("/engine/backends/cpu/cpuBackend.ts")) as CpuModule;
    const { loadWasm } = (await server.ssrLoadModule("/engine/backends/cpu/loadNode.ts")) as WasmModule;
    const made = await createCpuBackend({ wasm: await loadWasm() });
    opened.push(made);
    return made;
  };
  try {
    const { wide, narrow } = await renderPosters(widget, params, { id, backend, getArtefact });
    return { wide: { ...wide, svg: withShortPaths(wide.svg) }, narrow: { ...narrow, svg: withShortPaths(narrow.svg) } };
  } finally {
    for (const made of opened) made.close();
  }
}

/** The bytes of a pack as the site will serve it. */
async function getArtefact(name: string): Promise<Uint8Array> {
  const path = join(root, "public", name);
  if (!existsSync(path)) throw new Error(`posters: ${name} is not in public/`);
  return new Uint8Array(await readFile(path));
}

/** A Vite server without a port that only loads modules: chapters run in Node while the book is built. */
export function moduleServer(base: string): Promise<ViteDevServer> {
  return createServer({
    configFile: false,
    root,
    base,
    appType: "custom",
    logLevel: "warn",
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
}
