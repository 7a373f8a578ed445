import type { Tokenizer } from "./bpe.ts";

/**
 * What a token adds to a text that is written token by token: its bytes as text. Subtle: `decode` of one token alone would drop the
 * space before it where the vocabulary writes a space before every text, and words would run together.
 */
export const pieceText = (tokenizer: Pick<Tokenizer, "piece">, id: number): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(tokenizer.piece(id));
