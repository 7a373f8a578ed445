import type { ReactElement, ReactNode } from "react";
import { usePage } from "./page.ts";

interface SourceProps {
  /** A file of the engine: `engine/ops/softmax.ts`. */
  readonly file: string;
  /** One of its exports. */
  readonly of: string;
  readonly children?: ReactNode;
}

/** The code that computes what the text speaks of, cut out of the engine while the book is built, so that it is always the code that runs. */
export function Source({ file, of, children }: SourceProps): ReactElement {
  const code = usePage().sourceOf(file, of);
  return (
    <details className="source">
      <summary>{children ?? <>The code of <code>{of}</code></>} <span className="source-file">{file}</span></summary>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by keys */}
      <pre tabIndex={0} aria-label={`Code of ${of}`}><code>{code}</code></pre>
    </details>
  );
}
