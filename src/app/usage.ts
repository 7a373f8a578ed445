import type { AnyValues } from "../widget/params.ts";
import { encode } from "../widget/permalink.ts";
import type { Surveyed } from "./surveyed.ts";

/** A figure of a chapter that shows a widget. */
export interface Use {
  readonly path: string;
  readonly title: string;
  /** The number of the chapter; null for the first page. */
  readonly number: number | null;
  /** The figure's id on that page. */
  readonly figure: string;
  /** What its params are there, as in a link. */
  readonly params: string;
}

/** Which chapters show a widget, by its id, in the order of the book; the first page comes last. */
export function usesOfWidgets(book: readonly Surveyed[]): ReadonlyMap<string, readonly Use[]> {
  const uses = new Map<string, Use[]>();
  const ordered = book.toSorted((a, b) => (a.head.number ?? Infinity) - (b.head.number ?? Infinity));
  for (const { head: { path, title, number }, page } of ordered) {
    for (const { id, widget, params } of page.figures.values()) {
      const use = { path, title, number, figure: id, params: encode(widget.params, params as AnyValues).query };
      uses.set(widget.id, [...(uses.get(widget.id) ?? []), use]);
    }
  }
  return uses;
}
