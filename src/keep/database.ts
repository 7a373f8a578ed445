import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** What is stored, and where. Keys stand beside the values, so that anything at all can be found under one. */
interface Stores extends DBSchema {
  items: { key: string; value: unknown };
  /** Weights and tables, by `<key of the item>/<file>`. */
  files: { key: string; value: Blob };
  /** What could not be read, as it was found: never used, always exported. */
  setAside: { key: number; value: SetAside };
}

export interface SetAside {
  readonly key: string;
  readonly found: unknown;
  /** Where its bytes were what was broken. */
  readonly files?: ReadonlyMap<string, Blob>;
  readonly at: number;
}

export type Database = IDBPDatabase<Stores>;

export interface Opened {
  readonly db: Database;
  /** A newer edition has changed the database: it may be read and exported, not written. */
  readonly readOnly: boolean;
}

export const DATABASE = "glassbox";
/** Raised only when stores are added; the form of an item has a number of its own (item.ts). */
const VERSION = 1;

/**
 * Opens the database of this site. `lost` is called when the connection had to be given up: a newer edition in another tab wants to
 * change the database, or the browser closed it.
 * Throws: what the browser throws where it keeps nothing. Waits for as long as another tab blocks it.
 */
export async function openDatabase(lost: () => void): Promise<Opened> {
  const callbacks = {
    blocking: (_now: number, _next: number | null, event: IDBVersionChangeEvent) => {
      (event.target as IDBDatabase).close();
      lost();
    },
    terminated: lost,
  };
  try {
    const db = await openDB<Stores>(DATABASE, VERSION, {
      upgrade(fresh) {
        fresh.createObjectStore("items");
        fresh.createObjectStore("files");
        fresh.createObjectStore("setAside", { autoIncrement: true });
      },
      ...callbacks,
    });
    return { db, readOnly: false };
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "VersionError") throw error;
    return { db: await openDB<Stores>(DATABASE, undefined, callbacks), readOnly: true };
  }
}
