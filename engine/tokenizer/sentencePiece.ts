import { ModelFileError, quoted } from "../checkpoint/modelFileError.ts";
import type { Tokenizer } from "./bpe.ts";
import { displayPiece } from "./displayPiece.ts";
import { heap } from "./heap.ts";

/** One piece of a vocabulary: its text with ▁ for spaces, the score that orders merges, and its kind. */
export interface SentencePiece {
  readonly text: string;
  readonly score: number;
  readonly type: number;
}

export interface SentencePieceOptions {
  /** Whether a space is put before the text; true when absent. */
  readonly addPrefix?: boolean;
  /** Whether one is put behind every special token as well. */
  readonly prefixAll?: boolean;
  /** Whether a text that begins with a space is left as it is. */
  readonly prefixOnce?: boolean;
  /** Whether every space begins a word that no merge leaves. */
  readonly cutsWords?: boolean;
  /** Where the file lists its merges: the place in the list of `left\0right`, which then orders them instead of the scores. */
  readonly merges?: ReadonlyMap<string, number>;
}

/** Kinds of piece, as files number them. */
export const kinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

const space = "▁";
const longestVocabulary = 1_000_000;

/**
 * A tokenizer of Llama's kind: BPE over characters, where of all neighbours whose joint text is a piece the one with the highest score
 * goes first (of equals the leftmost), and a character that is no piece becomes its bytes. A space is written ▁, and one is put
 * before the text, so that the first word looks like the others.
 *
 * Throws: ModelFileError `token` for a vocabulary that is empty or too large, names a piece twice, has a score that is no number, an
 * unknown kind, or some of the 256 bytes but not all.
 * Source: Kudo and Richardson 2018 (SentencePiece); bpe_model.cc of google/sentencepiece.
 */
export function createSentencePiece(list: readonly SentencePiece[], {
  addPrefix = true, prefixAll = false, prefixOnce = false, cutsWords = false, merges,
}: SentencePieceOptions = {}): Tokenizer {
  const { ids, byteIds, unknown, specials, userDefined } = readVocabulary(list);
  const own = new Set(userDefined);
  const encoder = new TextEncoder();
  const pieces = list.map(({ text, type }, id) => {
    if (type === kinds.byte) return Uint8Array.of(byteIds.indexOf(id));
    return encoder.encode(type === kinds.control || type === kinds.unknown ? text : text.replaceAll(space, " "));
  });
  const scores = [...new Set(list.map(({ score }) => score))].sort((a, b) => b - a);
  const rankOfScore = new Map(scores.map((score, rank) => [score, rank]));
  const rankOf = new Map([...ids].filter(([text]) => !own.has(text)).map(([text, id]) => [text, rankOfScore.get(list[id]!.score)!]));
  const rank = merges
    ? (left: string, right: string): number | undefined => merges.get(`${left}\0${right}`)
    : (left: string, right: string): number | undefined => rankOf.get(left + right);
  const longest = Math.max(1, ...userDefined.map((text) => text.length), list.reduce((most, { text }) => Math.max(most, text.length), 0));
  // Where no piece has a space behind a letter, no merge crosses the start of a word, and words can be remembered.
  const hasWords = ![...ids.keys()].some((text) => /[^▁]▁/.test(text));
  const remembered = new Map<string, readonly number[]>();

  const encodeWord = (word: string): readonly number[] => {
    const known = remembered.get(word);
    if (known) return known;
    const found: number[] = [];
    for (const symbol of mergeSymbols(word, rank, longest)) {
      const id = ids.get(symbol);
      if (id !== undefined) found.push(id);
      else if (byteIds.length > 0) for (const byte of encoder.encode(symbol)) found.push(byteIds[byte]!);
      // Neighbours that nothing stands for are one unknown piece.
      else if (found.at(-1) !== unknown) found.push(unknown);
    }
    if (word.length <= 32 && remembered.size < 50_000) remembered.set(word, found);
    return found;
  };

  const wordsOf = (part: string): readonly string[] => {
    if (cutsWords) return part.match(/▁[^▁]*|[^▁]+/g) ?? [];
    return hasWords ? part.match(/▁+[^▁]*|[^▁]+/g) ?? [] : [part];
  };

  const encodeText = (text: string, into: number[]): void => {
    for (const part of splitUserDefined(text, userDefined)) {
      const id = own.has(part) ? ids.get(part) : undefined;
      if (id !== undefined) into.push(id);
      else for (const word of wordsOf(part)) for (const each of encodeWord(word)) into.push(each);
    }
  };

  const piece = (id: number): Uint8Array => {
    const found = pieces[id];
    if (found === undefined) throw new RangeError(`tokenizer: id ${id} is outside the vocabulary of ${pieces.length}`);
    return found;
  };
  const decodeBytes = (sequence: ArrayLike<number>): Uint8Array => {
    const bytes: number[] = [];
    for (let i = 0; i < sequence.length; i++) {
      const id = sequence[i]!;
      const own = piece(id);
      if (list[id]!.type === kinds.unknown) bytes.push(...encoder.encode(" ⁇ "));
      else if (list[id]!.type !== kinds.control) bytes.push(...own);
    }
    return Uint8Array.from(addPrefix && bytes[0] === 0x20 ? bytes.slice(1) : bytes);
  };
  return {
    get table(): never {
      throw new RangeError("tokenizer: a SentencePiece vocabulary has no table of byte merges");
    },
    vocabSize: list.length,
    specials,
    encode(text, options) {
      const found: number[] = [];
      // Half a surrogate pair has no UTF-8: it becomes U+FFFD, as in every tokenizer here.
      const whole = text.replace(/\p{Surrogate}/gu, "\ufffd");
      const parts = options?.specials ? splitUserDefined(whole, [...specials.keys()]) : [whole];
      let isFirst = true;
      for (const part of parts) {
        const id = options?.specials ? specials.get(part) : undefined;
        if (id !== undefined) found.push(id);
        else if (part !== "") {
          const spaced = part.replaceAll(" ", space);
          const isPrefixed = addPrefix && (isFirst || prefixAll) && !(prefixOnce && spaced.startsWith(space));
          encodeText(isPrefixed ? space + spaced : spaced, found);
        }
        isFirst = false;
      }
      return found;
    },
    decode: (sequence) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(decodeBytes(sequence)),
    decodeBytes,
    piece,
    display: (id) => displayPiece(piece(id)),
  };
}

