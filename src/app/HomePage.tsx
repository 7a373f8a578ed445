import type { ReactElement, ReactNode } from "react";

interface HomePageProps {
  readonly title: string;
  readonly question: string;
  readonly paths: ReactNode;
  readonly contents: ReactNode;
  readonly children: ReactNode;
}

/** The first page: what this is in one sentence, a live figure at once, then the ways through the book and its contents. */
export function HomePage({ title, question, paths, contents, children }: HomePageProps): ReactElement {
  return (
    <article className="chapter home-page">
      <header className="opening">
        <h1>{title}</h1>
        <p className="chapter-question">{question}</p>
      </header>
      {children}
      {paths}
      {contents}
    </article>
  );
}
