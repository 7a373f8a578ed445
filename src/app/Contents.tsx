import type { ReactElement } from "react";
import type { ChapterHead } from "./ChapterPage.tsx";
import { outline } from "./outline.ts";

/** The contents of the book: written chapters lead to their pages, planned ones are named. */
export function BookContents({ base, chapters }: { readonly base: string; readonly chapters: readonly ChapterHead[] }): ReactElement {
  const written = new Map(chapters.map((chapter) => [chapter.number, chapter]));
  const unnumbered = chapters.filter(({ number }) => number === null);
  return (
    <section className="section book-contents" id="contents" aria-labelledby="contents-title">
      <h2 id="contents-title">Contents</h2>
      {unnumbered.map((chapter) => <p key={chapter.slug}><Written base={base} chapter={chapter} /></p>)}
      {outline.map(({ title, chapters: planned }) => (
        <div className="part" key={title}>
          <h3>{title}</h3>
          <ol>
            {planned.map(([number, slug, name, about]) => {
              const chapter = written.get(number);
              return (
                <li key={slug} value={number} className={chapter ? "written" : "planned"}>
                  {chapter && <Written base={base} chapter={chapter} />}
                  {!chapter && <><span className="name">{name}</span> <span className="about">{about}</span></>}
                </li>
              );
            })}
          </ol>
        </div>
      ))}
      <p className="planned-note">Chapters in grey are planned and not written yet.</p>
    </section>
  );
}

function Written({ base, chapter }: { readonly base: string; readonly chapter: ChapterHead }): ReactElement {
  return (
    <>
      <a className="name" href={base + chapter.path.slice(1)}>{chapter.title}</a> <span className="about">{chapter.question}</span>
    </>
  );
}
