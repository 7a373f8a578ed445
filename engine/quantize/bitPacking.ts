/**
 * Puts whole numbers from 0 to 2^bits − 1 side by side, the first in the lowest bits: in 4 bits, 1, 2, 3 become 0x21, 0x03.
 * Throws: RangeError for bits other than 1, 2, 4 and 8, and for a number out of range.
 */
export function packBits(codes: ArrayLike<number>, bits: number): Uint8Array {
  const each = perByte(bits);
  const bytes = new Uint8Array(Math.ceil(codes.length / each));
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (!Number.isInteger(code) || code < 0 || code >= 2 ** bits) throw new RangeError(`packBits: ${code} does not fit ${bits} bits`);
    bytes[Math.floor(i / each)]! |= code << (bits * (i % each));
  }
  return bytes;
}

/** The first `count` numbers of what `packBits` made. Throws: RangeError when there are fewer. */
export function unpackBits(bytes: Uint8Array, bits: number, count: number): Uint8Array {
  const each = perByte(bits);
  if (count > bytes.length * each) {
    throw new RangeError(`unpackBits: ${bytes.length} bytes hold ${bytes.length * each} numbers, not ${count}`);
  }
  return Uint8Array.from({ length: count }, (_, i) => (bytes[Math.floor(i / each)]! >> (bits * (i % each))) & (2 ** bits - 1));
}

function perByte(bits: number): number {
  if (![1, 2, 4, 8].includes(bits)) throw new RangeError(`packBits: ${bits} bits do not divide a byte`);
  return 8 / bits;
}
