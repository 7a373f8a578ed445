import { expect, test } from "vitest";
import { withoutUnusedMath } from "./mathStyles.ts";

const body = '<p class="a"><span class="katex"><span class="base mord">x</span></span></p>';

test("of KaTeX's rules those stay whose signs are on the page, one of a list for itself", () => {
  expect(withoutUnusedMath(".katex{font:1em x}.katex .base{width:1px}.katex .vlist,.katex .mord{top:0}.katex .vlist .x:not(.y){top:1px}", body))
    .toBe(".katex{font:1em x}.katex .base{width:1px}.katex .mord{top:0}");
});

test("of KaTeX's faces those stay that a formula of the page calls for", () => {
  const face = (name: string): string => `@font-face{font-family:KaTeX;src:url(/assets/${name}-a1.woff2)}`;
  expect(withoutUnusedMath(["KaTeX_Main-Regular", "KaTeX_Math-Italic", "KaTeX_Size1-Regular", "serif"].map(face).join(""), body))
    .toBe(face("KaTeX_Main-Regular") + face("serif"));
});

test("rules of others, of their faces and of media stay as they are", () => {
  const others = '@font-face{font-family:Serif;src:url(a.woff2)}.nowhere .gone{top:0}@media print{.nowhere{top:0}.katex .base{top:0}}';
  expect(withoutUnusedMath(others, body)).toBe(others);
  expect(withoutUnusedMath("@media print{.katex .gone{top:0}p{top:0}}", body)).toBe("@media print{p{top:0}}");
});
