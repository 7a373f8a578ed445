/** What the scripts that make packs share: the repository's root, a pack's line in the manifest, and writing both. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = join(root, "public/data");

/** A pack's line in the manifest. */
export const packEntry = (name, file, content, licence, origin) => ({
  name, file, bytes: Buffer.byteLength(content), sha256: createHash("sha256").update(content).digest("hex"), licence, origin,
});

/** Writes a pack and its line in the manifest beside it. */
export function writePack(entry, content) {
  writeFileSync(join(folder, entry.file), content);
  const path = join(folder, "manifest.json");
  const { packs } = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { packs: [] };
  writeFileSync(path, `${JSON.stringify({ packs: [...packs.filter(({ name }) => name !== entry.name), entry] }, null, 2)}\n`);
  console.log(`${entry.file}: ${entry.bytes} bytes, sha256 ${entry.sha256}`);
}
