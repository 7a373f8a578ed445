/**
 * How a token is shown to a reader, whatever its bytes: a space as ▁, a control character as its picture (␊ for a line
 * break), and bytes that are no complete UTF-8 as `<0xE2><0x96>`. For eyes only: it cannot be undone.
 */
export function displayPiece(piece: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(piece);
  } catch {
    return Array.from(piece, byteText).join("");
  }
  return text.replaceAll(" ", "▁").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, picture);
}

function byteText(byte: number): string {
  if (byte === 0x20) return "▁";
  if (byte > 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

/** Control characters have pictures in Unicode; what is merely invisible (a joiner, a direction mark) is named by its number. */
function picture(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}
