import { isSound, migrate, type Progress, sealed } from "./item.ts";
import type { Keeper } from "./keeper.ts";

/** Form 0: the first editions kept a chapter as JSON in localStorage. `glassbox-theme` is still there, for it is read before the first paint. */
const CHAPTER = "glassbox:chapter:";
const ASIDE = "glassbox:set-aside:";
const PATH = "glassbox:path";

/**
 * Moves what earlier editions kept in localStorage into the keeper, an item at a time. An entry is taken away there only once it is
 * saved here; a page of an old edition may go on writing some, and the next visit takes these over too. What cannot be read is set
 * aside, what a newer edition wrote is left alone.
 */
export async function takeOver(keep: Keeper, old: () => Storage | null): Promise<void> {
  const store = attempt(old) ?? null;
  const keys = attempt(() => Array.from({ length: store?.length ?? 0 }, (_, i) => store!.key(i))) ?? [];
  for (const name of keys) {
    if (name === null) continue;
    const text = attempt(() => store!.getItem(name)) ?? null;
    if (text === null || !(await moved(keep, name, text))) continue;
    // Not what another tab has written meanwhile.
    attempt(() => { if (store!.getItem(name) === text) store!.removeItem(name); });
  }
}

/** Whether an entry is safe in the keeper. */
async function moved(keep: Keeper, name: string, text: string): Promise<boolean> {
  if (name.startsWith(ASIDE)) return keep.setAside(`chapter/${name.slice(ASIDE.length)}`, text);
  if (name === PATH) return keep.update<string>("path", (here) => here ?? text);
  if (!name.startsWith(CHAPTER)) return false;
  const key = `chapter/${name.slice(CHAPTER.length)}`;
  const value: unknown = attempt(() => JSON.parse(text) as unknown);
  const version: unknown = typeof value === "object" && value !== null ? (value as { version?: unknown }).version : null;
  if (typeof version === "number" && version > 1) return false;
  const today = migrate(key, value, 0);
  if (today === undefined || !isSound(key, today)) return keep.setAside(key, text);
  return keep.merge(sealed<Progress>(key, today as Progress, 0));
}

function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}
