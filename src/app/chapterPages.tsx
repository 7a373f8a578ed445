import type { ReactElement, ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { newPage, PageContext, type PageRecord, type PosterMaker, type Posters } from "../prose/page.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { BibliographyPage } from "./BibliographyPage.tsx";
import { ChapterMap } from "./build/ChapterMap.tsx";
import { type Entry, pathOf } from "./catalogue.ts";
import { ChapterPage } from "./ChapterPage.tsx";
import { BookContents } from "./Contents.tsx";
import { Frame } from "./Frame.tsx";
import { GlossaryPage } from "./GlossaryPage.tsx";
import { HomePage } from "./HomePage.tsx";
import { Paths } from "./Paths.tsx";
import { isHome, type SourceReader, surveyBook } from "./survey.tsx";

/** What a page of prose is made of, before it is put into a document. */
export interface ProsePage {
  readonly path: string;
  readonly title: string;
  readonly summary: string;
  readonly kind: string;
  readonly html: string;
  /** The widget of the first figure. */
  readonly widget: Widget | null;
  readonly preview: { readonly number: number | null; readonly title: string; readonly question: string; readonly svg: string | null } | null;
}

/** A chapter, or the first page. */
export async function chapterPage(entry: Entry, base: string, posterOf: PosterMaker, sourceOf: SourceReader): Promise<ProsePage> {
  const { title, question, summary, worked, Body } = await entry.load();
  const book = await surveyBook(base, sourceOf);
  const { head, page } = book.find((one) => one.head.slug === entry.slug)!;
  const heads = book.map((one) => one.head).filter(({ slug }) => slug !== "home");
  const body = <Body worked={await worked?.()} />;
  const home = isHome(entry);
  const paths = <Paths base={base} chapters={heads} />;
  const contents = <BookContents base={base} chapters={heads} map={<ChapterMap base={base} chapters={heads} />} />;
  const inside = home
    ? <HomePage title={title} question={question} paths={paths} contents={contents}>{body}</HomePage>
    : <ChapterPage head={head} chapters={heads}>{body}</ChapterPage>;
  const rendered = await renderWith(page, posterOf, <Frame base={base} {...(home ? {} : { here: title })}>{inside}</Frame>);
  const preview = { number: entry.number, title, question, svg: rendered.poster?.wide.svg ?? null };
  return { path: pathOf(entry.slug), title, summary, kind: home ? "home" : "reading", html: rendered.html, widget: rendered.widget, preview };
}

const gathered: Readonly<Record<string, { title: string; summary: string; Body: typeof GlossaryPage }>> = {
  "/glossary/": { title: "Glossary", summary: "What words mean in this book, and where it uses them.", Body: GlossaryPage },
  "/sources/": { title: "Sources", summary: "Every work that a chapter of the book cites, and where.", Body: BibliographyPage },
};
/** The pages that are made of what all chapters hold. */
export const gatheredPaths: readonly string[] = Object.keys(gathered);

export async function gatheredPage(path: string, base: string, sourceOf: SourceReader): Promise<ProsePage | undefined> {
  if (!Object.hasOwn(gathered, path)) return undefined;
  const { title, summary, Body } = gathered[path]!;
  const body: ReactElement = <Frame base={base} here={title}><Body base={base} book={await surveyBook(base, sourceOf)} /></Frame>;
  return { path, title, summary, kind: "plain", html: renderToStaticMarkup(body), widget: null, preview: null };
}

/** The second pass over a page: it has the contents list, the posters of its figures, and the numbers in the text that come from them. */
async function renderWith(first: PageRecord, posterOf: PosterMaker, body: ReactNode): Promise<{ html: string; widget: Widget | null; poster: Posters | null }> {
  const posters = new Map<string, Posters>();
  for (const figure of first.figures.values()) {
    const poster = await posterOf(figure);
    if (poster) posters.set(figure.id, poster);
  }
  const page = newPage(first.base, first.address, first, posters);
  const html = renderToStaticMarkup(<PageContext value={page}>{body}</PageContext>);
  const shown = [...first.figures.values()].find(({ id }) => posters.has(id));
  return { html, widget: shown?.widget ?? null, poster: (shown && posters.get(shown.id)) ?? null };
}
