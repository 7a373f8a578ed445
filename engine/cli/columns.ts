/** Rows of cells as text in columns, the first row as their heads; numbers stand to the right. */
export function columns(rows: readonly (readonly string[])[], isText: (column: number) => boolean): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number): string => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!));
  return `${rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n")}\n`;
}
