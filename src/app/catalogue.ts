import type { Chapter } from "../prose/chapter.ts";
import { outline } from "./outline.ts";

/** A folder of `chapters/`: `13-attention` has number 13 and slug `attention`; `home`, without a number, is the first page. */
export interface Entry {
  readonly number: number | null;
  readonly slug: string;
  readonly load: () => Promise<Chapter>;
}

const folders = import.meta.glob<{ default: Chapter }>("../../chapters/*/index.tsx");

/** Every written chapter in the order of the book. This file alone knows that chapters exist. */
export const entries: readonly Entry[] = Object.entries(folders)
  .map(([file, load]): Entry => {
    const folder = file.split("/").at(-2) ?? "";
    const [, number, slug = folder] = /^(\d+)-(.+)$/.exec(folder) ?? [];
    return { number: number === undefined ? null : Number(number), slug, load: async () => (await load()).default };
  })
  .sort((a, b) => (a.number ?? 0) - (b.number ?? 0));

/** The written chapters, without the first page. */
export const chapters = entries.filter(({ slug }) => slug !== "home");

export const pathOf = (slug: string): string => (slug === "home" ? "/" : `/${slug}/`);

/** The path of a chapter; null while it is only planned. Throws: for a slug that is neither. */
export function addressOf(slug: string): string | null {
  if (entries.some((entry) => entry.slug === slug)) return pathOf(slug);
  if (outline.some((part) => part.chapters.some(([, planned]) => planned === slug))) return null;
  throw new RangeError(`addressOf: there is no chapter "${slug}", and none is planned`);
}
