import { chunkCache } from "./chunkCache.ts";
import { chunkEnds, type PatternName } from "./chunkEnd.ts";
import { displayPiece } from "./displayPiece.ts";
import { mergeChunk } from "./mergeChunk.ts";
import { pairTable } from "./pairTable.ts";
import { hasPrefixSpace, unitsOf } from "./pretokenize.ts";

/** One line of the table: the neighbours `left` and `right` become `token`. The lowest rank goes first. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly token: number;
  readonly rank: number;
}

/** The frozen table that training leaves behind. */
export interface TokenizerTable {
  /** The bytes of every token, by id; special tokens hold their text. */
  readonly pieces: readonly Uint8Array[];
  /** Ascending by rank. */
  readonly merges: readonly Merge[];
  readonly pattern: PatternName;
  /** Text of a special token to its id. */
  readonly specials: ReadonlyMap<string, number>;
  /** A chunk that is a token as a whole is taken at once, without replaying merges. */
  readonly wholeChunks?: boolean;
  /**
   * Two neighbours merge when their joined bytes are a token, the lowest id first, and `merges` is empty. A large table is ready at once
   * so: listing its merges takes seconds.
   */
  readonly joins?: boolean;
}

export interface Tokenizer {
  readonly table: TokenizerTable;
  readonly vocabSize: number;
  readonly specials: ReadonlyMap<string, number>;
  /**
   * Text to ids. Every string can be encoded; half a surrogate pair, which UTF-8 cannot write, becomes U+FFFD.
   * Text that spells a special token is ordinary text unless `specials` is true: a reader cannot forge an end of text.
   */
  encode(text: string, options?: { readonly specials?: boolean }): number[];
  /** Ids to text. Bytes that are no UTF-8 (a character cut in two) become U+FFFD; `decodeBytes` keeps them. */
  decode(ids: ArrayLike<number>): string;
  decodeBytes(ids: ArrayLike<number>): Uint8Array;
  /** The bytes of a token. */
  piece(id: number): Uint8Array;
  /** A token for the eye: `displayPiece` of its bytes. */
  display(id: number): string;
}

/**
 * A byte-level BPE tokenizer from its table: encoding replays the merges in the order in which they were learnt.
 *
 * Throws: RangeError when one of the 256 bytes has no token, for then some text could not be encoded.
 */
