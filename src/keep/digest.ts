import { crc32 } from "./crc32.ts";

/** SHA-256 of a file in hexadecimal digits; CRC-32 on pages without a secure origin, which have no SHA-256. */
export async function digest(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer();
  if (!globalThis.crypto?.subtle) return crc32(new Uint8Array(bytes));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Files of more bytes are read in a thread of their own: 344 MB held the page up for 0.6 s. */
const LARGE = 2 ** 23;

/** The digests of files, in their order. */
export async function digests(files: readonly Blob[]): Promise<string[]> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes <= LARGE || typeof Worker === "undefined") return Promise.all(files.map(digest));
  const worker = new Worker(new URL("./digestWorker.ts", import.meta.url), { type: "module" });
  return new Promise<string[]>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<string[] | null>) => (data ? resolve(data) : reject(new Error("a file could not be read")));
    worker.onerror = () => reject(new Error("a file could not be read"));
    worker.postMessage(files);
  }).finally(() => worker.terminate());
}
