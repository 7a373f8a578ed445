import { renderToStaticMarkup } from "react-dom/server";
import { newPage, PageContext } from "../prose/page.ts";
import type { AnyValues } from "../widget/params.ts";
import { encode } from "../widget/permalink.ts";
import { entries, pathOf } from "./catalogue.ts";

/** A figure of a chapter that shows a widget. */
export interface Use {
  readonly path: string;
  readonly title: string;
  /** The figure's id on that page. */
  readonly figure: string;
  /** What its params are there, as in a link. */
  readonly params: string;
}

type Uses = ReadonlyMap<string, readonly Use[]>;

const known = new Map<string, Promise<Uses>>();

/** Which chapters show a widget, by its id, in the order of the book; the first page comes last. Looked up once. */
export function usesOfWidgets(base: string): Promise<Uses> {
  const looked = known.get(base) ?? lookUp(base);
  known.set(base, looked);
  return looked;
}

async function lookUp(base: string): Promise<Uses> {
  const uses = new Map<string, Use[]>();
  const ordered = entries.toSorted((a, b) => (a.number ?? Infinity) - (b.number ?? Infinity));
  for (const entry of ordered) {
    const { title, worked, Body } = await entry.load();
    const page = newPage(base, () => null);
    renderToStaticMarkup(<PageContext value={page}><Body worked={await worked?.()} /></PageContext>);
    for (const { id, widget, params } of page.figures.values()) {
      const use = { path: pathOf(entry.slug), title, figure: id, params: encode(widget.params, params as AnyValues).query };
      uses.set(widget.id, [...(uses.get(widget.id) ?? []), use]);
    }
  }
  return uses;
}