export function createTokenizer(table: TokenizerTable): Tokenizer {
  const { pieces, merges, pattern, specials } = table;
  const byteIds = new Int32Array(256).fill(-1);
  const special = new Set(specials.values());
  for (const [id, piece] of pieces.entries()) if (piece.length === 1 && !special.has(id)) byteIds[piece[0]!] = id;
  const missing = byteIds.indexOf(-1);
  if (missing !== -1) throw new RangeError(`createTokenizer: no token stands for byte ${missing}`);

  const rankOfPair = pairTable(merges.length);
  const tokenOfRank = new Int32Array((merges.at(-1)?.rank ?? -1) + 1);
  for (const { left, right, token, rank } of merges) {
    rankOfPair.add(left, right, rank);
    tokenOfRank[rank] = token;
  }
  const whole = new Map<string, number>();
  const keys = table.joins ? pieces.map(latin1) : [];
  if (table.wholeChunks || table.joins) for (const [id, piece] of pieces.entries()) if (!special.has(id)) whole.set(keys[id] ?? latin1(piece), id);
  const ranks = table.joins
    ? { rank: (left: number, right: number): number => whole.get(keys[left]! + keys[right]!) ?? -1, token: (rank: number): number => rank }
    : { rank: rankOfPair.get, token: (rank: number): number => tokenOfRank[rank]! };

  const encoder = new TextEncoder();
  const remembered = chunkCache(), endOf = chunkEnds[pattern];

  const encodeChunk = (chunk: string): readonly number[] => {
    const bytes = encoder.encode(chunk);
    // A chunk of ASCII is its own key.
    const asOne = table.wholeChunks ? whole.get(bytes.length === chunk.length ? chunk : latin1(bytes)) : undefined;
    return asOne === undefined ? mergeChunk(Array.from(bytes, (byte) => byteIds[byte]!), ranks) : [asOne];
  };

  const encodeText = (text: string, into: number[]): void => {
    const units = unitsOf(text, pattern), whole = units.length > text.length ? ` ${text}` : text;
    for (let at = 0, end: number; at < units.length; at = end) {
      end = endOf(units, at);
      if (remembered.appendTo(into, units, at, end)) continue;
      const ids = encodeChunk(whole.slice(at, end));
      remembered.add(units, at, end, ids);
      // Subtle: `push(...ids)` would overflow the stack on a chunk of a million tokens.
      for (const id of ids) into.push(id);
    }
  };

  const piece = (id: number): Uint8Array => {
    const bytes = pieces[id];
    if (bytes === undefined) throw new RangeError(`tokenizer: id ${id} is outside the vocabulary of ${pieces.length}`);
    return bytes;
  };

  const decodeBytes = (ids: ArrayLike<number>): Uint8Array => {
    let length = 0;
    for (let at = 0; at < ids.length; at++) length += piece(ids[at]!).length;
    const bytes = new Uint8Array(length);
    for (let at = 0, place = 0; at < ids.length; at++) {
      bytes.set(pieces[ids[at]!]!, place);
      place += pieces[ids[at]!]!.length;
    }
    return hasPrefixSpace(pattern) && bytes[0] === 0x20 ? bytes.subarray(1) : bytes;
  };

  return {
    table,
    vocabSize: pieces.length,
    specials,
    encode: (text, options) => {
      const ids: number[] = [];
      if (!options?.specials || specials.size === 0) encodeText(text, ids);
      else {
        for (const part of splitSpecials(text, specials)) {
          if (typeof part === "number") ids.push(part);
          else encodeText(part, ids);
        }
      }
      return ids;
    },
    // Subtle: without `ignoreBOM` a decoder swallows U+FEFF at the start of the text.
    decode: (ids) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(decodeBytes(ids)),
    decodeBytes,
    piece,
    display: (id) => displayPiece(piece(id)),
  };
}

/**
 * A tokenizer as this book trains it: ids 0–255 are the bytes, 256 + k is the token of the k-th merge, special tokens
 * come last. Example: 767 merges and `<|endoftext|>` make a vocabulary of 1024.
 */
export function tokenizerFromMerges(
  merges: readonly { readonly left: number; readonly right: number }[],
  { pattern, specials = [] }: { readonly pattern: PatternName; readonly specials?: readonly string[] },
): Tokenizer {
  const pieces: Uint8Array[] = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  for (const { left, right } of merges) pieces.push(concatenate(pieces[left]!, pieces[right]!));
  const first = pieces.length;
  for (const text of specials) pieces.push(new TextEncoder().encode(text));
  return createTokenizer({
    pieces,
    merges: merges.map(({ left, right }, rank) => ({ left, right, token: 256 + rank, rank })),
    pattern,
    specials: new Map(specials.map((text, index) => [text, first + index])),
  });
}

function concatenate(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

/** Bytes as a string of the characters U+0000–U+00FF: a key for a Map. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Cuts text at special tokens: of those that start first the longest is taken. */
function* splitSpecials(text: string, specials: ReadonlyMap<string, number>): Generator<string | number> {
  const next = Array.from(specials, ([word, id]) => ({ word, id, at: text.indexOf(word) })).filter(({ word }) => word !== "");
  let from = 0;
  for (;;) {
    let best: { word: string; id: number; at: number } | undefined;
    for (const candidate of next) {
      if (candidate.at !== -1 && candidate.at < from) candidate.at = text.indexOf(candidate.word, from);
      if (candidate.at === -1) continue;
      const isLonger = best !== undefined && candidate.at === best.at && candidate.word.length > best.word.length;
      if (best === undefined || candidate.at < best.at || isLonger) best = candidate;
    }
    if (best === undefined) break;
    if (best.at > from) yield text.slice(from, best.at);
    yield best.id;
    from = best.at + best.word.length;
  }
  if (from < text.length) yield text.slice(from);
}
