import type { Chapter } from "../prose/chapter.ts";
import type { PageRecord } from "../prose/page.ts";
import type { ChapterHead } from "./ChapterPage.tsx";

/** What a first look at a chapter finds, before any figure is computed: the book knows from it what is where. */
export interface Surveyed {
  readonly head: ChapterHead;
  readonly page: PageRecord;
}

/**
 * What was found in a chapter, by the chapter itself. It stands apart from the modules that know chapters: the development server loads
 * those anew at each change, and what did not change is not looked at again.
 */
export const surveyed = new WeakMap<Chapter, Promise<Surveyed>>();
