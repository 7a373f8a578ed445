import type { ReactElement } from "react";
import type { Mention } from "../prose/page.ts";
import type { Surveyed } from "./surveyed.ts";

interface MentionsProps {
  readonly base: string;
  readonly book: readonly Surveyed[];
  readonly kind: Mention["kind"];
  readonly name: string;
  readonly word: string;
}

/** The chapters, and in them the sections, that speak of a term or cite a source. */
export function Mentions({ base, book, kind, name, word }: MentionsProps): ReactElement | null {
  const places = book.flatMap(({ head, page }) => {
    const found = page.mentions.filter((mention) => mention.kind === kind && mention.key === name);
    return found.length === 0 ? [] : [{ head, sections: found.map(({ section }) => section) }];
  });
  if (places.length === 0) return null;
  return (
    <span className="mentions">
      {word}{" "}
      {places.map(({ head, sections }, i) => (
        <span key={head.slug}>
          {i > 0 && "; "}
          {sections.map((section, j) => (
            <span key={section?.id ?? ""}>
              {j > 0 && ", "}
              <a href={base + head.path.slice(1) + (section ? `#${section.id}` : "")}>
                {j === 0 ? `${head.title}: ` : ""}{section?.title ?? "the beginning"}
              </a>
            </span>
          ))}
        </span>
      ))}
      .
    </span>
  );
}
