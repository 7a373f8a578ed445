/** One thing that can be found. */
export interface SearchDocument {
  readonly id: number;
  readonly kind: "chapter" | "section" | "figure" | "term";
  readonly title: string;
  /** The chapter it belongs to; empty for a chapter itself. */
  readonly where: string;
  /** From the root of the book. */
  readonly url: string;
  readonly text: string;
}
