import { type Unzipped, unzipSync, Zip, ZipPassThrough } from "fflate";
import { digest } from "./digest.ts";
import { examine, type Made } from "./item.ts";
import type { Keeper } from "./keeper.ts";

/** The one file of an export: a zip with this list, and beside it `files/<key>/<name>` for the bytes of models and tokenizers. */
const LIST = "glassbox.json";
/** Stands beside the files of a single model in its export: name, where it was made, what it has read. */
export const aboutFile = "glassbox-model.json";
const FORMAT = "glassbox-work";
/** No export may unpack to more than this. */
const LARGEST = 2 ** 30;
/** A list of this many bytes would hold a thousand books. */
const LARGEST_LIST = 2 ** 25;

export interface Imported {
  /** Items that are here now, new or merged. */
  readonly taken: number;
  /** Items of a newer edition, and broken ones: left in the file. */
  readonly newer: number;
  readonly broken: number;
  /** Whether all of it was saved, rather than held by this page. */
  readonly saved: boolean;
}

/** Everything that is kept, sound or not, as one file. */
export async function exportAll(keep: Keeper): Promise<Blob> {
  const { items, files, setAside } = await keep.everything();
  const parts = new Map<string, Blob>();
  for (const [path, file] of files) parts.set(`files/${path}`, file);
  const aside: { key: string; found: unknown; at: number }[] = [];
  for (const [i, one] of setAside.entries()) {
    aside.push({ key: one.key, found: one.found, at: one.at });
    for (const [name, file] of one.files ?? []) parts.set(`set-aside/${i}/${name}`, file);
  }
  const list = { format: FORMAT, version: 1, items: [...items].map(([key, value]) => ({ key, value })), setAside: aside };
  parts.set(LIST, new Blob([JSON.stringify(list, null, 1)]));
  return zipped(parts);
}

const SLICE = 2 ** 22;

/** Files as one zip. They are stored as they are, since weights hardly shrink, and copied in slices, so that the page goes on. */
export async function zipped(files: ReadonlyMap<string, Blob>): Promise<Blob> {
  const parts: Blob[] = [];
  let fault: Error | null = null;
  const archive = new Zip((error, data) => {
    fault ??= error;
    if (!error) parts.push(new Blob([data as Uint8Array<ArrayBuffer>]));
  });
  for (const [path, file] of files) {
    const entry = new ZipPassThrough(path);
    archive.add(entry);
    for (let at = 0; at < file.size; at += SLICE) entry.push(await bytesOf(file.slice(at, at + SLICE)));
    entry.push(new Uint8Array(0), true);
  }
  archive.end();
  if (fault) throw fault;
  return new Blob(parts, { type: "application/zip" });
}

/**
 * Takes in an export of this or another device: each item is checked by itself and merged with the one that is here.
 * Throws: Error with one sentence when the file is no export; nothing is changed then.
 */
export async function importAll(keep: Keeper, file: Blob): Promise<Imported> {
  const parts = await unpacked(file, (name) => name === LIST || name.startsWith("files/"));
  if (!Object.hasOwn(parts, LIST)) throw new Error("this file is no export of this book");
  const items = readList(parts[LIST]);
  const found = { taken: 0, newer: 0, broken: 0, saved: true };
  for (const one of items) {
    const seen = examine(one);
    if (seen.is === "newer") found.newer += 1;
    const files = seen.is === "sound" ? await filesOf(parts, seen.item.key, seen.item.value) : null;
    if (seen.is !== "sound" || !files) {
      if (seen.is !== "newer") found.broken += 1;
      continue;
    }
    found.taken += 1;
    found.saved = (await keep.merge(seen.item, files)) && found.saved;
  }
  return found;
}

/** The files of a zipped model. Throws: Error with one sentence. */
export async function unpackedModel(file: Blob): Promise<{ readonly name: string; readonly data: Blob }[]> {
  const parts = await unpacked(file, () => true);
  if (Object.hasOwn(parts, LIST)) throw new Error("this is a file with all your work: press “Take in a file”");
  return Object.entries(parts).filter(([name]) => !name.endsWith("/")).map(([name, bytes]) => ({ name, data: new Blob([bytes as Uint8Array<ArrayBuffer>]) }));
}

async function unpacked(file: Blob, wanted: (name: string) => boolean): Promise<Unzipped> {
  if (file.size > LARGEST) throw new Error(`this file has ${file.size} bytes, at most ${LARGEST} are read`);
  let sum = 0;
  let isTooLarge = false;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }): boolean => {
    sum += originalSize;
    isTooLarge ||= sum > LARGEST || (name === LIST && originalSize > LARGEST_LIST);
    return !isTooLarge && wanted(name);
  };
  const bytes = await bytesOf(file);
  const parts = attempt(() => unzipSync(bytes, { filter }));
  if (isTooLarge) throw new Error(`this file unpacks to more than ${LARGEST} bytes`);
  if (!parts) throw new Error("this file is no zip, or it is cut short");
  return parts;
}

/** Whatever a damaged file makes the reader of zips throw. */
function attempt<T>(what: () => T): T | null {
  try {
    return what();
  } catch {
    return null;
  }
}

/** The items of a list, each as it was found. */
function readList(bytes: Uint8Array | undefined): unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new Error("the list in this file is damaged");
  }
  const { format, items } = (typeof list === "object" && list !== null ? list : {}) as { format?: unknown; items?: unknown };
  if (format !== FORMAT || !Array.isArray(items)) throw new Error("this file is no export of this book");
  return items.map((one: unknown) => (typeof one === "object" && one !== null ? (one as { value?: unknown }).value : null));
}

/** The files that an item names, each held to its checksum; null when one is missing or damaged. */
async function filesOf(parts: Unzipped, key: string, value: unknown): Promise<Map<string, Blob> | null> {
  const files = new Map<string, Blob>();
  if (!/^(model|tokenizer)\//.test(key)) return files;
  for (const { name, sha256 } of (value as Made).files) {
    const path = `files/${key}/${name}`;
    if (!Object.hasOwn(parts, path)) return null;
    const file = new Blob([parts[path] as Uint8Array<ArrayBuffer>]);
    const sum = await digest(file);
    if (sum.length === sha256.length && sum !== sha256) return null;
    files.set(name, file);
  }
  return files;
}

const bytesOf = async (file: Blob): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());
