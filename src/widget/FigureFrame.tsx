import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { Controls, LeadControl, leadOf } from "./Controls.tsx";
import { DataTable } from "./DataTable.tsx";
import type { Widget } from "./defineWidget.ts";
import { type AnyValues, type Schema, valid, type Values } from "./params.ts";
import { encode } from "./permalink.ts";
import type { Poster } from "./poster.ts";
import { figureStore } from "./store.ts";

export interface FigureFrameProps<S extends Schema> {
  /** Unique on its page; the anchor of its links. */
  readonly id: string;
  readonly widget: Widget<S>;
  readonly params?: Partial<Values<S>>;
  readonly poster: { readonly wide: Poster; readonly narrow: Poster };
  /** An embed has the address to itself: its links are `#layer=1`. */
  readonly link?: "page" | "embed";
  /** Former ids of this figure, and of its widget where the figure has the widget's id: links to them lead here. */
  readonly formerly?: readonly string[];
  /** The caption: what it is, what to do, what to notice. */
  readonly children?: ReactNode;
}

/**
 * A figure as static HTML, for pages and embeds alike: posters in both widths (CSS shows one), its controls already in place,
 * caption, and behind ⋯ what it shows as a sentence and a table. It reads without scripts; `hydrateFigures` brings it to life.
 */
export function FigureFrame<S extends Schema>({ id, widget, params, poster, link = "page", formerly = [], children }: FigureFrameProps<S>) {
  const base = valid(widget.params, params);
  const props = { widget, figure: id, store: figureStore(id), base: base as AnyValues, embed: link === "embed" };
  const controls = renderToString(<Controls {...props} />);
  const lead = leadOf(widget) === null ? null : renderToString(<LeadControl {...props} />);
  const { wide, narrow } = poster;
  return (
    <figure id={id} className="gb-figure" data-widget={widget.id} data-params={encode(widget.params, base).query} data-link={link} data-status="static" data-backend={wide.backend}>
      {formerly.map((name) => <FormerName key={name} name={name} now={id} />)}
      {lead !== null && <div className="gb-knobs-place gb-lead" data-knobs="lead" dangerouslySetInnerHTML={{ __html: lead }} />}
      <div className="gb-stage" data-stage="" dangerouslySetInnerHTML={{ __html: wide.svg + narrow.svg }} />
      <div className="gb-knobs-place" data-knobs="" dangerouslySetInnerHTML={{ __html: controls }} />
      <div className="gb-foot">
        <figcaption>{children}</figcaption>
        <span className="gb-word" data-word="">build-time frame</span>
        <details className="gb-panel" data-panel="">
          <summary aria-label={`More about this figure: ${widget.title}`}><span aria-hidden="true">•••</span></summary>
          <div data-inside="">
            <p>{wide.sentence}</p>
            <p className="gb-notice">Computed by this book’s engine when the page was built.</p>
            <details>
              <summary>Show as table</summary>
              <DataTable table={wide.table} caption={widget.title} />
            </details>
          </div>
        </details>
        {/* oxlint-disable-next-line jsx-a11y/no-redundant-roles -- some screen readers announce only the written role */}
        <output className="gb-hidden" role="status" data-announce="" />
      </div>
    </figure>
  );
}

/** An anchor of the page that now has another id: the page's first script puts the present one into the address. */
export function FormerName({ name, now }: { readonly name: string; readonly now: string }) {
  return <span id={name} className="gb-hidden" data-now={now} />;
}