function readVocabulary(list: readonly SentencePiece[]) {
  if (list.length === 0 || list.length > longestVocabulary) {
    refuse(`the vocabulary has ${list.length} pieces, expected 1 to ${longestVocabulary}`);
  }
  const ids = new Map<string, number>(), specials = new Map<string, number>();
  const seen = new Set<string>(), bytes = new Map<number, number>(), userDefined: string[] = [];
  let unknown = 0;
  for (const [id, { text, score, type }] of list.entries()) {
    if (!Object.values(kinds).includes(type as 1)) refuse(`piece ${id} is of kind ${type}, known are 1 to 6`);
    if (!Number.isFinite(score)) refuse(`piece ${id} has the score ${score}, expected a finite number`);
    if (seen.has(text)) refuse(`the piece ${quoted(text)} stands twice, the second time at ${id}`);
    if (text === "") refuse(`piece ${id} is empty`);
    seen.add(text);
    if (type === kinds.byte) {
      const hex = /^<0x([0-9A-F]{2})>$/.exec(text)?.[1];
      if (hex === undefined) refuse(`the byte piece ${quoted(text)} is not written <0xNN>`);
      bytes.set(Number.parseInt(hex!, 16), id);
    } else if (type === kinds.control || type === kinds.unknown) {
      specials.set(text, id);
      if (type === kinds.unknown) unknown = id;
    } else if (type !== kinds.unused) {
      ids.set(text, id);
      if (type === kinds.userDefined) userDefined.push(text);
    }
  }
  if (userDefined.length > 10_000) refuse(`the vocabulary has ${userDefined.length} user-defined pieces, at most 10000 are read`);
  if (bytes.size > 0 && bytes.size < 256) refuse(`the vocabulary has ${bytes.size} of the 256 bytes`);
  const byteIds = bytes.size === 0 ? [] : Array.from({ length: 256 }, (_, byte) => bytes.get(byte)!);
  return { ids, byteIds, unknown, specials, userDefined };
}

/**
 * Merges the characters of a text: a linked list of symbols, each a stretch of the text, and a heap of pairs by rank and place.
 * `rankOf` gives the rank of two neighbours that may be merged, the best being 0.
 */
function mergeSymbols(text: string, rankOf: (left: string, right: string) => number | undefined, longest: number): string[] {
  const starts: number[] = [];
  for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) starts.push(at);
  const count = starts.length;
  const ends = Int32Array.from(starts, (_, i) => starts[i + 1] ?? text.length);
  const after = Int32Array.from(starts, (_, i) => i + 1), before = Int32Array.from(starts, (_, i) => i - 1);
  /** The rank of the pair that begins at a symbol, -1 when that is no piece: what a queued pair must still have to be merged. */
  const pairRank = new Int32Array(count).fill(-1);
  // Rank and place in one number, exact while the rank is below 2²² and the place below 2³¹.
  const places = 2 ** 31;
  const queue = heap((a, b) => a < b);
  const offer = (left: number): void => {
    const right = after[left]!;
    const fits = right < count && ends[right]! - starts[left]! <= longest;
    const rank = (fits ? rankOf(text.slice(starts[left], ends[left]), text.slice(starts[right], ends[right])) : undefined) ?? -1;
    pairRank[left] = rank;
    if (rank >= 0) queue.push(rank * places + left);
  };
  for (let i = 0; i < count; i++) offer(i);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const left = key % places;
    if (pairRank[left] !== Math.floor(key / places)) continue;
    const right = after[left]!;
    pairRank[right] = -1;
    ends[left] = ends[right]!;
    after[left] = after[right]!;
    if (after[left]! < count) before[after[left]!] = left;
    offer(left);
    if (before[left]! >= 0) offer(before[left]!);
  }
  const symbols: string[] = [];
  for (let i = 0; i < count; i = after[i]!) symbols.push(text.slice(starts[i], ends[i]));
  return symbols;
}

/** Cuts a text at pieces that are never merged: of those that start first the longest is taken. */
function splitUserDefined(text: string, words: readonly string[]): string[] {
  if (words.length === 0) return [text];
  const parts: string[] = [];
  const next = words.map((word) => ({ word, at: text.indexOf(word) }));
  for (let from = 0; ;) {
    let best: { word: string; at: number } | undefined;
    for (const each of next) {
      if (each.at !== -1 && each.at < from) each.at = text.indexOf(each.word, from);
      if (each.at === -1) continue;
      if (!best || each.at < best.at || (each.at === best.at && each.word.length > best.word.length)) best = each;
    }
    const end = best?.at ?? text.length;
    if (end > from) parts.push(text.slice(from, end));
    if (!best) return parts;
    parts.push(best.word);
    from = end + best.word.length;
  }
}

function refuse(message: string): never {
  throw new ModelFileError("token", `sentencepiece: ${message}`);
}
