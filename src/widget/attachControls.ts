import type { Widget } from "./defineWidget.ts";
import type { AnyValues } from "./params.ts";
import type { FigureStore } from "./store.ts";

/** Loads React and gives a figure its controls. Called after the first live frame, so that React never delays it. */
export function attachControls(figure: HTMLElement, widget: Widget, store: FigureStore, base: AnyValues, site: string): void {
  if (figure.dataset.controls !== undefined) return;
  figure.dataset.controls = "loading";
  import("./mountControls.tsx").then(
    ({ mountControls }) => mountControls(figure, widget, store, base, site),
    // Without its controls a figure still runs; the next visit of the page tries again.
    () => delete figure.dataset.controls,
  );
}
