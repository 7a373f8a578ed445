import katex from "katex";
import type { ReactElement } from "react";

/** What has one colour in the whole book lights together: `\query{Q}` with the queries of figures and text. */
const macros = {
  "\\query": "\\htmlClass{t-query}{#1}",
  "\\key": "\\htmlClass{t-key}{#1}",
  "\\val": "\\htmlClass{t-value}{#1}",
  "\\residual": "\\htmlClass{t-residual}{#1}",
  "\\gradient": "\\htmlClass{t-gradient}{#1}",
  "\\loss": "\\htmlClass{t-loss}{#1}",
  "\\softmax": "\\operatorname{softmax}",
};

/** A page is rendered more than once, and in development after each change: a formula is set once. */
const set = new Map<string, string>();

/** KaTeX's HTML, with MathML for those who listen. Throws: on a formula that KaTeX does not understand, so that the build fails. */
export function texToHtml(tex: string, display: boolean): string {
  const key = `${display ? "display" : "inline"} ${tex}`;
  const html = set.get(key) ?? typeset(tex, display);
  set.set(key, html);
  return html;
}

function typeset(tex: string, display: boolean): string {
  return katex.renderToString(tex, {
    displayMode: display,
    output: "htmlAndMathml",
    throwOnError: true,
    strict: (code: string) => (code === "htmlExtension" ? "ignore" : "error"),
    trust: ({ command }) => command === "\\htmlClass",
    macros: { ...macros },
  });
}

/** Whether a formula in a sentence is so short that it is better not broken: by the signs that will be seen. */
export const isShort = (tex: string): boolean => tex.replace(/\\[a-zA-Z]+|[{}_^\s\\]/g, "").length <= 15;

export function Tex({ tex, display = false }: { readonly tex: string; readonly display?: boolean }): ReactElement {
  const html = { __html: texToHtml(tex, display) };
  if (display) return <div className="display-math" dangerouslySetInnerHTML={html} />;
  return <span className={isShort(tex) ? "math whole" : "math"} dangerouslySetInnerHTML={html} />;
}

type Piece = string | number;

/** Inline mathematics inside JSX: m`\eta = ${0.1}`. */
export function m(strings: TemplateStringsArray, ...values: Piece[]): ReactElement {
  return <Tex tex={String.raw(strings, ...values)} />;
}

/** Displayed mathematics inside JSX. */
export function mm(strings: TemplateStringsArray, ...values: Piece[]): ReactElement {
  return <Tex tex={String.raw(strings, ...values)} display />;
}
