import { createTokenizer, latin1 } from "./bpe.ts";
import type { Merge, Tokenizer } from "./bpe.ts";
import type { PatternName } from "./pretokenize.ts";

/**
 * A tokenizer from a published table of ranks: only the bytes of each token are known, and two neighbours merge when
 * their joined bytes are a token, the lowest id first. So every way to cut a token into two tokens is a merge.
 */
export function tokenizerFromRanks(
  pieces: readonly Uint8Array[],
  { pattern, specials = [] }: { readonly pattern: PatternName; readonly specials?: readonly string[] },
): Tokenizer {
  const ids = new Map<string, number>();
  for (const [id, piece] of pieces.entries()) ids.set(latin1(piece), id);
  const merges: Merge[] = [];
  for (const [text, rank] of ids) {
    for (let cut = 1; cut < text.length; cut++) {
      const left = ids.get(text.slice(0, cut));
      const right = left === undefined ? undefined : ids.get(text.slice(cut));
      if (left !== undefined && right !== undefined) merges.push({ left, right, token: rank, rank });
    }
  }
  return createTokenizer({
    pieces: [...pieces, ...specials.map((text) => new TextEncoder().encode(text))],
    merges,
    pattern,
    specials: new Map(specials.map((text, index) => [text, pieces.length + index])),
    wholeChunks: true,
  });
}

/**
 * Reads a table of lines `BASE64 RANK` whose ranks are 0, 1, 2, …
 *
 * Throws: RangeError naming the first line that breaks the order.
 */
export function parseRanks(text: string): Uint8Array[] {
  return text.trimEnd().split("\n").map((line, index) => {
    const [base64, rank] = line.split(" ");
    if (base64 === undefined || Number(rank) !== index) {
      throw new RangeError(`parseRanks: line ${index + 1} has rank ${rank}, expected ${index}`);
    }
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  });
}
