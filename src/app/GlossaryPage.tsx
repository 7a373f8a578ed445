import type { ReactElement } from "react";
import { glossary } from "../prose/glossary.ts";
import { slugOf } from "../prose/page.ts";
import { Letters } from "./Letters.tsx";
import { Mentions } from "./Mentions.tsx";
import type { Surveyed } from "./surveyed.ts";

/** Every word that opens its definition in a chapter, with the places where it does. */
export function GlossaryPage({ base, book }: { readonly base: string; readonly book: readonly Surveyed[] }): ReactElement {
  return (
    <article className="chapter">
      <header className="opening">
        <h1>Glossary</h1>
        <p className="chapter-question">What words mean in this book. In a chapter they open in place; here they stand together.</p>
      </header>
      <Letters entries={Object.entries(glossary).sort(([a], [b]) => a.localeCompare(b, "en"))} nameOf={([term]) => term}>
        {(terms) => (
          <dl className="glossary">
            {terms.map(([term, definition]) => (
              <div key={term} id={slugOf(term)}>
                <dt>{term}</dt>
                <dd>
                  {definition} <Mentions base={base} book={book} kind="term" name={term} word="Used in" />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </Letters>
    </article>
  );
}
