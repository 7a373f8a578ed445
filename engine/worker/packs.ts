/** Milliseconds without a byte after which a download counts as stalled. */
const STALL = 15_000;
/** No pack of this site is larger. */
const LARGEST = 1 << 30;

const packs = new Map<string, Promise<Uint8Array>>();

/**
 * The bytes of a shipped pack, fetched once a worker. `progress` is told at most every 100 ms.
 * Throws: Error with a plain sentence when the server refuses, stalls or sends more than 1 GiB.
 */
export function fetchPack(address: URL, progress: (received: number, total: number) => void): Promise<Uint8Array> {
  const known = packs.get(address.href);
  if (known) return known;
  const loading = download(address, progress);
  packs.set(address.href, loading);
  // A failed download is forgotten, so that "Try again" tries again.
  loading.catch(() => packs.delete(address.href));
  return loading;
}

async function download(address: URL, progress: (received: number, total: number) => void): Promise<Uint8Array> {
  const name = address.pathname.split("/").slice(-2).join("/");
  const stalled = new AbortController();
  const stall = (): ReturnType<typeof setTimeout> => setTimeout(() => stalled.abort(), STALL);
  let timer = stall();
  try {
    const response = await fetch(address, { signal: stalled.signal });
    if (!response.ok || !response.body) throw new Error(`${name} could not be loaded (status ${response.status})`);
    const total = Number(response.headers.get("content-encoding") ? 0 : (response.headers.get("content-length") ?? 0));
    const parts: Uint8Array[] = [];
    let received = 0;
    let told = 0;
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      clearTimeout(timer);
      timer = stall();
      parts.push(value);
      received += value.length;
      if (received > LARGEST) throw new Error(`${name} is larger than 1 GiB`);
      if (performance.now() - told > 100) {
        told = performance.now();
        progress(received, total);
      }
    }
    const bytes = new Uint8Array(received);
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  } catch (error) {
    if (stalled.signal.aborted) throw new Error(`${name} could not be loaded: the server stopped sending`, { cause: error });
    if (error instanceof TypeError) throw new Error(`${name} could not be loaded: no connection`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
