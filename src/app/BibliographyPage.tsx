import type { ReactElement } from "react";
import { bibliography, type CiteKey } from "../prose/bibliography.ts";
import { Entry } from "../prose/Cite.tsx";
import { Letters } from "./Letters.tsx";
import { Mentions } from "./Mentions.tsx";
import type { Surveyed } from "./surveyed.ts";

/** Every source that a chapter cites, by author, with the places that cite it. */
export function BibliographyPage({ base, book }: { readonly base: string; readonly book: readonly Surveyed[] }): ReactElement {
  const cited = new Set(book.flatMap(({ page }) => page.cites));
  const keys = (Object.keys(bibliography) as CiteKey[]).filter((key) => cited.has(key));
  const byAuthor = keys.sort((a, b) => a.localeCompare(b, "en"));
  return (
    <article className="chapter">
      <header className="opening">
        <h1>Sources</h1>
        <p className="chapter-question">Every work that a chapter cites, and where it does.</p>
      </header>
      <Letters entries={byAuthor} nameOf={(key) => key}>
        {(ofLetter) => (
          <ul className="bibliography">
            {ofLetter.map((key) => (
              <li key={key} id={key}>
                <Entry id={key} /> <Mentions base={base} book={book} kind="cite" name={key} word="Cited in" />
              </li>
            ))}
          </ul>
        )}
      </Letters>
    </article>
  );
}
