import type { ReactElement, ReactNode } from "react";
import { claimId, slugOf, usePage } from "./page.ts";

interface SectionProps {
  readonly title: string;
  /** Where links to it lead; made from the title where absent. */
  readonly id?: string;
  readonly children: ReactNode;
}

/** A section with a heading that can be linked to; its title appears in the contents of the chapter. */
export function Section({ title, id, children }: SectionProps): ReactElement {
  const page = usePage();
  const name = claimId(page, id ?? slugOf(title));
  page.sections.push({ id: name, title });
  return (
    <section className="section" id={name} aria-labelledby={`${name}-title`}>
      <h2 id={`${name}-title`}>
        <a className="anchor" href={`#${name}`}>{title}</a>
      </h2>
      {children}
    </section>
  );
}
