import type { Widget } from "../widget/defineWidget.ts";
import { figureHash } from "../widget/linkState.ts";
import { momentOf } from "../widget/moment.ts";
import { decode } from "../widget/permalink.ts";
import { figureStore } from "../widget/store.ts";

/** "Open in the book" leads to the same figure in its chapter, in the state that it has here. */
export function followBookLink(figure: HTMLElement, load: () => Promise<Widget>): void {
  const link = document.querySelector<HTMLAnchorElement>("a[data-book]");
  if (!link) return;
  const { book = "", params = "" } = link.dataset;
  const store = figureStore(figure.id);
  // Written when it is about to be followed: frames come sixty times a second.
  const write = async (): Promise<void> => {
    const widget = await load();
    const state = store.getState();
    if (Object.keys(state.params).length === 0) return;
    // The chapter may start from params of its own, and its links count from those.
    const base = decode(widget.params, params).params;
    link.href = new URL(figureHash(widget, book, state.params, base, "page", momentOf(widget, state)), link.href.replace(/#.*/, "")).href;
  };
  for (const event of ["pointerenter", "pointerdown", "focus"]) link.addEventListener(event, () => void write());
}
