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
