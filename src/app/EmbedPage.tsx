import type { ReactElement } from "react";
import type { Posters } from "../prose/page.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { FigureFrame } from "../widget/FigureFrame.tsx";
import type { Use } from "./usage.ts";

interface EmbedPageProps {
  readonly base: string;
  readonly widget: Widget;
  readonly poster: Posters;
  /** The chapter that explains it. */
  readonly use: Use | undefined;
}

/** One figure alone, for frames in other sites: no header, no link but the ones back to the book. */
export function EmbedPage({ base, widget, poster, use }: EmbedPageProps): ReactElement {
  const book = { target: "_blank", rel: "noopener" };
  return (
    <main className="embed-place">
      <h1 className="gb-hidden">{widget.title}</h1>
      <FigureFrame id={widget.id} widget={widget} poster={poster} link="embed">{widget.title}.</FigureFrame>
      <p className="attribution">
        From <a href={base} {...book}>Glassbox</a>, an explorable textbook of modern AI ·{" "}
        <a href="https://creativecommons.org/licenses/by/4.0/" target="_blank" rel="license noopener">CC BY 4.0</a>
        {use && " · "}
        {use && (
          <a href={`${base}${use.path.slice(1)}#${use.figure}`} data-book={use.figure} data-params={use.params} {...book}>
            Open in the book: {use.title}
          </a>
        )}
      </p>
    </main>
  );
}
