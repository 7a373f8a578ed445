/**
 * The service worker, written when everything else is: it keeps every page, script, font and the default model of one edition, and
 * answers from them, so that a chapter never opened before opens and trains on a train. A new edition waits until the reader asks.
 */
export function serviceWorker(base: string, files: readonly string[], edition: string): string {
  return `const edition = ${JSON.stringify(`glassbox-${edition}`)}, files = ${JSON.stringify(files)};
const kept = { ignoreVary: true };
addEventListener("install", (event) => event.waitUntil(caches.open(edition).then((cache) => cache.addAll(files.map((file) => new Request(${JSON.stringify(base)} + file, { cache: "no-cache" }))))));
addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("glassbox-") && name !== edition).map((name) => caches.delete(name)))).then(() => clients.claim())));
addEventListener("message", ({ data }) => { if (data === "take over") skipWaiting(); });
async function answer(request) {
  const page = request.mode === "navigate" || request.destination === "iframe";
  const cache = await caches.open(edition);
  const found = await cache.match(request, { ...kept, ignoreSearch: page });
  if (found) return found;
  return fetch(request).catch(async (error) => { const lost = page && (await cache.match(${JSON.stringify(`${base}404.html`)}, kept)); if (lost) return lost; throw error; });
}
addEventListener("fetch", (event) => { if (event.request.method === "GET" && new URL(event.request.url).origin === location.origin && !event.request.headers.has("range")) event.respondWith(answer(event.request)); });
`;
}
