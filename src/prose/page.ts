import { createContext, useContext } from "react";
import type { AnyValues } from "../widget/params.ts";
import type { Widget } from "../widget/defineWidget.ts";
import type { Poster } from "../widget/poster.ts";
import type { CiteKey } from "./bibliography.ts";

/** A figure that a page asks for. */
export interface FigureRequest {
  readonly id: string;
  /** "13.2": the second figure of chapter 13; null on a page without a number. */
  readonly number?: string | null;
  readonly widget: Widget;
  /** Every param of the widget: its defaults and, over them, what the chapter chose. */
  readonly params: AnyValues;
}

/** A figure's first frame in both widths, computed and drawn while the book is built. */
export interface Posters {
  readonly wide: Poster;
  readonly narrow: Poster;
}

/** Computes the posters of one figure; the build caches them. Null: a pack it reads is not there, so the figure is left out. */
export type PosterMaker = (figure: FigureRequest) => Promise<Posters | null>;

/** Where a page speaks of a term or a source. */
export interface Mention {
  readonly kind: "term" | "cite";
  readonly key: string;
  readonly section: { readonly id: string; readonly title: string } | null;
}

/** The options of a quiz, for the lint that watches over all of them. */
export interface QuizShape {
  readonly right: number;
  /** Letters in each option. */
  readonly lengths: readonly number[];
}

/** Which chapter a page is; without a number its figures have none. */
export interface ChapterPlace {
  readonly number: number | null;
  readonly title: string;
}

/** Where the words `[…](chapter:slug)` lead: an address, or null for a chapter that is planned and not written yet. */
export type ChapterAddress = (slug: string) => string | null;

/**
 * What a page knows about itself while it is rendered. Components write down what they are (sections, figures, citations), in
 * document order; a page is rendered twice, and in the second pass `posters` and `earlier` hold what the first one found.
 */
export interface PageRecord {
  readonly base: string;
  readonly address: ChapterAddress;
  readonly sections: { readonly id: string; readonly title: string }[];
  readonly figures: Map<string, FigureRequest>;
  readonly cites: CiteKey[];
  readonly mentions: Mention[];
  readonly quizzes: QuizShape[];
  readonly ids: Set<string>;
  readonly posters: ReadonlyMap<string, Posters>;
  readonly earlier: PageRecord | null;
  readonly chapter: ChapterPlace | null;
  /** The text of an export of the engine; nothing where a page is only looked over. */
  readonly sourceOf: (file: string, name: string) => string;
  /** What the first pass counted: minutes to read it all. */
  minutes: number;
}

export function newPage(
  base: string, address: ChapterAddress, earlier: PageRecord | null = null, posters: ReadonlyMap<string, Posters> = new Map(),
  chapter: ChapterPlace | null = earlier?.chapter ?? null, sourceOf: PageRecord["sourceOf"] = earlier?.sourceOf ?? (() => ""),
): PageRecord {
  return {
    base, address, sections: [], figures: new Map(), cites: [], mentions: [], quizzes: [], ids: new Set(), posters, earlier, chapter, sourceOf,
    minutes: earlier?.minutes ?? 0,
  };
}

/** Notes that the section which is being written speaks of a term or cites a source. */
export function mention(page: PageRecord, kind: Mention["kind"], key: string): void {
  const section = page.sections.at(-1) ?? null;
  const known = page.mentions.some((other) => other.kind === kind && other.key === key && other.section?.id === section?.id);
  if (!known) page.mentions.push({ kind, key, section });
}

export const PageContext = createContext<PageRecord | null>(null);

/** The page that is being rendered. Throws outside one. */
export function usePage(): PageRecord {
  const page = useContext(PageContext);
  if (!page) throw new Error("usePage: prose was rendered outside a page");
  return page;
}

/** Takes an id for this page. Throws: when it is taken already, so that a duplicate fails the build. */
export function claimId(page: PageRecord, id: string): string {
  if (page.ids.has(id)) throw new Error(`claimId: "${id}" is used twice on this page`);
  page.ids.add(id);
  return id;
}

/** A numbered id, unique on the page: note-1, note-2… */
export function nextId(page: PageRecord, stem: string): { readonly id: string; readonly number: number } {
  let number = 1;
  while (page.ids.has(`${stem}-${number}`)) number++;
  return { id: claimId(page, `${stem}-${number}`), number };
}

/** "Steps that shrink" → "steps-that-shrink". */
export function slugOf(title: string): string {
  return title.normalize("NFKD").toLowerCase().replace(/['’]/g, "").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}

/** The figure with this id, as the first pass found it; undefined during the first pass. Throws: when the page has none. */
export function figureOf(page: PageRecord, id: string, who: string): FigureRequest | undefined {
  if (!page.earlier) return undefined;
  const figure = page.earlier.figures.get(id);
  if (!figure) throw new Error(`${who}: this page has no figure "${id}", it has ${[...page.earlier.figures.keys()].join(", ") || "none"}`);
  return figure;
}
