/**
 * Text cut at spaces into lines of at most `columns` characters; a longer word is cut anywhere, control characters become spaces.
 * Counts characters, for drawing never measures: meant for letters of one width.
 */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.replaceAll(/\p{Cc}/gu, " ").split(/ +/u)) {
    for (const part of word.match(new RegExp(`.{1,${columns}}`, "gu")) ?? []) {
      if (line !== "" && line.length + 1 + part.length > columns) {
        lines.push(line);
        line = "";
      }
      line = line === "" ? part : `${line} ${part}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** The beginning of a text that fits on one line, with … where something is left out. */
export function firstLine(text: string, columns: number): string {
  const line = [...text.replaceAll(/\p{Cc}/gu, " ")];
  return line.length <= columns ? line.join("") : `${line.slice(0, columns - 1).join("")}…`;
}
