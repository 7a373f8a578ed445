import type { ReactElement, ReactNode } from "react";
import { nextId, usePage } from "./page.ts";

interface BoxProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Box({ kind, label, title, children }: BoxProps & { readonly kind: string; readonly label: string }): ReactElement {
  const { id } = nextId(usePage(), kind);
  return (
    <aside className={`box ${kind}`} aria-labelledby={id}>
      <h3 id={id}>
        <span className="box-label">{label}</span> <span className="box-title">{title}</span>
      </h3>
      {children}
    </aside>
  );
}

/** Numbers one could get with pencil and paper. They come from the chapter's `worked.ts` while the book is built; none is typed. */
export function WorkedByHand(props: BoxProps): ReactElement {
  return <Box kind="worked" label="Worked by hand" {...props} />;
}

/** A pitfall. */
export function Careful(props: BoxProps): ReactElement {
  return <Box kind="careful" label="Careful" {...props} />;
}

/** What research has not settled, said as plainly as what it has. */
export function NotKnown(props: BoxProps): ReactElement {
  return <Box kind="not-known" label="What is not known" {...props} />;
}
