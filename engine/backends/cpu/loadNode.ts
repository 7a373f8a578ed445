import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

/**
 * The compiled CPU kernels, as `npm run setup` leaves them. Node only: pages fetch the same file by URL.
 * Throws: Error when they have not been built.
 */
export async function loadWasm(path: string = resolve("node_modules/.cache/glassbox/kernels.wasm")): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new Error(`loadWasm: ${path} is not there; run npm run setup`, { cause });
  }
}
