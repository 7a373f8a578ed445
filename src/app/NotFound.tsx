import type { ReactElement } from "react";

export function NotFound({ base }: { readonly base: string }): ReactElement {
  return (
    <article className="chapter not-found">
      <header className="opening">
        <h1>This page does not exist</h1>
        <p className="chapter-question">The address may be mistyped, or the chapter is not written yet.</p>
      </header>
      <p><a href={base}>Go to the contents of the book</a>, or search it:</p>
      <div className="search-here" data-search-here="" />
    </article>
  );
}
