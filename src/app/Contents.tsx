import type { ReactElement, ReactNode } from "react";
import type { ChapterHead } from "./ChapterPage.tsx";
import { outline } from "./outline.ts";
import { needsOf } from "./prerequisites.ts";

interface BookContentsProps {
  readonly base: string;
  readonly chapters: readonly ChapterHead[];
  /** The picture of what is said in the list. */
  readonly map: ReactNode;
}

/** The contents of the book: the map, then the same as a list. Written chapters lead to their pages, planned ones are folded away. */
export function BookContents({ base, chapters, map }: BookContentsProps): ReactElement {
  const written = new Map(chapters.map((chapter) => [chapter.number, chapter]));
  const unnumbered = chapters.filter(({ number }) => number === null);
  return (
    <section className="section book-contents" id="contents" aria-labelledby="contents-title">
      <h2 id="contents-title">Contents</h2>
      <p>
        Ten parts, {outline.reduce((sum, part) => sum + part.chapters.length, 0)} chapters, of which {chapters.length} are written. An arc
        leads from a chapter to those that build on it, but no chapter closes its door: each opens with a figure that needs nothing.
      </p>
      <div className="span-page">{map}</div>
      {unnumbered.map((chapter) => <p key={chapter.slug}><Written base={base} chapter={chapter} /></p>)}
      {outline.map(({ title, chapters: planned }) => {
        const there = planned.flatMap(([number]) => written.get(number) ?? []);
        const missing = planned.filter(([number]) => !written.has(number));
        return (
          <div className="part" key={title}>
            <h3>{title}</h3>
            {there.length > 0 && (
              <ol>
                {there.map((chapter) => (
                  <li key={chapter.slug} value={chapter.number ?? undefined} className="written" data-slug={chapter.slug}>
                    <Written base={base} chapter={chapter} />
                  </li>
                ))}
              </ol>
            )}
            {missing.length > 0 && (
              <details className="planned">
                <summary>{missing.length} planned</summary>
                <ol>
                  {missing.map(([number, slug, name, about]) => (
                    <li key={slug} value={number}>
                      <span className="name">{name}</span> <span className="about">{about}</span> <Needs number={number} />
                    </li>
                  ))}
                </ol>
              </details>
            )}
          </div>
        );
      })}
    </section>
  );
}

function Written({ base, chapter }: { readonly base: string; readonly chapter: ChapterHead }): ReactElement {
  return (
    <>
      <a className="name" href={base + chapter.path.slice(1)}>{chapter.title}</a> <span className="about">{chapter.question}</span>{" "}
      <span className="facts">{chapter.minutes} min{chapter.number !== null && <Needs number={chapter.number} />}<span className="mine" data-mine={chapter.slug} /></span>
    </>
  );
}

function Needs({ number }: { readonly number: number }): ReactElement | null {
  const needs = needsOf(number);
  return needs.length === 0 ? null : <span className="builds-on">builds on {needs.join(", ")}</span>;
}
