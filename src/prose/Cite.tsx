import type { ReactElement, ReactNode } from "react";
import { bibliography, type CiteKey, linkOf, type Source, yearOf } from "./bibliography.ts";
import { mention, nextId, usePage } from "./page.ts";

/** Cites a source: authors and year in the text, leading to the full entry at the end of the chapter. */
export function Cite({ id }: { readonly id: CiteKey }): ReactElement {
  const source = entryOf(id);
  const page = usePage();
  if (!page.cites.includes(id)) page.cites.push(id);
  mention(page, "cite", id);
  const card = nextId(page, "cited").id;
  return (
    <span className="cite-place">
      <a className="cite" href={`#source-${id}`} aria-describedby={card}>{`${source.short} ${yearOf(id)}`}</a>
      <span className="cite-card" role="tooltip" id={card}>
        {source.authors} ({yearOf(id)}). <cite>{source.title}</cite>. {source.where}.
      </span>
    </span>
  );
}

/** One source as a list prints it, with a link to where it can be read. */
export function Entry({ id }: { readonly id: CiteKey }): ReactElement {
  const source = entryOf(id);
  return (
    <>
      {source.authors} ({yearOf(id)}). <cite>{source.title}</cite>. {withPages(source.where)}.{" "}
      <a href={linkOf(source)}>{source.arxiv ? `arXiv:${source.arxiv}` : source.doi ? `doi:${source.doi}` : "read"}</a>
    </>
  );
}

/** Its range of pages is not broken. */
const withPages = (where: string): ReactNode[] => where.split(/(\d+–\d+)/).map((part, i) => (i % 2 ? <span key={part} className="whole">{part}</span> : part));

function entryOf(id: CiteKey): Source {
  if (!Object.hasOwn(bibliography, id)) throw new Error(`Cite: the bibliography has no entry "${id}"`);
  return bibliography[id];
}

/** What this chapter cites, in order of appearance. */
export function Sources({ cites }: { readonly cites: readonly CiteKey[] }): ReactElement | null {
  if (cites.length === 0) return null;
  return (
    <section className="section sources" id="sources" aria-labelledby="sources-title">
      <h2 id="sources-title">Sources</h2>
      <ol>
        {cites.map((id) => <li key={id} id={`source-${id}`}><Entry id={id} /></li>)}
      </ol>
    </section>
  );
}
