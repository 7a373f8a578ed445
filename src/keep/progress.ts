import type { Item, Progress } from "./item.ts";
import { type Keeper, keeper } from "./keeper.ts";
import { takeOver } from "./localStorageForm.ts";

export type { Progress } from "./item.ts";

const nothing: Progress = { at: null, finished: false, answered: [] };

/** What the reader did: a chapter an item, and the reading path. */
export interface ReadersProgress {
  /** What is kept of a chapter; null when it was never opened, or by a newer edition of this book. */
  of(chapter: string): Promise<Progress | null>;
  /** Adds to what is kept of a chapter. False when it could not be saved. */
  add(chapter: string, change: Partial<Progress>): Promise<boolean>;
  path(): Promise<string | null>;
  /** Follows a reading path from now on, or none. */
  choosePath(id: string | null): Promise<boolean>;
  /** Forgets every chapter and the path; models and tokenizers stay. */
  forget(): Promise<void>;
}

/** Progress in the keeper; what earlier editions kept in localStorage is taken over first. */
export function createProgress(keep: Keeper, old: () => Storage | null): ReadersProgress {
  let taken: Promise<void> | null = null;
  const ready = (): Promise<void> => (taken ??= takeOver(keep, old));
  const all = async (): Promise<Item[]> => [...(await keep.list("chapter/")), ...(await keep.list("path"))];
  return {
    async of(chapter) {
      await ready();
      return ((await keep.get(`chapter/${chapter}`))?.value as Progress | undefined) ?? null;
    },
    async add(chapter, change) {
      await ready();
      return keep.update<Progress>(`chapter/${chapter}`, (before) => {
        const was = before ?? nothing;
        const answered = [...new Set([...was.answered, ...(change.answered ?? [])])];
        return { ...was, ...change, finished: was.finished || change.finished === true, answered };
      });
    },
    async path() {
      await ready();
      return ((await keep.get("path"))?.value as string | undefined) ?? null;
    },
    async choosePath(id) {
      await ready();
      return id === null ? keep.remove("path") : keep.update<string>("path", () => id);
    },
    async forget() {
      await ready();
      for (const { key } of await all()) await keep.remove(key);
    },
  };
}

/** The browser's old store. The very mention of it throws where it is forbidden. */
export function oldStore(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

let one: ReadersProgress | null = null;
/** The progress of this page's reader. */
export const progress = (): ReadersProgress => (one ??= createProgress(keeper(), oldStore));
