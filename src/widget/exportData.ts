import type { Table } from "./defineWidget.ts";

/**
 * A table as CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front, as spreadsheets
 * themselves write it: the reader's own words may stand here. JSON has every text as it is.
 */
export function toCsv({ columns, rows }: Table): string {
  const cell = (value: string | number): string => {
    const text = typeof value === "string" && /^[=+@\t\r]|^-(?![\d.])/.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** About how many bytes a frame is: eight a number, two a letter, typed arrays as they are. Walks at most 200,000 values. */
export function frameBytes(frame: unknown): number {
  let bytes = 0;
  let left = 200_000;
  const open: unknown[] = [frame];
  while (open.length > 0 && left-- > 0) {
    const value = open.pop();
    if (ArrayBuffer.isView(value)) bytes += value.byteLength;
    else if (typeof value === "string") bytes += 2 * value.length;
    else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) open.push(inner);
    else bytes += 8;
  }
  return bytes;
}
