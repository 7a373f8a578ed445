import type { ReactElement } from "react";
import type { Posters } from "../prose/page.ts";
import type { Widget } from "../widget/defineWidget.ts";
import { FigureFrame } from "../widget/FigureFrame.tsx";

interface EmbedPageProps {
  readonly base: string;
  readonly widget: Widget;
  readonly poster: Posters;
}

/** One figure alone, for frames in other sites: no header, no link but the one back to the book. */
export function EmbedPage({ base, widget, poster }: EmbedPageProps): ReactElement {
  return (
    <main className="embed-place">
      <h1 className="gb-hidden">{widget.title}</h1>
      <FigureFrame id={widget.id} widget={widget} poster={poster} link="embed">{widget.title}.</FigureFrame>
      <p className="attribution">
        From <a href={base} target="_blank" rel="noopener">Glassbox</a>, an explorable textbook of modern AI ·{" "}
        <a href="https://creativecommons.org/licenses/by/4.0/" target="_blank" rel="license noopener">CC BY 4.0</a>
      </p>
    </main>
  );
}
