import { type Opened, openDatabase, type SetAside } from "./database.ts";
import { examine, type Item, merged, sealed } from "./item.ts";

/** Why something is not saved, in the words of the notice. */
export const troubles = {
  shut: "this browser keeps nothing for this site",
  full: "the space that this browser gives to the site is full",
  slow: "this browser’s storage does not answer",
  newer: "a newer edition of this book has written it; reload the page to go on with that one",
  failed: "this browser’s storage failed",
} as const;
export type Trouble = keyof typeof troubles;

/** Everything there is, sound or not: what an export holds. */
export interface Everything {
  readonly items: ReadonlyMap<string, unknown>;
  readonly files: ReadonlyMap<string, Blob>;
  readonly setAside: readonly SetAside[];
}

export type Files = ReadonlyMap<string, Blob>;
const noFiles: Files = new Map();

export interface Keeper {
  /** A sound item; null where there is none. What is found broken is set aside first. */
  get(key: string): Promise<Item | null>;
  /** The sound items whose keys begin so. */
  list(prefix: string): Promise<Item[]>;
  /** Reads, changes and writes an item in one transaction. False when that failed: it then lives as long as the page, and `trouble` says so. */
  update<V>(key: string, change: (old: V | null) => V, files?: Files): Promise<boolean>;
  /** Takes in an item of another device or time: merged with the one that is here. */
  merge(item: Item, files?: Files): Promise<boolean>;
  setAside(key: string, found: unknown, files?: Files): Promise<boolean>;
  remove(key: string): Promise<boolean>;
  file(key: string, name: string): Promise<Blob | null>;
  /** Takes everything away, also what was set aside; not what a newer edition wrote into a database of its own form. */
  clear(): Promise<boolean>;
  everything(): Promise<Everything>;
  /** Calls back with the trouble that there is now, and whenever that changes; null when everything is saved. */
  onTrouble(listener: (trouble: Trouble | null) => void): void;
  /** Calls back when an item changed, in this tab or another. Returns what ends that. */
  onChange(listener: (key: string) => void): () => void;
  close(): Promise<void>;
}

interface Options {
  readonly open?: typeof openDatabase;
  /** Milliseconds after which a write that has not come to its end is called not saved. */
  readonly patience?: number;
}

/** A write that must not be tried again. */
class Refused extends Error {}

/**
 * Keeps items in IndexedDB. Every write is one transaction that reads the item first, so that two tabs on the same item both count.
 * Until it is done the item is held in memory, and stays there if it fails: nothing is lost while the page is open, and the next
 * write tries again.
 */
