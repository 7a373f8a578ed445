import { createTokenizer, latin1 } from "./bpe.ts";
import type { Merge, Tokenizer } from "./bpe.ts";
import type { PatternName } from "./chunkEnd.ts";

/**
 * A tokenizer from a published table of ranks: only the bytes of each token are known, and two neighbours merge when
 * their joined bytes are a token, the lowest id first. So every way to cut a token into two tokens is a merge.
 * Special tokens follow the ranks in the order given, or have the ids of a map: `publishedSpecials` has those of OpenAI's tables.
 *
 * Throws: RangeError for a special token whose id is a rank's.
 */
export function tokenizerFromRanks(
  pieces: readonly Uint8Array[],
  { pattern, specials = [] }: { readonly pattern: PatternName; readonly specials?: readonly string[] | ReadonlyMap<string, number> },
): Tokenizer {
  const special = Array.isArray(specials)
    ? new Map(specials.map((text: string, index) => [text, pieces.length + index]))
    : (specials as ReadonlyMap<string, number>);
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
  // Published tables leave ids unused between their ranks and their special tokens: those have no bytes.
  const all: Uint8Array[] = [...pieces];
  for (const [text, id] of special) {
    if (!Number.isInteger(id) || id < pieces.length || id > 2 ** 21) {
      const name = JSON.stringify(text.slice(0, 60));
      throw new RangeError(`tokenizerFromRanks: the special token ${name} has the id ${id}, the ranks end at ${pieces.length - 1}`);
    }
    while (all.length <= id) all.push(new Uint8Array(0));
    all[id] = new TextEncoder().encode(text);
  }
  return createTokenizer({ pieces: all, merges, pattern, specials: special, wholeChunks: true });
}

/** The special tokens of the published tables, from tiktoken_ext/openai_public.py of openai/tiktoken. */
export const publishedSpecials = {
  r50k: new Map([["<|endoftext|>", 50_256]]),
  cl100k: new Map([
    ["<|endoftext|>", 100_257], ["<|fim_prefix|>", 100_258], ["<|fim_middle|>", 100_259], ["<|fim_suffix|>", 100_260],
    ["<|endofprompt|>", 100_276],
  ]),
  o200k: new Map([["<|endoftext|>", 199_999], ["<|endofprompt|>", 200_018]]),
} as const;

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
