import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { m, mm, texToHtml } from "./math.tsx";
import { md } from "./md.tsx";
import { newPage, PageContext } from "./page.ts";
import { Chip } from "./reactive.tsx";

const addresses: Readonly<Record<string, string | null>> = { tokens: "/book/tokens/", planned: null };

function html(node: ReactNode): string {
  const page = newPage("/book/", (slug) => {
    const address = addresses[slug];
    if (address === undefined) throw new RangeError(`no chapter "${slug}"`);
    return address;
  });
  return renderToStaticMarkup(<PageContext value={page}>{node}</PageContext>);
}

test("paragraphs, emphasis, lists and code read as Markdown", () => {
  expect(html(md`
    One *two* **three** \`four\`.

    - a
    - b
  `)).toBe("<p>One <em>two</em> <strong>three</strong> `four`.</p><ul><li>a</li><li>b</li></ul>");
});

test("quotation marks and dashes become typographic", () => {
  expect(html(md`"a" -- b...`)).toBe("<p>“a” – b…</p>");
});

test("a backslash is a backslash: formulas need no second one", () => {
  const made = html(md`The rate $\eta$ is small.`);
  expect(made).toContain('<annotation encoding="application/x-tex">\\eta</annotation>');
  expect(made).toMatch(/^<p>The rate <span class="math whole">.*<\/span> is small\.<\/p>$/s);
});

test("double signs make a displayed formula outside every paragraph, over one line or more", () => {
  const made = html(md`
    before

    $$a
    + b$$

    after
  `);
  expect(made).toMatch(/^<p>before<\/p><div class="display-math">.*<\/div><p>after<\/p>$/s);
  expect(made).toContain("katex-display");
});

test("a price is no formula", () => {
  expect(html(md`It costs $5 or $6 a month.`)).toBe("<p>It costs $5 or $6 a month.</p>");
});

test("every formula carries MathML for those who listen", () => {
  expect(html(m`x^2`)).toContain('<math xmlns="http://www.w3.org/1998/Math/MathML">');
  expect(html(mm`x^2`)).toContain('display="block"');
});

test("a bad formula throws, so that the build fails", () => {
  expect(() => texToHtml("\\frac{1}{", false)).toThrow(/KaTeX/);
  expect(() => html(md`$\nosuchcommand$`)).toThrow(/Undefined control sequence/);
  expect(() => html(md`$é$`)).toThrow(/KaTeX/);
});

test("only classes may be set from a formula, no links and no styles", () => {
  expect(texToHtml("\\query{Q}", false)).toContain("t-query");
  expect(() => texToHtml("\\href{https://example.org}{x}", false)).not.toThrow();
  expect(texToHtml("\\href{https://example.org}{x}", false)).not.toContain("<a ");
});

test("components keep their place and work; alone in a paragraph they are blocks of their own", () => {
  expect(html(md`a ${<b>bold</b>} z`)).toBe("<p>a <b>bold</b> z</p>");
  expect(html(md`
    a

    ${<figure>f</figure>}

    z
  `)).toBe("<p>a</p><figure>f</figure><p>z</p>");
});

test("templates nest, and a nested one keeps its own components", () => {
  expect(html(md`out ${<i>{md`in ${<b>deep</b>}`}</i>}`)).toBe("<p>out <i><p>in <b>deep</b></p></i></p>");
});

test("numbers and strings are part of the text, of tables and of formulas", () => {
  expect(html(md`It is ${0.5}, or ${"*more*"}.`)).toBe("<p>It is 0.5, or <em>more</em>.</p>");
  expect(html(md`$w = ${3}$`)).toContain("w = 3");
  const rows = "| a | b |\n| --- | --: |\n| 1 | 2 |";
  expect(html(md`
    Look:

    ${rows}
  `)).toContain('<td class="right">2</td>');
});

test("a value that would show nothing is refused", () => {
  const nothing: ReactNode = undefined;
  expect(() => md`a ${nothing}`).toThrow("md: value 1 is undefined, which shows nothing");
});

test("the indentation of the code around it does not count, not even after a component at the start of a line", () => {
  expect(html(md`
          ${<b>x</b>} first
          second
        `)).toBe("<p><b>x</b> first\nsecond</p>");
});

test("HTML in the text is text", () => {
  expect(html(md`a <script>x</script>`)).toBe("<p>a &lt;script&gt;x&lt;/script&gt;</p>");
});

test("a link to a chapter knows the base; a planned chapter is named without a link, an unknown one throws", () => {
  expect(html(md`[t](chapter:tokens)`)).toBe('<p><a href="/book/tokens/">t</a></p>');
  expect(html(md`[s](chapter:tokens#merge)`)).toBe('<p><a href="/book/tokens/#merge">s</a></p>');
  expect(html(md`[p](chapter:planned)`)).toBe('<p><span class="unwritten">p</span></p>');
  expect(() => html(md`[u](chapter:unknown)`)).toThrow('no chapter "unknown"');
  expect(() => html(md`[u](ftp://example.org)`)).toThrow(/BookLink/);
});

test("a chip, and a formula that is short, stay in one line with the sign that closes them", () => {
  const chip = <Chip figure="none" scene="none">press</Chip>;
  expect(html(md`Now ${chip}, and on.`)).toMatch(/<span class="whole"><button[^>]*>press<\/button>,<\/span> and on/);
  expect(html(md`The rate is $\eta$. Then`)).toMatch(/<span class="whole"><span class="math whole">.*<\/span>\.<\/span> Then/);
  expect(html(md`So $W_2(W_1 x + b_1) + b_2 = W x$, as said`)).toMatch(/<span class="math">.*<\/span>, as said/);
});
