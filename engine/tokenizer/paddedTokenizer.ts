import type { Tokenizer } from "./bpe.ts";

/**
 * The tokenizer of a model whose vocabulary was rounded up to a size that divides well: ids from its end to `vocabSize` are never
 * made from text, and stand for none.
 */
export function paddedTokenizer(tokenizer: Tokenizer, vocabSize: number): Tokenizer {
  const isPadding = (id: number): boolean => id >= tokenizer.vocabSize && id < vocabSize;
  const told = (ids: ArrayLike<number>): number[] => Array.from(ids).filter((id) => !isPadding(id));
  return {
    ...tokenizer,
    vocabSize,
    decode: (ids) => tokenizer.decode(told(ids)),
    decodeBytes: (ids) => tokenizer.decodeBytes(told(ids)),
    piece: (id) => (isPadding(id) ? new Uint8Array(0) : tokenizer.piece(id)),
    display: (id) => (isPadding(id) ? `[unused ${id}]` : tokenizer.display(id)),
  };
}
