/**
 * The alphabet in which a tokenizer.json writes bytes: the 188 visible characters of Latin-1 stand for themselves, the
 * other 68 bytes, in order, for U+0100, U+0101, … So a space is Ġ, and every token is printable text without spaces.
 *
 * Source: Radford et al. 2019, the encoder of GPT-2.
 */
const characters: readonly string[] = (() => {
  const isVisible = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : 0x100 + others++));
})();

const bytes: ReadonlyMap<string, number> = new Map(characters.map((character, byte) => [character, byte]));

/** Bytes in that alphabet. Example: the bytes of " the" are `"Ġthe"`. */
export function toByteAlphabet(piece: Uint8Array): string {
  let text = "";
  for (const byte of piece) text += characters[byte];
  return text;
}

/** The bytes again; undefined when a character is not of the alphabet. */
export function fromByteAlphabet(text: string): Uint8Array | undefined {
  const piece = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const byte = bytes.get(text[at]!);
    if (byte === undefined) return undefined;
    piece[at] = byte;
  }
  return piece;
}
