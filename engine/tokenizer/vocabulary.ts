import { createTokenizer, type Tokenizer } from "./bpe.ts";
import { publishedSpecials } from "./ranks.ts";

/** The published tables that the book ships, by the names of tiktoken, oldest first. */
export const vocabularies = {
  r50k: { title: "GPT-2, GPT-3", pattern: "gpt2", year: 2019 },
  cl100k: { title: "GPT-4", pattern: "cl100k", year: 2023 },
  o200k: { title: "GPT-4o", pattern: "o200k", year: 2024 },
} as const;

export type VocabularyName = keyof typeof vocabularies;

/** The names of the published tables, oldest first. */
export const vocabularyNames = Object.keys(vocabularies) as readonly VocabularyName[];

/** The pack of a published table, as the manifest names it. */
export const vocabularyPack = (name: VocabularyName): string => `data/vocabulary-${name}.bin`;

/**
 * The bytes of each token, by id, from a pack: 256 bytes that are tokens, then five bytes a token with the ids of the two earlier
 * tokens that it joins, 20 bits each.
 *
 * Throws: RangeError where a pack ends inside a token or joins a token that is not earlier.
 */
export function unpackVocabulary(pack: Uint8Array): Uint8Array[] {
  if (pack.length < 256 || (pack.length - 256) % 5 !== 0) throw new RangeError(`unpackVocabulary: a pack has 256 + 5n bytes, this has ${pack.length}`);
  const pieces = Array.from(pack.subarray(0, 256), (byte) => Uint8Array.of(byte));
  for (let at = 256; at < pack.length; at += 5) {
    const [a, b, c, d, e] = [pack[at]!, pack[at + 1]!, pack[at + 2]!, pack[at + 3]!, pack[at + 4]!];
    const left = pieces[(a << 12) | (b << 4) | (c >> 4)], right = pieces[((c & 15) << 16) | (d << 8) | e];
    if (!left || !right) throw new RangeError(`unpackVocabulary: token ${pieces.length} joins a token that is not earlier`);
    const joined = new Uint8Array(left.length + right.length);
    joined.set(left);
    joined.set(right, left.length);
    pieces.push(joined);
  }
  return pieces;
}

/** The tokenizer of a published table, from its pack. */
export function publishedTokenizer(name: VocabularyName, pack: Uint8Array): Tokenizer {
  const pieces = unpackVocabulary(pack);
  const specials: ReadonlyMap<string, number> = publishedSpecials[name];
  // Tables leave ids unused between their ranks and their special tokens: those have no bytes.
  for (const [text, id] of specials) {
    while (pieces.length <= id) pieces.push(new Uint8Array(0));
    pieces[id] = new TextEncoder().encode(text);
  }
  return createTokenizer({ pieces, merges: [], pattern: vocabularies[name].pattern, specials, wholeChunks: true, joins: true });
}
