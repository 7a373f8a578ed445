import { renderToStaticMarkup } from "react-dom/server";
import type { Chapter } from "../prose/chapter.ts";
import { newPage, PageContext } from "../prose/page.ts";
import { addressOf, entries, type Entry, pathOf } from "./catalogue.ts";
import { type Surveyed, surveyed } from "./surveyed.ts";

/** Reads the text of an export of the engine, for `Source`. */
export type SourceReader = (file: string, name: string) => string;

export const isHome = ({ slug }: Entry): boolean => slug === "home";

/** Looks at every chapter once. The development server loads this module anew when a chapter changes, and looks at that one again. */
const surveys = new Map<string, Promise<Surveyed[]>>();
export function surveyBook(base: string, sourceOf: SourceReader): Promise<Surveyed[]> {
  const known = surveys.get(base);
  if (known) return known;
  const made = Promise.all(entries.map((entry) => surveyChapter(entry, base, sourceOf)));
  surveys.set(base, made);
  return made;
}

async function surveyChapter(entry: Entry, base: string, sourceOf: SourceReader): Promise<Surveyed> {
  const chapter = await entry.load();
  const known = surveyed.get(chapter);
  if (known && (await known).page.base === base) return known;
  const made = lookAt(entry, chapter, base, sourceOf);
  surveyed.set(chapter, made);
  return made;
}

async function lookAt(entry: Entry, { title, question, summary, worked, Body }: Chapter, base: string, sourceOf: SourceReader): Promise<Surveyed> {
  const page = newPage(base, (slug) => fullAddress(base, slug), null, new Map(), isHome(entry) ? null : { number: entry.number, title }, sourceOf);
  const html = renderToStaticMarkup(<PageContext value={page}><Body worked={await worked?.()} /></PageContext>);
  const questions = new Set([...html.matchAll(/ data-answer="([^"]+)"/g)].map(([, id]) => id)).size;
  page.minutes = minutesFor(html, page.figures.size, questions);
  return { head: { number: entry.number, slug: entry.slug, path: pathOf(entry.slug), title, question, summary, minutes: page.minutes, questions }, page };
}

/** 180 words a minute, three minutes a figure, half a minute a question, a quarter for each displayed formula; in fives. */
function minutesFor(html: string, figures: number, questions: number): number {
  const formulas = html.match(/class="display-math"/g)?.length ?? 0;
  const words = html.replace(/<(math|svg)[^]*?<\/\1>/g, " ").replace(/<[^>]*>/g, " ").split(/\s+/).length;
  return Math.max(5, 5 * Math.round((words / 180 + 3 * figures + questions / 2 + formulas / 4) / 5));
}

function fullAddress(base: string, slug: string): string | null {
  const path = addressOf(slug);
  return path === null ? null : base + path.slice(1);
}
