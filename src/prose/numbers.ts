/** A number with this many digits after the point and a true minus sign: −0.500. */
export const fixed = (value: number, digits: number): string => value.toFixed(digits).replace("-", "−");

/** At most this many digits after the point, without idle zeros: 4.6, not 4.6000. */
export const trimmed = (value: number, digits: number): string => String(Number(value.toFixed(digits))).replace("-", "−");

/** Digits in groups of three: 136,960. */
export const grouped = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** [.338, .224, .438]: a row of numbers as papers print it. */
export const row = (values: ArrayLike<number>, digits: number): string =>
  `[${Array.from(values, (value) => fixed(value, digits)).join(", ")}]`;

/** A Markdown table, numbers to the right. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map((_, i) => (i === 0 ? "---" : "--:"))), ...rows.map(line)].join("\n");
}
