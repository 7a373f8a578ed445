import type { ReactElement } from "react";
import type { Posters } from "../prose/page.ts";
import type { Widget } from "../widget/defineWidget.ts";

interface GalleryProps {
  readonly base: string;
  readonly shown: readonly { readonly widget: Widget; readonly poster: Posters }[];
}

/** Every widget with its poster, leading to the page on which it stands alone. */
export function Gallery({ base, shown }: GalleryProps): ReactElement {
  return (
    <article className="chapter">
      <header className="opening">
        <h1>Figures</h1>
        <p className="chapter-question">
          Each figure of the book also stands on a page of its own, where it can be linked to or put into another site.
        </p>
      </header>
      <ul className="gallery">
        {shown.map(({ widget, poster }) => (
          <li key={widget.id}>
            <a href={`${base}embed/${widget.id}/`}>
              <span className="thumbnail" aria-hidden="true" inert dangerouslySetInnerHTML={{ __html: poster.wide.svg }} />
              <strong>{widget.title}</strong>
            </a>
          </li>
        ))}
      </ul>
    </article>
  );
}
