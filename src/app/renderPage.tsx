import { renderToStaticMarkup } from "react-dom/server";
import type { PosterMaker, Posters } from "../prose/page.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { packAddresses } from "../widget/packSizes.ts";
import { widgets } from "../widgets/index.ts";
import { entries, pathOf } from "./catalogue.ts";
import { chapterPage, gatheredPage, gatheredPaths, type ProsePage } from "./chapterPages.tsx";
import { EmbedPage } from "./EmbedPage.tsx";
import { ForYourSite } from "./ForYourSite.tsx";
import { Frame } from "./Frame.tsx";
import { Gallery } from "./Gallery.tsx";
import { type DocumentParts } from "./htmlDocument.ts";
import { NotFound } from "./NotFound.tsx";
import { embedManifest, oembed } from "./oembed.ts";
import { ownFigures, ownFiguresFile } from "./ownFigures.ts";
import type { Site } from "./site.ts";
import { type SourceReader, surveyBook } from "./survey.tsx";
import { type Use, usesOfWidgets } from "./usage.ts";

/** Everything of a page but the files of the bundle, which are known only when the bundle is made. */
export interface RenderedPage extends DocumentParts {
  readonly file: string;
  /** In the site map. */
  readonly listed: boolean;
  readonly script: "page" | "embed";
  /** The widget of the first figure: its code is fetched together with the page. */
  readonly widget: string | null;
  /** What the first figure computes and reads, by task and addresses, as soon as the page is open; null where it waits for a press. */
  readonly starts: { readonly task: string; readonly packs: readonly string[] } | null;
  /** The drawing that stands for the figure of an embed where nothing can run: it becomes pictures beside the page. */
  readonly poster?: string;
  /** Files beside the page, by their address from the root: what they hold. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The paths of every page of the site. Widgets have one for each of their former ids, too. */
export async function pagePaths(): Promise<string[]> {
  const all = await Promise.all(Object.values(widgets).map((load) => load()));
  return [
    ...entries.map(({ slug }) => pathOf(slug)),
    ...gatheredPaths,
    "/widgets/",
    "/for-your-site/",
    ...all.flatMap(({ id, aliases }) => [id, ...aliases]).map((name) => `/embed/${name}/`),
    "/404.html",
  ];
}

/** Renders one page; the same for the build and for the development server. Undefined: there is no such page. */
export async function renderPage(path: string, site: Site, posterOf: PosterMaker, sourceOf: SourceReader = () => ""): Promise<RenderedPage | undefined> {
  const { base } = site;
  const entry = entries.find(({ slug }) => pathOf(slug) === path);
  if (entry) return prosePage(await chapterPage(entry, base, posterOf, sourceOf));
  const gathered = await gatheredPage(path, base, sourceOf);
  if (gathered) return prosePage(gathered);
  if (path === "/widgets/") return galleryPage(site, posterOf, sourceOf);
  if (path === "/for-your-site/") {
    const summary = "How to put a live figure of Glassbox into your own page, course, slides or notebook.";
    const html = renderToStaticMarkup(<Frame base={base} here="For your site"><ForYourSite site={site} example={await exampleWidget()} /></Frame>);
    return pageParts(path, "For your site", summary, "plain", html);
  }
  if (path === "/404.html") {
    const title = "This page does not exist";
    const html = renderToStaticMarkup(<Frame base={base}><NotFound base={base} /></Frame>);
    return { ...pageParts(path, title, title, "plain", html), indexed: false, listed: false };
  }
  const name = /^\/embed\/([a-z0-9-]+)\/$/.exec(path)?.[1];
  const widget = name === undefined ? undefined : await widgetNamed(name);
  return widget && embedPage(path, widget, site, posterOf, sourceOf);
}

function prosePage({ path, title, summary, kind, html, widget, preview }: ProsePage): RenderedPage {
  const starts = widget?.start === "auto" ? { task: widget.task.name, packs: packAddresses(widget.uses) } : null;
  return { ...pageParts(path, title, summary, kind, html), widget: widget?.id ?? null, starts, ...(preview ? { preview } : {}) };
}

async function galleryPage(site: Site, posterOf: PosterMaker, sourceOf: SourceReader): Promise<RenderedPage> {
  const all = await Promise.all(Object.values(widgets).map((load) => load()));
  const uses = usesOfWidgets(await surveyBook(site.base, sourceOf));
  const shown: { widget: Widget; poster: Posters; uses: readonly Use[] }[] = [];
  for (const widget of all) {
    const poster = await posterOf({ id: `poster-${widget.id}`, widget, params: {} });
    if (poster) shown.push({ widget, poster, uses: uses.get(widget.id) ?? [] });
  }
  const summary = "Every live figure of the book, each on a page of its own and ready to be embedded.";
  const html = renderToStaticMarkup(<Frame base={site.base} here="Figures"><Gallery site={site} shown={shown} /></Frame>);
  return { ...pageParts("/widgets/", "Figures", summary, "plain", html), files: { "embed/manifest.json": embedManifest(shown.map(({ widget }) => widget)), [ownFiguresFile]: JSON.stringify(ownFigures(shown)) } };
}

/** One that needs no pack and can be asked a task. */
async function exampleWidget(): Promise<Widget> {
  const all = await Promise.all(Object.values(widgets).map((load) => load()));
  return all.find(({ uses, goals }) => uses.length === 0 && Object.keys(goals).length > 0) ?? all[0]!;
}

/** The widget that has this id, or had it. */
async function widgetNamed(name: string): Promise<Widget | undefined> {
  if (Object.hasOwn(widgets, name)) return widgets[name]!();
  const all = await Promise.all(Object.values(widgets).map((load) => load()));
  return all.find(({ aliases }) => aliases.includes(name));
}

async function embedPage(path: string, widget: Widget, site: Site, posterOf: PosterMaker, sourceOf: SourceReader): Promise<RenderedPage | undefined> {
  const poster = await posterOf({ id: widget.id, widget, params: {} });
  if (!poster) return undefined;
  const use = usesOfWidgets(await surveyBook(site.base, sourceOf)).get(widget.id)?.[0];
  const html = renderToStaticMarkup(<EmbedPage base={site.base} widget={widget} poster={poster} use={use} />);
  const parts = pageParts(path, widget.title, `${widget.title}: a live figure of Glassbox.`, "embed", html);
  const { svg, sentence, table } = poster.wide;
  const data = JSON.stringify({ title: widget.title, licence: "CC BY 4.0", sentence, ...table });
  const files = { [`${path.slice(1)}oembed.json`]: oembed(site, widget), [`${path.slice(1)}data.json`]: `${data}\n` };
  const question = use ? `A live figure of the chapter “${use.title}”.` : "A live figure.";
  return {
    ...parts, indexed: false, listed: false, script: "embed", widget: widget.id, oembed: widget.title, files, poster: svg,
    preview: { number: null, title: widget.title, question, svg }, ...(use && { canonical: `${use.path}#${use.figure}` }),
  };
}

function pageParts(path: string, title: string, description: string, kind: string, body: string): RenderedPage {
  const file = path.endsWith("/") ? `${path.slice(1)}index.html` : path.slice(1);
  return { path, title, description, kind, body, file, listed: true, script: "page", widget: null, starts: null };
}
