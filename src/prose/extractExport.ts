/**
 * The text of one named export of a TypeScript file, with the comment above it.
 * Throws: when the file has no such export.
 */
export function extractExport(source: string, name: string, file = "the file"): string {
  const start = new RegExp(`^export (?:async )?(?:function\\*?|const|class|interface|type) ${name}\\b`, "m").exec(source)?.index;
  if (start === undefined) throw new Error(`extractExport: ${file} exports no "${name}"`);
  const before = source.slice(0, start);
  const comment = /(?:\/\*\*(?:(?!\*\/)[^])*\*\/|(?:^\/\/[^\n]*\n)+)\n?(?![^])/m.exec(before);
  const from = comment?.index ?? start;
  return source.slice(from, start + lengthOf(source.slice(start))).trim();
}

/** A top-level declaration of formatted code ends where its brackets close in column 0, or, where none stay open, with a semicolon. */
function lengthOf(text: string): number {
  const [first = ""] = text.split("\n", 1);
  const end = (opens(first) > 0 ? /\n[}\])][^\n]*(?<=[;}])(?=\n|$)/ : /;(?=\n|$)/).exec(text);
  return end ? end.index + end[0].length : text.length;
}

const opens = (line: string): number => (line.match(/[{([]/g)?.length ?? 0) - (line.match(/[})\]]/g)?.length ?? 0);
