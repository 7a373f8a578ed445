import type MarkdownIt from "markdown-it";

/** Teaches a Markdown parser `$…$` (inline) and `$$…$$` (displayed, alone in its paragraph). */
export function mathRules(parser: InstanceType<typeof MarkdownIt>): void {
  parser.inline.ruler.after("escape", "math", (state, silent) => {
    const { src, pos, posMax } = state;
    if (src[pos] !== "$" || src[pos + 1] === "$" || /\s/.test(src[pos + 1] ?? " ")) return false;
    const end = closing(src, pos + 1, posMax);
    // "costs $5 or $6" is no mathematics: a closing sign follows no space and precedes no digit.
    if (end < 0 || /\s/.test(src[end - 1] ?? " ") || /\d/.test(src[end + 1] ?? "")) return false;
    if (!silent) state.push("math", "math", 0).content = src.slice(pos + 1, end);
    state.pos = end + 1;
    return true;
  });

  parser.block.ruler.before("paragraph", "displayMath", (state, startLine, endLine, silent) => {
    const lineAt = (line: number): string => state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]!).trim();
    if (!lineAt(startLine).startsWith("$$")) return false;
    let text = lineAt(startLine).slice(2);
    let line = startLine;
    while (!text.endsWith("$$")) {
      line++;
      if (line >= endLine) return false;
      text += `\n${lineAt(line)}`;
    }
    if (silent) return true;
    const token = state.push("displayMath", "math", 0);
    token.content = text.slice(0, -2).trim();
    token.block = true;
    token.map = [startLine, line + 1];
    state.line = line + 1;
    return true;
  }, { alt: ["paragraph"] });
}

/** Where an unescaped `$` closes what began before `from`, or −1. */
function closing(text: string, from: number, limit: number): number {
  for (let at = from; at < limit; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "$") return at;
  }
  return -1;
}
