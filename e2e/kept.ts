import type { Page } from "@playwright/test";

/** An item as the page's browser keeps it; undefined where there is none. */
export function keptItem(page: Page, key: string): Promise<unknown> {
  return page.evaluate((asked) => new Promise<unknown>((resolve, reject) => {
    const opening = indexedDB.open("glassbox");
    // A database that is not there must not come to be by being looked for.
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => resolve(undefined);
    opening.onsuccess = () => {
      const getting = opening.result.transaction("items").objectStore("items").get(asked);
      getting.onerror = () => reject(new Error(String(getting.error)));
      getting.onsuccess = () => {
        opening.result.close();
        resolve(getting.result);
      };
    };
  }), key);
}

/** Puts anything at all where an item of the reader's lies. The page has to have kept something before. */
export function plant(page: Page, key: string, value: unknown): Promise<void> {
  return page.evaluate(([at, what]) => new Promise<void>((resolve, reject) => {
    const opening = indexedDB.open("glassbox");
    opening.onerror = () => reject(new Error(String(opening.error)));
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("items", "readwrite");
      transaction.objectStore("items").put(what, at);
      transaction.oncomplete = () => {
        opening.result.close();
        resolve();
      };
    };
  }), [key, value] as const);
}
