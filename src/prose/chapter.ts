import type { ReactNode } from "react";

/** What a folder of `chapters/` exports. `W` is what its worked examples give: numbers, strings, rows. */
export interface Chapter<W = unknown> {
  readonly title: string;
  /** One question that the chapter answers. */
  readonly question: string;
  /** One sentence for the list of chapters, link previews and search engines. */
  readonly summary: string;
  /** The worked examples, computed while the book is built and handed to `Body`. */
  readonly worked?: () => W | Promise<W>;
  readonly Body: (props: { readonly worked: W }) => ReactNode;
}

/** Defines a chapter. The folder's name gives its place and its address: `13-attention` is `/attention/`. */
export function defineChapter<W = undefined>(chapter: Chapter<W>): Chapter<W> {
  return chapter;
}
