import type { ReactElement, ReactNode } from "react";
import { Sources } from "../prose/Cite.tsx";
import { usePage } from "../prose/page.ts";

/** A chapter as the catalogue and its neighbours see it. */
export interface ChapterHead {
  readonly number: number | null;
  readonly slug: string;
  readonly path: string;
  readonly title: string;
  readonly question: string;
  readonly summary: string;
}

interface ChapterPageProps {
  readonly head: ChapterHead;
  readonly before: ChapterHead | undefined;
  readonly after: ChapterHead | undefined;
  readonly children: ReactNode;
}

/** A chapter: its question, its contents, its body, its sources, and the way on. */
export function ChapterPage({ head, before, after, children }: ChapterPageProps): ReactElement {
  return (
    <article className="chapter">
      <header className="opening">
        {head.number !== null && <p className="chapter-number">Chapter {head.number}</p>}
        <h1>{head.title}</h1>
        <p className="chapter-question">{head.question}</p>
      </header>
      <Contents />
      {children}
      <Ending />
      <nav className="neighbours" aria-label="Chapters before and after">
        {before ? <Neighbour chapter={before} word="Before" rel="prev" /> : <span />}
        {after && <Neighbour chapter={after} word="Next" rel="next" />}
      </nav>
    </article>
  );
}

/** The sections, known from the first pass over the page. */
function Contents(): ReactElement | null {
  const sections = usePage().earlier?.sections ?? [];
  if (sections.length < 2) return null;
  return (
    <nav className="contents" aria-label="In this chapter">
      <details>
        <summary>In this chapter</summary>
        <ol>
          {sections.map(({ id, title }) => <li key={id}><a href={`#${id}`}>{title}</a></li>)}
        </ol>
      </details>
    </nav>
  );
}

function Ending(): ReactElement | null {
  return <Sources cites={usePage().cites} />;
}

function Neighbour({ chapter, word, rel }: { readonly chapter: ChapterHead; readonly word: string; readonly rel: string }): ReactElement {
  const { base } = usePage();
  return (
    <a className={rel} rel={rel} href={base + chapter.path.slice(1)}>
      <span>{word}</span> <strong>{chapter.title}</strong>
    </a>
  );
}
