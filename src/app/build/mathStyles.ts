/** Which class in KaTeX's HTML calls for which of its fonts. */
export const katexFaces: Readonly<Record<string, RegExp>> = {
  "KaTeX_Main-Regular": /class="katex"/,
  "KaTeX_Math-Italic": /mathnormal/,
  "KaTeX_Main-Bold": /mathbf|textbf/,
  "KaTeX_Main-Italic": /mathit|textit/,
  "KaTeX_Math-BoldItalic": /boldsymbol/,
  "KaTeX_AMS-Regular": /amsrm|mathbb/,
  "KaTeX_Caligraphic-Regular": /mathcal/,
  "KaTeX_Size1-Regular": /delimsizing size1|delim-size1|small-op/,
  "KaTeX_Size2-Regular": /delimsizing size2|large-op/,
  "KaTeX_Size3-Regular": /delimsizing size3/,
  "KaTeX_Size4-Regular": /delimsizing size4|delim-size4/,
};

/**
 * The sheet without those rules and faces of KaTeX whose signs do not stand on the page: of 237 rules a chapter uses about 45, and
 * formulas are made at build time alone. All others stay, because scripts make what they dress.
 */
export function withoutUnusedMath(css: string, body: string): string {
  const used = new Set([...body.matchAll(/class="([^"]*)"/g)].flatMap(([, names]) => names!.split(/\s+/)));
  const isUsed = (selector: string): boolean =>
    !selector.includes(".katex") || [...selector.matchAll(/\.([A-Za-z][\w-]*)/g)].every(([, name]) => used.has(name!));
  const isCalled = (face: string): boolean => Object.entries(katexFaces).every(([name, calls]) => !face.includes(name) || calls.test(body));
  return css.replaceAll(/@font-face\{[^}]*\}/g, (face) => (isCalled(face) ? face : "")).replace(/([^{}@;]*\.katex[^{}@;]*)\{[^{}]*\}/g, (rule, selectors: string) => {
    const kept = selectors.split(",").filter(isUsed);
    return kept.length === 0 ? "" : kept.join(",") + rule.slice(selectors.length);
  });
}
