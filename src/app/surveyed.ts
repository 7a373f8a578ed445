import type { Chapter } from "../prose/chapter.ts";
import type { Surveyed } from "./survey.tsx";

/**
 * What was found in a chapter, by the chapter itself. It stands apart from the modules that know chapters: the development server loads
 * those anew at each change, and what did not change is not looked at again.
 */
export const surveyed = new WeakMap<Chapter, Promise<Surveyed>>();
