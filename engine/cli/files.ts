import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Refusal } from "./command.ts";
import { shown } from "./words.ts";

/**
 * Reads a whole file that the caller named.
 * Throws: Refusal when it is missing, no plain file (a pipe or device may never end), unreadable or larger than `most` bytes.
 */
export function readInput(path: string, what: string, most = 2 ** 30): Uint8Array<ArrayBuffer> {
  const stats = statOf(path, what);
  if (!stats) throw new Refusal(`${what}: ${shown(path)} is not there`);
  if (stats.isDirectory()) throw new Refusal(`${what}: ${shown(path)} is a directory, expected a file`);
  if (!stats.isFile()) throw new Refusal(`${what}: ${shown(path)} is not a plain file`);
  if (stats.size > most) throw new Refusal(`${what}: ${shown(path)} has ${stats.size} bytes, at most ${most} are read`);
  const bytes = attempt(() => readFileSync(path), `${what}: cannot read ${shown(path)}`);
  // A copy whose buffer starts at 0 keeps tensors aligned: small files come out of a shared pool.
  return bytes.byteOffset % 8 === 0 ? bytes as Uint8Array<ArrayBuffer> : new Uint8Array(bytes);
}

/** Throws: Refusal unless `path` is a directory. */
export function expectDirectory(path: string, what: string): void {
  const stats = statOf(path, what);
  if (!stats) throw new Refusal(`${what}: ${shown(path)} is not there`);
  if (!stats.isDirectory()) throw new Refusal(`${what}: ${shown(path)} is a file, expected a directory`);
}

/** Refuses, before any work is done, an output file that could not be written afterwards. */
export function expectWritableFile(path: string, what: string): void {
  const stats = statOf(path, what);
  if (stats?.isDirectory()) throw new Refusal(`${what}: ${shown(path)} is a directory, expected a file to write`);
  if (stats && !stats.isFile()) throw new Refusal(`${what}: ${shown(path)} is not a plain file`);
  expectDirectory(dirname(resolve(path)), `${what}: its folder`);
  attempt(() => accessSync(dirname(resolve(path)), constants.W_OK), `${what}: cannot write into ${shown(dirname(resolve(path)))}`);
}

/** The same for a directory, which need not be there yet. */
export function expectWritableDirectory(path: string, what: string): void {
  let nearest = resolve(path);
  for (let stats = statOf(nearest, what); ; stats = statOf(nearest, what)) {
    if (stats && !stats.isDirectory()) throw new Refusal(`${what}: ${shown(nearest)} is a file, expected a directory`);
    if (stats) break;
    nearest = dirname(nearest);
  }
  attempt(() => accessSync(nearest, constants.W_OK), `${what}: cannot write into ${shown(nearest)}`);
}

/** Writes files under temporary names and renames them when all are there: a reader never sees half of them. */
export function writeWhole(files: ReadonlyMap<string, Uint8Array | string>, what: string): void {
  const pending = [...files].map(([path, content]) => ({ path, content, temporary: `${path}.${process.pid}.partial` }));
  try {
    for (const { temporary, content } of pending) writeFileSync(temporary, content);
    for (const { temporary, path } of pending) renameSync(temporary, path);
  } catch (error) {
    for (const { temporary } of pending) rmSync(temporary, { force: true });
    throw new Refusal(`${what}: cannot write ${shown(pending[0]!.path)}: ${reasonOf(error)}`);
  }
}

/** `writeWhole` into a directory, which is made if need be, and taken away again when writing fails. */
export function writeDirectory(path: string, files: Readonly<Record<string, Uint8Array | string>>, what: string): void {
  const made = attempt(() => makeDirectory(resolve(path)), `${what}: cannot make ${shown(path)}`);
  try {
    writeWhole(new Map(Object.entries(files).map(([name, content]) => [join(path, name), content])), what);
  } catch (error) {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes a directory and those above it; returns the first that was new.
 * Subtle: not `mkdir` with `recursive`, which never ends below a folder that is there but takes no entries, such as /proc.
 */
function makeDirectory(path: string): string | undefined {
  if (existsSync(path)) return undefined;
  const above = makeDirectory(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (above !== undefined) rmSync(above, { recursive: true, force: true });
    throw error;
  }
  return above ?? path;
}

function statOf(path: string, what: string): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new Refusal(`${what}: cannot look at ${shown(path)}: ${reasonOf(error)}`);
  }
}

function attempt<T>(body: () => T, message: string): T {
  try {
    return body();
  } catch (error) {
    throw new Refusal(`${message}: ${reasonOf(error)}`);
  }
}

const reasons = new Map([
  ["EACCES", "permission denied"],
  ["EPERM", "permission denied"],
  ["EROFS", "the file system is read-only"],
  ["ENOSPC", "no space is left"],
  ["EDQUOT", "no space is left"],
  ["EEXIST", "there is a file of that name"],
  ["EISDIR", "it is a directory"],
  ["ENOTDIR", "part of the path is a file"],
  ["ENOENT", "it is not there"],
  ["ENAMETOOLONG", "the name is too long"],
  ["ELOOP", "its links lead in a circle"],
  ["EMFILE", "too many files are open"],
]);

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return reasons.get(code) ?? `the system refuses${code ? ` (${code})` : ""}`;
}

/** What a fault of the file system means, with the path it names; undefined for any other error. */
export function systemReason(error: unknown): string | undefined {
  if (!reasons.has(codeOf(error))) return undefined;
  const path = error instanceof Error && "path" in error ? `cannot use ${shown(String(error.path))}: ` : "";
  return path + reasonOf(error);
}
