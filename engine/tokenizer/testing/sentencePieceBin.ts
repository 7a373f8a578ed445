/**
 * Reads the vocabulary of the stories260k checkpoint: int32 longest piece, then for each token float32 score, int32
 * length, bytes. Ids 3–258 are written `<0xNN>` and stand for one byte. Returns the bytes of each id; the special ids
 * 0–2 (unknown, start, end) have none.
 */
export function readSentencePieceBin(file: Uint8Array): Uint8Array[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const pieces: Uint8Array[] = [];
  for (let at = 4; at < file.length;) {
    const length = view.getInt32(at + 4, true);
    const id = pieces.length;
    const isByte = id >= 3 && id < 259;
    pieces.push(id < 3 ? new Uint8Array() : isByte ? Uint8Array.of(id - 3) : file.slice(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return pieces;
}

/** The text of ids: as everywhere with this tokenizer, the space before the first word is left out. */
export function decodeSentencePiece(pieces: readonly Uint8Array[], ids: readonly number[]): string {
  const text = new TextDecoder().decode(Uint8Array.from(ids.flatMap((id) => Array.from(pieces[id]!))));
  return text.replace(/^ /, "");
}
