/**
 * What the reader did, kept in this browser: one item a chapter, so that two tabs on two chapters never meet, and two on one merge.
 * An item that cannot be read is set aside under another name, never thrown away; one of a newer version is left alone.
 */
const VERSION = 1;
const PREFIX = "glassbox:chapter:";
const PATH = "glassbox:path";

export interface Kept {
  readonly version: typeof VERSION;
  /** The section read last, and whether the last one was reached. */
  readonly at: string | null;
  readonly finished: boolean;
  /** Ids of questions whose answer was opened. */
  readonly answered: readonly string[];
}

const nothing: Kept = { version: VERSION, at: null, finished: false, answered: [] };
type Stored = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The browser's store, or one that lasts as long as the page where that is forbidden. */
export function storage(): Stored | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** What is kept of a chapter; null when it was never opened, or by a newer edition of this book. */
export function keptOf(slug: string, store: Stored | null = storage()): Kept | null {
  const text = attempt(() => store?.getItem(PREFIX + slug) ?? null);
  if (text === null || text === undefined) return null;
  const value = parsed(text);
  if (value === "newer") return null;
  if (value === "broken") {
    attempt(() => {
      store?.setItem(`glassbox:set-aside:${slug}`, text);
      store?.removeItem(PREFIX + slug);
    });
    return null;
  }
  return value;
}

/** Adds to what is kept of a chapter. False when it could not be saved. */
export function keep(slug: string, change: Partial<Omit<Kept, "version">>, store: Stored | null = storage()): boolean {
  if (!store) return false;
  const text = attempt(() => store.getItem(PREFIX + slug) ?? null);
  if (text !== null && text !== undefined && parsed(text) === "newer") return false;
  const before = keptOf(slug, store) ?? nothing;
  const after: Kept = {
    ...before, ...change,
    finished: before.finished || change.finished === true,
    answered: [...new Set([...before.answered, ...(change.answered ?? [])])],
  };
  return attempt(() => {
    store.setItem(PREFIX + slug, JSON.stringify(after));
    return true;
  }) ?? false;
}

/** Forgets every chapter and the path; what was set aside goes too. */
export function forgetAll(store: Storage | null = storage() as Storage | null): void {
  attempt(() => {
    for (const key of Object.keys({ ...store })) if (key.startsWith("glassbox:")) store?.removeItem(key);
  });
}

export const chosenPath = (store: Stored | null = storage()): string | null => attempt(() => store?.getItem(PATH) ?? null) ?? null;

/** Follows a reading path from now on, or none. */
export function choosePath(id: string | null, store: Stored | null = storage()): boolean {
  return attempt(() => {
    if (id === null) store?.removeItem(PATH);
    else store?.setItem(PATH, id);
    return store !== null;
  }) ?? false;
}

function parsed(text: string): Kept | "newer" | "broken" {
  const value: unknown = attempt(() => JSON.parse(text) as unknown);
  if (typeof value !== "object" || value === null) return "broken";
  const { version, at, finished, answered } = value as Record<string, unknown>;
  if (typeof version === "number" && version > VERSION) return "newer";
  const sound = version === VERSION && (at === null || typeof at === "string") && typeof finished === "boolean"
    && Array.isArray(answered) && answered.every((id) => typeof id === "string");
  return sound ? (value as Kept) : "broken";
}

/** Storage may throw at every touch: full, forbidden, gone. */
function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
