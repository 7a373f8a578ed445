const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  return rest;
});

/**
 * CRC-32 as eight hexadecimal digits, as in zip and PNG. It finds damage, not malice. Computed at once: inside a transaction of
 * IndexedDB one may not wait for `crypto.subtle`.
 * Source: ISO 3309.
 */
export function crc32(bytes: Uint8Array): string {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = table[(rest ^ byte) & 255]! ^ (rest >>> 8);
  return (~rest >>> 0).toString(16).padStart(8, "0");
}
