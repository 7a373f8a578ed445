/**
 * Makes the packs `vocabulary-r50k`, `-cl100k` and `-o200k`: the tables of GPT-2 and GPT-3, of GPT-4, and of GPT-4o, by merges.
 * A pack is the 256 bytes that are tokens, in the order of their ids, then for each further token the ids of two earlier ones that
 * it joins, 20 bits each. Every token of these tables can be cut so; that takes a third of the room of its bytes.
 * Run by hand when this file changes: `node scripts/data/vocabularies.mjs`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packEntry, root, writePack } from "./manifest.mjs";

export const vocabularyNames = ["r50k", "cl100k", "o200k"];

/** The pack's bytes. */
export function vocabularyBytes(name) {
  const table = readFileSync(join(root, `node_modules/gpt-tokenizer/data/${name}_base.tiktoken`), "utf8");
  const pieces = table.trimEnd().split("\n").map((line) => Buffer.from(line.split(" ")[0], "base64").toString("latin1"));
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const pack = new Uint8Array(256 + (pieces.length - 256) * 5);
  pieces.slice(0, 256).forEach((piece, id) => { pack[id] = piece.charCodeAt(0); });
  for (let id = 256; id < pieces.length; id++) {
    const [left, right] = partsOf(pieces[id], id, ids);
    pack.set([left >> 12, (left >> 4) & 255, ((left & 15) << 4) | (right >> 16), (right >> 8) & 255, right & 255], 256 + (id - 256) * 5);
  }
  return pack;
}

function partsOf(piece, id, ids) {
  for (let cut = piece.length - 1; cut > 0; cut--) {
    const left = ids.get(piece.slice(0, cut)), right = ids.get(piece.slice(cut));
    if (left < id && right < id) return [left, right];
  }
  throw new Error(`vocabularyBytes: token ${id} is not two earlier ones`);
}

/** What the manifest says of it. */
export const vocabularyEntry = (name, bytes) => packEntry(
  `vocabulary-${name}`, `vocabulary-${name}.bin`, bytes, "MIT (tiktoken, OpenAI)",
  `The table ${name}_base of OpenAI’s tiktoken; from gpt-tokenizer 4.0.0 (MIT, Bazyli Brzóska), packed as merges by scripts/data/vocabularies.mjs`,
);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of vocabularyNames) {
    const bytes = vocabularyBytes(name);
    writePack(vocabularyEntry(name, bytes), bytes);
  }
}
