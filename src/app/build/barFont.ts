/**
 * A TrueType font with one sign, ▁ (U+2581), which stands for a space at the beginning of a token. The fonts of the book lack it, and
 * tokens should look the same on every machine.
 * Source: OpenType specification 1.9, the tables required for a font with TrueType outlines.
 */
const UNITS = 1000;
/** The width of a letter of JetBrains Mono, and a low bar in it. */
const ADVANCE = 600;
const NAME = "Bars";
const bar = { left: 60, right: 540, bottom: -120, top: -40 };

type Field = readonly [size: 1 | 2 | 4, value: number];
const u8 = (value: number): Field => [1, value];
const u16 = (value: number): Field => [2, value];
const u32 = (value: number): Field => [4, value];

const times = (count: number, field: Field): Field[] => Array<Field>(count).fill(field);

export function barFont(): Uint8Array {
  const { left, right, bottom, top } = bar;
  const tables: Readonly<Record<string, Uint8Array>> = {
    "OS/2": bytes([
      u16(4), u16(ADVANCE), u16(400), u16(5), u16(0), ...times(10, u16(200)), u16(0), ...times(10, u8(0)), ...times(4, u32(0)),
      u32(0x20202020), u16(0x40), u16(0x2581), u16(0x2581), u16(1020), u16(-300), u16(0), u16(1020), u16(300),
      u32(0), u32(0), u16(550), u16(730), u16(0), u16(32), u16(1),
    ]),
    cmap: cmap(0x2581),
    glyf: bytes([
      u16(1), u16(left), u16(bottom), u16(right), u16(top), u16(3), u16(0), ...times(4, u8(1)),
      u16(left), u16(0), u16(right - left), u16(0), u16(bottom), u16(top - bottom), u16(0), u16(bottom - top),
    ]),
    head: bytes([
      u32(0x00010000), u32(0x00010000), u32(0), u32(0x5f0f3cf5), u16(0), u16(UNITS), u32(0), u32(0), u32(0), u32(0),
      u16(left), u16(bottom), u16(right), u16(top), u16(0), u16(8), u16(2), u16(1), u16(0),
    ]),
    hhea: bytes([
      u32(0x00010000), u16(1020), u16(-300), u16(0), u16(ADVANCE), u16(left), u16(left), u16(right), u16(1),
      ...times(7, u16(0)), u16(2),
    ]),
    hmtx: bytes([u16(ADVANCE), u16(0), u16(ADVANCE), u16(left)]),
    // Glyph 0, the missing one, is empty; glyph 1 is the bar.
    loca: bytes([u32(0), u32(0), u32(34)]),
    maxp: bytes([u32(0x00010000), u16(2), u16(4), u16(1), u16(0), u16(0), u16(1), ...times(8, u16(0))]),
    // What draws posters takes no font without a family and a PostScript name: both are the same four letters.
    name: bytes([
      u16(0), u16(2), u16(30), ...[1, 6].flatMap((id) => [u16(3), u16(1), u16(0x409), u16(id), u16(2 * NAME.length), u16(0)]),
      ...[...NAME].map((letter) => u16(letter.charCodeAt(0))),
    ]),
    post: bytes([u32(0x00030000), u32(0), u16(-100), u16(50), u32(1), u32(0), u32(0), u32(0), u32(0)]),
  };
  return assemble(tables);
}

/** Format 4 with one character, glyph 1, and the closing segment that the format demands. */
function cmap(character: number): Uint8Array {
  return bytes([
    u16(0), u16(1), u16(3), u16(1), u32(12), u16(4), u16(32), u16(0), u16(4), u16(4), u16(1), u16(0),
    u16(character), u16(0xffff), u16(0), u16(character), u16(0xffff), u16(1 - character), u16(1), u16(0), u16(0),
  ]);
}

function bytes(fields: readonly Field[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 1) view.setUint8(at, value);
    else if (size === 2) view.setUint16(at, value & 0xffff);
    else view.setUint32(at, value >>> 0);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

/** The file: a directory of tables in alphabetical order, each padded to four bytes and with its checksum. */
function assemble(tables: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = Object.entries(tables);
  const count = entries.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const padded = entries.map(([, table]) => table.length + ((4 - (table.length % 4)) % 4));
  const file = new Uint8Array(12 + 16 * count + padded.reduce((sum, size) => sum + size, 0));
  const view = new DataView(file.buffer);
  file.set(bytes([u32(0x00010000), u16(count), u16(power * 16), u16(Math.log2(power)), u16((count - power) * 16)]));
  let offset = 12 + 16 * count;
  entries.forEach(([tag, table], i) => {
    file.set(table, offset);
    let sum = 0;
    for (let at = offset; at < offset + padded[i]!; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
    file.set(new TextEncoder().encode(tag), 12 + 16 * i);
    file.set(bytes([u32(sum), u32(offset), u32(table.length)]), 16 + 16 * i);
    offset += padded[i]!;
  });
  return file;
}
