import type { ReactElement } from "react";
import type { ChapterHead } from "./ChapterPage.tsx";
import { type ReadingPath, readingPaths } from "./readingPaths.ts";

interface PathsProps {
  readonly base: string;
  readonly chapters: readonly ChapterHead[];
}

/** The default way through what is written, in full, and the others folded below it. */
export function Paths({ base, chapters }: PathsProps): ReactElement {
  const [first, ...others] = readingPaths.map((path) => ({ path, written: writtenOn(path, chapters) }));
  return (
    <section className="section paths" id="paths" aria-labelledby="paths-title">
      <h2 id="paths-title">{first!.path.title}</h2>
      <p>
        {first!.written.length} chapters so far, {inHours(first!.written)} with every figure tried.{" "}
        <span className="my-progress" data-my-progress="">What you have read is remembered in this browser and nowhere else.</span>
      </p>
      <ol className="path-steps">
        {first!.written.map((chapter) => (
          <li key={chapter.slug} data-slug={chapter.slug}>
            <a href={base + chapter.path.slice(1)}>
              <span className="step-number">{chapter.number}</span>
              <strong>{chapter.title}</strong>
              <span className="step-question">{chapter.question}</span>
            </a>
          </li>
        ))}
      </ol>
      <h3 id="other-paths">Other ways through</h3>
      <div className="other-paths">
        {others.filter(({ written }) => written.length > 1).map(({ path, written }) => <OtherPath key={path.id} path={path} written={written} base={base} />)}
      </div>
    </section>
  );
}

interface OtherPathProps {
  readonly path: ReadingPath;
  readonly written: readonly ChapterHead[];
  readonly base: string;
}

function OtherPath({ path, written, base }: OtherPathProps): ReactElement {
  return (
    <details id={`path-${path.id}`} data-path-card={path.id}>
      <summary>
        <strong>{path.title}</strong> <span className="path-reader">{path.reader}</span>{" "}
        <span className="path-size">{written.length} of {path.chapters.length} written</span>
      </summary>
      <p>{written.map(({ slug, path: at, title }, i) => <span key={slug}><a href={base + at.slice(1)}>{title}</a>{i < written.length - 1 && "\u00a0→ "}</span>)}</p>
      <button type="button" className="chip" data-follow-path={path.id} data-first={base + written[0]!.path.slice(1)}>Follow this path</button>
    </details>
  );
}

const writtenOn = (path: ReadingPath, chapters: readonly ChapterHead[]): ChapterHead[] =>
  path.chapters.flatMap((number) => chapters.find((chapter) => chapter.number === number) ?? []);

function inHours(chapters: readonly ChapterHead[]): string {
  const hours = chapters.reduce((sum, { minutes }) => sum + minutes, 0) / 60;
  return hours < 1.5 ? "about an hour" : `about ${Math.round(hours)} hours`;
}
