import type { ReactElement, ReactNode } from "react";
import type { Widget } from "../widget/defineWidget.ts";
import { FigureFrame } from "../widget/FigureFrame.tsx";
import { type AnyValues, type Schema, valid, type Values } from "../widget/params.ts";
import { claimId, usePage } from "./page.ts";

interface FigureProps<S extends Schema> {
  readonly widget: Widget<S>;
  /** What differs from the widget's defaults. Wrong names or values do not compile. */
  readonly params?: Partial<Values<NoInfer<S>>>;
  /** Names the figure on its page and in links; the widget's id unless a page shows a widget twice. */
  readonly id?: string;
  /** Former ids of this figure: links to them still lead here. */
  readonly formerly?: readonly string[];
  /** How wide: the column, a little more (the default), or the page. */
  readonly span?: "text" | "middle" | "page";
  /** The caption: what it is, what to do, what to notice. */
  readonly children: ReactNode;
}

/** "Figure 13.2" opens how to cite it: the number may change with the book, the address stays. */
function FigureNumber({ number, id, title }: { readonly number: string; readonly id: string; readonly title: string }): ReactElement {
  const page = usePage();
  const toggle = claimId(page, `${id}-cite`);
  return (
    <span className="figure-number">
      <label htmlFor={toggle}>Figure {number}</label>
      <input className="toggle" type="checkbox" id={toggle} aria-label={`Show how to cite figure ${number}`} autoComplete="off" />
      <span className="definition" role="note">
        To cite this figure: “{title}”, figure {number} in <cite>{page.chapter?.title}</cite>, Glassbox, CC BY 4.0,{" "}
        <a href={`#${id}`} data-whole-address="">#{id}</a>
      </span>{" "}
    </span>
  );
}

/** A live figure. Throws: when its id is taken already on this page. */
export function Figure<S extends Schema>(props: FigureProps<S>): ReactElement | null {
  const { widget, params = {}, id = props.widget.id, formerly = [], span = "middle", children } = props;
  const page = usePage();
  const names = id === widget.id ? [...formerly, ...widget.aliases] : formerly;
  for (const name of [id, ...names]) claimId(page, name);
  const values = valid(widget.params, params) as AnyValues;
  const number = page.chapter?.number == null ? null : `${page.chapter.number}.${page.figures.size + 1}`;
  page.figures.set(id, { id, number, widget: widget as unknown as Widget, params: values });
  const poster = page.posters.get(id);
  // The first pass over a page only learns which figures there are; their posters are computed between the passes. In the second
  // pass a figure without one is left out: a pack that it reads has not been built.
  if (!poster) return null;
  return (
    <div className={`figure-place span-${span}`}>
      <FigureFrame id={id} widget={widget} params={params} poster={poster} formerly={names}>
        {number !== null && <FigureNumber number={number} id={id} title={widget.title} />}
        {children}
      </FigureFrame>
    </div>
  );
}
