import type { ReactElement, ReactNode } from "react";

interface HomePageProps {
  readonly title: string;
  readonly question: string;
  readonly contents: ReactNode;
  readonly children: ReactNode;
}

/** The first page: what this is in one sentence, a live figure at once, then the contents of the book. */
export function HomePage({ title, question, contents, children }: HomePageProps): ReactElement {
  return (
    <article className="chapter home-page">
      <header className="opening">
        <h1>{title}</h1>
        <p className="chapter-question">{question}</p>
      </header>
      {children}
      {contents}
    </article>
  );
}
