import type { ReactElement } from "react";
import { bibliography, type CiteKey, linkOf, type Source } from "./bibliography.ts";
import { usePage } from "./page.ts";

/** Cites a source: authors and year in the text, leading to the full entry at the end of the chapter. */
export function Cite({ id }: { readonly id: CiteKey }): ReactElement {
  const source = entryOf(id);
  const { cites } = usePage();
  if (!cites.includes(id)) cites.push(id);
  return <a className="cite" href={`#source-${id}`}>{`${source.short} ${source.year}`}</a>;
}

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
        {cites.map((id) => {
          const source = entryOf(id);
          return (
            <li key={id} id={`source-${id}`}>
              {source.authors} ({source.year}). <cite>{source.title}</cite>. {source.where}.{" "}
              <a href={linkOf(source)}>{source.arxiv ? `arXiv:${source.arxiv}` : source.doi ? `doi:${source.doi}` : "read"}</a>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
