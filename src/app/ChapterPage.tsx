import type { ReactElement, ReactNode } from "react";
import { Sources } from "../prose/Cite.tsx";
import { usePage } from "../prose/page.ts";
import { titleOf } from "./outline.ts";
import { needsOf } from "./prerequisites.ts";
import { type ReadingPath, readingPaths } from "./readingPaths.ts";

/** A chapter as the catalogue and its neighbours see it. */
export interface ChapterHead {
  readonly number: number | null;
  readonly slug: string;
  readonly path: string;
  readonly title: string;
  readonly question: string;
  readonly summary: string;
  readonly minutes: number;
  readonly questions: number;
}

interface ChapterPageProps {
  readonly head: ChapterHead;
  /** Every written chapter, in order. */
  readonly chapters: readonly ChapterHead[];
  readonly children: ReactNode;
}

/** A chapter: its question, its contents, its body, its sources, and the way on. */
export function ChapterPage({ head, chapters, children }: ChapterPageProps): ReactElement {
  return (
    <article className="chapter" data-chapter={head.slug}>
      <header className="opening">
        {head.number !== null && <p className="chapter-number">Chapter {head.number}</p>}
        <h1>{head.title}</h1>
        <p className="chapter-question">{head.question}</p>
        <About head={head} chapters={chapters} />
      </header>
      <Contents />
      {children}
      <Ending />
      {readingPaths.map((path, i) => <Neighbours key={path.id} path={path} isDefault={i === 0} head={head} chapters={chapters} />)}
    </article>
  );
}

/** How long it takes, and what it builds on: what the reader has read already is marked by the page's script. */
function About({ head, chapters }: { readonly head: ChapterHead; readonly chapters: readonly ChapterHead[] }): ReactElement {
  const { base } = usePage();
  const needs = head.number === null ? [] : needsOf(head.number);
  return (
    <p className="about-chapter">
      <span className="minutes">about {head.minutes} minutes</span>
      {needs.length > 0 && (
        <span className="needs">
          builds on{" "}
          {needs.map((number, i) => {
            const written = chapters.find((chapter) => chapter.number === number);
            const comma = i < needs.length - 1 ? ", " : "";
            if (!written) return <span key={number}><span className="unwritten">{titleOf(number)}</span>{comma}</span>;
            return <span key={number}><a href={base + written.path.slice(1)} data-needs={written.slug}>{written.title}</a>{comma}</span>;
          })}
        </span>
      )}
    </p>
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

interface NeighboursProps {
  readonly path: ReadingPath;
  readonly isDefault: boolean;
  readonly head: ChapterHead;
  readonly chapters: readonly ChapterHead[];
}

/** Previous and next on one reading path. The default one shows; the page's script shows another where the reader chose it. */
function Neighbours({ path, isDefault, head, chapters }: NeighboursProps): ReactElement | null {
  const onPath = isDefault ? [...chapters] : path.chapters.flatMap((number) => chapters.find((chapter) => chapter.number === number) ?? []);
  const at = onPath.findIndex(({ slug }) => slug === head.slug);
  if (at < 0) return null;
  const [before, after] = [onPath[at - 1], onPath[at + 1]];
  return (
    <nav className="neighbours" aria-label={`Chapters before and after: ${path.title}`} data-path={path.id} hidden={!isDefault}>
      {!isDefault && (
        <p className="on-path">
          {path.title}: {at + 1} of {onPath.length} <button type="button" className="quiet" data-leave-path="">leave this path</button>
        </p>
      )}
      {before ? <Neighbour chapter={before} word="Before" rel="prev" /> : <span />}
      {after ? <Neighbour chapter={after} word="Next" rel="next" /> : <End path={path} isDefault={isDefault} />}
    </nav>
  );
}

/** What is written ends here, on this path. */
function End({ path, isDefault }: { readonly path: ReadingPath; readonly isDefault: boolean }): ReactElement {
  return (
    <a className="next" href={`${usePage().base}#${isDefault ? "contents" : `path-${path.id}`}`}>
      <span>That is all of it so far</span> <strong>Back to the contents</strong>
    </a>
  );
}

function Neighbour({ chapter, word, rel }: { readonly chapter: ChapterHead; readonly word: string; readonly rel: string }): ReactElement {
  const { base } = usePage();
  return (
    <a className={rel} rel={rel} href={base + chapter.path.slice(1)}>
      <span>{word}</span> <strong>{chapter.title}</strong>
    </a>
  );
}
