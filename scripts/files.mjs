/** Small file helpers of the tooling: fingerprints of source trees, and writes that are whole or absent. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Every file under the given files and folders, sorted; hidden files, tests and what `skip` names are left out. */
export function filesUnder(places, skip = () => false) {
  const found = [];
  const visit = (place) => {
    if (skip(place) || !existsSync(place)) return;
    if (!statSync(place).isDirectory()) return void found.push(place);
    for (const name of readdirSync(place).sort()) if (!name.startsWith(".")) visit(join(place, name));
  };
  places.forEach(visit);
  return found;
}

/** A fingerprint of the names and bytes of these files, and of any words that also decide the outcome (flags, versions). */
export function fingerprint(root, files, ...words) {
  const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, ...words]));
  for (const file of files) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

/** Writes through a neighbour and a rename: a reader, or a second set-up at the same moment, never sees half a file. */
export function writeWhole(path, bytes, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  writeFileSync(partial, bytes, { mode });
  renameSync(partial, path);
}

export function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}
