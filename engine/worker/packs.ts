import { packAddress, unsqueezed } from "./squeezed.ts";

/** Milliseconds without a byte after which a download counts as stalled. */
const STALL = 15_000;
/** No pack of this site is larger. */
const LARGEST = 1 << 30;

type Progress = (received: number, total: number) => void;

/** `listeners` is null once the pack is there: one that was kept would keep its whole run, weights and checkpoints, for as long as the page lives. */
const packs = new Map<string, { readonly bytes: Promise<Uint8Array>; listeners: Set<Progress> | null }>();
const manifests = new Map<string, Promise<ReadonlyMap<string, string>>>();
/** Addresses whose last download failed: the next one goes past every cache. */
const failed = new Set<string>();

/**
 * The bytes of a shipped pack, fetched once a worker and held to the sha256 of the manifest of its folder. Everyone who asks is told
 * the progress, at most every 100 ms.
 * Throws: Error with a plain sentence when the server refuses, stalls, sends more than 1 GiB or other bytes than were shipped.
 */
export function fetchPack(name: string, site: string, progress?: Progress): Promise<Uint8Array> {
  const address = new URL(packAddress(name), site);
  const known = packs.get(address.href);
  if (known) {
    if (progress) known.listeners?.add(progress);
    return known.bytes;
  }
  const listeners = new Set(progress ? [progress] : []);
  const loading = checked(name, site, address, (received, total) => { for (const tell of listeners) tell(received, total); });
  const pack = { bytes: loading, listeners: listeners as Set<Progress> | null };
  packs.set(address.href, pack);
  // A failed download is forgotten, so that "Try again" tries again.
  loading.then(() => {
    failed.delete(address.href);
    pack.listeners = null;
  }, () => {
    packs.delete(address.href);
    failed.add(address.href);
  });
  return loading;
}

async function checked(name: string, site: string, address: URL, progress: Progress): Promise<Uint8Array> {
  const [folder = "", ...path] = name.split("/");
  const promised = checksums(new URL(`${folder}/manifest.json`, site));
  const sent = await download(address, progress);
  // What cannot be undone is not what was shipped, and its checksum says so.
  const bytes = address.pathname.endsWith(".gz") ? await unsqueezed(sent).catch(() => sent) : sent;
  const wanted = (await promised).get(path.join("/"));
  // Pages that are not served securely have no `crypto.subtle`; the file's own checks remain.
  if (wanted === undefined || !globalThis.crypto?.subtle) return bytes;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  if (Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("") === wanted) return bytes;
  // "<" opens a web page and nothing that this site ships.
  const what = bytes[0] === 0x3c ? "the server sent a web page instead of it" : "it arrived damaged, its checksum is not the one it was shipped with";
  throw new Error(`${shortName(address)} could not be used: ${what}`);
}

/** File to sha256, from a manifest; empty where there is no sound one, as while developing. */
function checksums(address: URL): Promise<ReadonlyMap<string, string>> {
  const known = manifests.get(address.href);
  if (known) return known;
  const loading = fetch(address, { signal: AbortSignal.timeout(STALL) }).then(async (response) => (response.ok ? listed(await response.json()) : new Map())).catch(() => new Map<string, string>());
  manifests.set(address.href, loading);
  // An empty one is asked for again: it may have been the same fault that stopped the pack.
  void loading.then(({ size }) => { if (size === 0) manifests.delete(address.href); });
  return loading;
}

interface Listed { readonly file?: unknown; readonly sha256?: unknown; readonly files?: unknown }

function listed(manifest: { readonly packs?: unknown } | null): Map<string, string> {
  const packsListed = Array.isArray(manifest?.packs) ? (manifest.packs as Listed[]) : [];
  const files = packsListed.flatMap((pack) => [pack, ...(Array.isArray(pack?.files) ? (pack.files as Listed[]) : [])]);
  return new Map(files.flatMap((one) => (typeof one?.file === "string" && typeof one.sha256 === "string" ? [[one.file, one.sha256]] : [])));
}

const shortName = (address: URL): string => address.pathname.replace(/\.gz$/, "").split("/").slice(-2).join("/");

async function download(address: URL, progress: Progress): Promise<Uint8Array<ArrayBuffer>> {
  const name = shortName(address);
  const stalled = new AbortController();
  const stall = (): ReturnType<typeof setTimeout> => setTimeout(() => stalled.abort(), STALL);
  let timer = stall();
  try {
    const response = await fetch(address, { signal: stalled.signal, ...(failed.has(address.href) && { cache: "reload" }) });
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
