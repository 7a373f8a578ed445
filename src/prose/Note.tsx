import type { ReactElement, ReactNode } from "react";
import { nextId, usePage } from "./page.ts";

/**
 * A sidenote: in the margin where there is one, else opened in place by its number. A checkbox rather than `<details>`, which may not
 * stand inside a paragraph; so it works without a script.
 */
export function Note({ children }: { readonly children: ReactNode }): ReactElement {
  const { id, number } = nextId(usePage(), "note");
  return (
    <span className="note">
      <label className="note-mark" htmlFor={id}>{number}</label>
      <input className="toggle" type="checkbox" id={id} aria-label={`Show note ${number}`} autoComplete="off" />
      <span className="note-text" role="note">
        <span className="note-number" aria-hidden="true">{number}</span> {children}
      </span>
    </span>
  );
}