export function createKeeper({ open = openDatabase, patience = 900 }: Options = {}): Keeper {
  let opening: Promise<Opened> | null = null;
  /** Not in the database yet: by key, with what has to be written. */
  const held = new Map<string, { readonly item: Item; readonly files: Files }>();
  const known = new Map<string, Item>();
  const troubled = new Set<(trouble: Trouble | null) => void>();
  const changed = new Set<(key: string) => void>();
  let trouble: Trouble | null = null;
  const channel = attempt(() => new BroadcastChannel("glassbox-kept"));
  if (channel) channel.onmessage = ({ data }: MessageEvent<unknown>) => { if (typeof data === "string") tell(data); };

  const tell = (key: string): void => {
    known.delete(key);
    for (const listener of changed) listener(key);
  };
  const report = (now: Trouble | null): void => {
    if (now === trouble) return;
    trouble = now;
    for (const listener of troubled) listener(now);
  };
  const opened = (): Promise<Opened> => {
    if (opening) return opening;
    const mine = open(() => { if (opening === mine) opening = null; });
    opening = mine;
    mine.catch(() => { if (opening === mine) opening = null; });
    return mine;
  };

  /** One transaction: the item as it is, what becomes of it, its files, and what was broken set aside. */
  const write = async (key: string, change: (old: Item | null) => Item | null, files: Files, tried = false): Promise<void> => {
    const { db, readOnly } = await opened();
    if (readOnly) throw new Refused("newer");
    let transaction;
    try {
      transaction = db.transaction(["items", "files", "setAside"], "readwrite");
    } catch (error) {
      // The connection was closed between two writes: once more, with a new one.
      if (tried || !(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
      opening = null;
      return write(key, change, files, true);
    }
    // Whoever waits for `done` hears of an abort; nobody else needs to.
    transaction.done.catch(() => undefined);
    try {
      const items = transaction.objectStore("items"), stored = transaction.objectStore("files");
      const found = await items.get(key);
      const seen = found === undefined ? null : examine(found);
      if (seen?.is === "newer") throw new Refused("newer");
      if (seen?.is === "broken") await transaction.objectStore("setAside").add({ key, found, at: Date.now() });
      const next = change(seen?.is === "sound" ? seen.item : null);
      if (next) {
        await items.put(next, key);
        for (const [name, file] of files) await stored.put(file, `${key}/${name}`);
      } else {
        await items.delete(key);
        await stored.delete(IDBKeyRange.bound(`${key}/`, `${key}/\uffff`));
      }
      await transaction.done;
      if (next) known.set(key, next);
      else known.delete(key);
    } catch (error) {
      attempt(() => transaction.abort());
      throw error;
    }
  };

  /** Writes, and says within `patience` if that does not come to its end. */
  const attemptWrite = async (key: string, change: (old: Item | null) => Item | null, files: Files): Promise<boolean> => {
    const late = setTimeout(() => report("slow"), patience);
    try {
      await write(key, change, files);
      return true;
    } catch (error) {
      report(reasonOf(error));
      return false;
    } finally {
      clearTimeout(late);
    }
  };

  const put = async (draft: Item, change: (old: Item | null) => Item, files: Files): Promise<boolean> => {
    const { key } = draft;
    const mine = { item: draft, files: new Map([...(held.get(key)?.files ?? []), ...files]) };
    const before = held.get(key);
    held.set(key, mine);
    // What an earlier failure left in memory counts as well.
    const saved = await attemptWrite(key, (old) => change(before ? joined(old, before.item) : old), mine.files);
    if (saved && held.get(key) === mine) held.delete(key);
    announce(key);
    if (saved) await retry();
    return saved;
  };
  /** One write went through: those that did not are tried again. */
  const retry = async (): Promise<void> => {
    for (const [key, mine] of held) {
      if (!(await attemptWrite(key, (old) => joined(old, mine.item), mine.files))) return;
      if (held.get(key) === mine) held.delete(key);
    }
    if (held.size === 0) report(null);
  };
  const announce = (key: string): void => {
    attempt(() => channel?.postMessage(key));
    for (const listener of changed) listener(key);
  };

  const setAside = (key: string, found: unknown, files?: Files): Promise<boolean> =>
    opened().then(({ db }) => db.add("setAside", { key, found, at: Date.now(), ...(files && { files }) })).then(() => true, () => false);

  const get = async (key: string): Promise<Item | null> => {
    const mine = held.get(key);
    if (mine) return mine.item;
    const found = await opened().then(({ db }) => db.get("items", key)).catch(() => undefined);
    return found === undefined ? null : sound(key, found);
  };
  /** A sound item; a broken one is moved aside in a transaction of its own. */
  const sound = async (key: string, found: unknown): Promise<Item | null> => {
    const seen = examine(found);
    if (seen.is === "sound" && seen.item.key === key) {
      known.set(key, seen.item);
      return seen.item;
    }
    if (seen.is !== "newer") {
      await opened().then(async ({ db, readOnly }) => {
        if (readOnly) return;
        const transaction = db.transaction(["items", "setAside"], "readwrite");
        const now = await transaction.objectStore("items").get(key);
        if (now !== undefined && examine(now).is === "broken") {
          await transaction.objectStore("setAside").add({ key, found: now, at: Date.now() });
          await transaction.objectStore("items").delete(key);
        }
        await transaction.done;
      }).catch(() => undefined);
    }
    return null;
  };

  return {
    get, setAside,
    async list(prefix) {
      const range = IDBKeyRangeOrNull(prefix);
      const found = new Map<string, unknown>();
      await opened().then(async ({ db }) => {
        const store = db.transaction("items").store;
        const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
        keys.forEach((key, i) => found.set(key, values[i]));
      }).catch(() => undefined);
      for (const [key] of held) if (key.startsWith(prefix)) found.set(key, null);
      const all = await Promise.all([...found].map(([key, value]) => held.get(key)?.item ?? sound(key, value)));
      return all.filter((item) => item !== null);
    },
    async update<V>(key: string, change: (old: V | null) => V, files = noFiles) {
      const after = (old: Item | null): Item => sealed(key, change((old?.value as V | undefined) ?? null), (old?.revision ?? 0) + 1);
      return put(after(held.get(key)?.item ?? known.get(key) ?? null), after, files);
    },
    merge: async (item, files = noFiles) => put(item, (old) => joined(old, item), files),
    async remove(key) {
      held.delete(key);
      const done = await attemptWrite(key, () => null, noFiles);
      announce(key);
      if (done) await retry();
      return done;
    },
    async file(key, name) {
      const mine = held.get(key)?.files.get(name);
      return mine ?? (await opened().then(({ db }) => db.get("files", `${key}/${name}`)).catch(() => undefined)) ?? null;
    },
    async clear() {
      held.clear();
      known.clear();
      return opened().then(async ({ db, readOnly }) => {
        if (readOnly) return false;
        const transaction = db.transaction(["items", "files", "setAside"], "readwrite");
        await Promise.all([...transaction.objectStoreNames].map((name) => transaction.objectStore(name).clear()));
        await transaction.done;
        return true;
      }).catch(() => false);
    },
    async everything() {
      const items = new Map<string, unknown>(), files = new Map<string, Blob>();
      let aside: SetAside[] = [];
      // A browser that does not answer must not keep the reader from what is in memory.
      await Promise.race([wait(patience), opened().then(async ({ db }) => {
        const transaction = db.transaction(["items", "files", "setAside"]);
        for await (const cursor of transaction.objectStore("items")) items.set(cursor.key, cursor.value);
        for await (const cursor of transaction.objectStore("files")) files.set(cursor.key, cursor.value);
        aside = await transaction.objectStore("setAside").getAll();
      }).catch(() => undefined)]);
      for (const [key, mine] of held) {
        const seen = items.has(key) ? examine(items.get(key)) : null;
        // What a newer edition wrote is not replaced, here neither.
        if (seen?.is !== "newer") items.set(key, seen?.is === "sound" ? joined(seen.item, mine.item) : mine.item);
        for (const [name, file] of mine.files) files.set(`${key}/${name}`, file);
      }
      return { items, files, setAside: aside };
    },
    onTrouble(listener) {
      troubled.add(listener);
      if (trouble !== null) listener(trouble);
    },
    onChange(listener) {
      changed.add(listener);
      return () => void changed.delete(listener);
    },
    async close() {
      channel?.close();
      if (opening) (await opening.catch(() => null))?.db.close();
    },
  };
}

/** The item that two of the same key come to. */
function joined(mine: Item | null, theirs: Item): Item {
  if (!mine) return theirs;
  const value = merged(theirs.key, mine, theirs);
  if (JSON.stringify(value) === JSON.stringify(mine.value)) return mine;
  return sealed(theirs.key, value, Math.max(mine.revision, theirs.revision) + 1);
}

function reasonOf(error: unknown): Trouble {
  if (error instanceof Refused) return "newer";
  if (error instanceof DOMException && error.name === "QuotaExceededError") return "full";
  if (error instanceof DOMException && /Security|InvalidState|NotFound|Unknown/.test(error.name)) return "shut";
  return error instanceof ReferenceError || error instanceof TypeError ? "shut" : "failed";
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
const IDBKeyRangeOrNull = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

function attempt<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}

let one: Keeper | null = null;
/** The keeper of this page. */
export const keeper = (): Keeper => (one ??= createKeeper());
