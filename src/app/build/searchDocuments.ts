import type { SearchDocument } from "../searchDocument.ts";

interface Page {
  readonly path: string;
  readonly title: string;
  readonly kind: string;
  readonly body: string;
}

/** What can be found: sections, figures with their captions, and terms, cut out of the rendered pages. */
export function searchDocuments(pages: readonly Page[]): SearchDocument[] {
  return pages.flatMap((page) => (page.path === "/glossary/" ? terms(page) : page.kind === "reading" || page.kind === "home" ? chapter(page) : []))
    .map((document, id) => ({ id, ...document }));
}

type Found = Omit<SearchDocument, "id">;

function terms({ path, body }: Page): Found[] {
  return [...body.matchAll(/<div id="([\w-]+)"><dt>([^]*?)<\/dt><dd>([^]*?)<\/dd>/g)].map(([, id = "", term = "", definition = ""]) => (
    { kind: "term" as const, title: plain(term), where: "Glossary", url: `${path.slice(1)}#${id}`, text: plain(definition.replace(/<span class="mentions">[^]*/, "")) }
  ));
}

function chapter({ path, title, kind, body }: Page): Found[] {
  const main = /<main[^>]*>([^]*)<\/main>/.exec(body)?.[1] ?? "";
  const at = path.slice(1);
  const figures = [...main.matchAll(/<figure id="([\w-]+)"[^]*?<\/figure>/g)].map(([whole, id = ""]): Found => {
    const name = plain(/aria-label="More about this figure: ([^"]*)"/.exec(whole)?.[1] ?? "");
    return { kind: "figure", title: name, where: title, url: `${at}#${id}`, text: plain(/<figcaption>([^]*?)<\/figcaption>/.exec(whole)?.[1] ?? "") };
  });
  if (kind === "home") return figures;
  const text = main.replace(/<figure [^]*?<\/figure>/g, " ");
  const [opening = "", ...parts] = text.split(/(?=<section class="section")/);
  // Number, title and prerequisites stand elsewhere in the list; the question says what the chapter is about.
  const asked = /<p class="chapter-question">[^]*/.exec(opening)?.[0].replace(/<p class="about-chapter">[^]*?<\/p>/, " ") ?? "";
  const first: Found = { kind: "chapter", title, where: "", url: at, text: plain(asked) };
  const sections = parts.filter((part) => !part.includes('class="section sources"')).map((part): Found => {
    const id = /id="([\w-]+)"/.exec(part)?.[1] ?? "";
    const [, heading = "", rest = ""] = /<h2[^>]*>([^]*?)<\/h2>([^]*)/.exec(part) ?? [];
    return { kind: "section", title: plain(heading), where: title, url: `${at}#${id}`, text: plain(rest.replace(/<nav [^]*/, "")) };
  });
  return [first, ...sections, ...figures];
}

/** Text as it is read: without pictures, code, formulas twice over, and what opens only on a press. */
function plain(html: string): string {
  return html
    .replace(/<(svg|math|button|nav|pre)\b[^]*?<\/\1>/g, " ")
    .replace(/<span class="(definition|cite-card)"[^]*?<\/span>/g, " ")
    .replace(/<[^>]*>/g, (tag) => (/^<\/?(p|li|h\d|div|td|th|tr|summary|dd|dt)\b/.test(tag) ? " " : ""))
    .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&amp;", "&")
    .replace(/\s+/g, " ").trim();
}
