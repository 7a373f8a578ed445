import { readFile } from "node:fs/promises";

/** The bytes of a shipped pack by its manifest name, where there is no page to fetch it: for numbers worked out at build time. */
export const readPack = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(new URL(`../../public/${name}`, import.meta.url)));
