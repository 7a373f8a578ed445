import type { Widget } from "../widget/defineWidget.ts";
import type { Use } from "./usage.ts";

/** A figure of the book that runs on what the reader has kept. */
export interface OwnFigure {
  readonly kind: "model" | "tokenizer";
  readonly title: string;
  /** Below the root of the site; `mine:<hash>` goes to its end. */
  readonly url: string;
  readonly most: { readonly layers: number; readonly heads: number } | null;
}

/** The file beside the pages that lists them. */
export const ownFiguresFile = "own-figures.json";

/** Every widget with a param of the kind `model`, where the book shows it first. */
export function ownFigures(shown: readonly { readonly widget: Widget; readonly uses: readonly Use[] }[]): OwnFigure[] {
  return shown.flatMap(({ widget, uses: [first] }) => Object.entries(widget.params).flatMap(([name, param]): OwnFigure[] => {
    if (param.kind !== "model" || !first) return [];
    const url = `${first.path.slice(1)}#${first.figure}?${name}=`;
    return [{ kind: param.made ?? "model", title: widget.title, url, most: param.most ?? null }];
  }));
}
